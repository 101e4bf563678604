"""Types of arguments that several subcommands take."""

from pathlib import Path
from typing import Any

import click

EXISTING = click.Path(exists=True, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def _topics(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
            ) -> dict[str, str]:
    """Read topics by modality, see `parse_topics`."""
    from mer_ros.bags.choose_topics import parse_topics

    try:
        return parse_topics(given)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _audio(context: click.Context, parameter: click.Parameter, given: str) -> dict[str, Any]:
    """Read what sound without a description is, see `parse_format`."""
    from mer_ros.messages.sound_reader import parse_format

    try:
        return parse_format(given)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def audio_option(function: Any) -> Any:
    """Add the option --audio, which says what the AudioData of a bag is."""
    return click.option(
        '--audio', default='', callback=_audio, metavar='rate=HZ,channels=N,encoding=E',
        help='Format of AudioData in a bag, or a part of it, instead of what audio_info says '
             '(default 16000, 1, pcm_s16le).')(function)


def _settings(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]
              ) -> dict[str, dict[str, Any]] | None:
    """Read parameters by modality, see `parse_settings`."""
    from mer_ros.engines.pipeline_parts import parse_settings

    try:
        return parse_settings(given) if given else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def settings_option(function: Any) -> Any:
    """Add the option --set, which sets parameters of the models and engines."""
    return click.option(
        '--set', 'settings', multiple=True, callback=_settings, metavar='NAME=VALUE',
        help='Parameter of a model or engine, named as for humans_node, such as '
             'face.model_path=FILE, face.selector_path=FOLDER, speech.variant=large or '
             'device=cuda (for all); may be repeated.')(function)


def topic_option(function: Any) -> Any:
    """Add the option --topic, which says what is taken of a bag."""
    return click.option(
        '--topic', 'topics', multiple=True, callback=_topics, metavar='MODALITY=/TOPIC',
        help='Topic of a bag for a modality, instead of the detected one, such as '
             'face=/camera/image_raw; face= disables the modality; may be repeated.')(function)
