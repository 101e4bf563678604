"""The ``mer_ros`` command: thin, one function a subcommand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mer_ros import __version__

EXISTING = click.Path(exists=True, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


class Errors(click.Group):
    """Shows expected errors as one line instead of a traceback."""

    def invoke(self, context: click.Context) -> Any:
        """Run a subcommand; what the user can mend becomes a message and exit status 1."""
        try:
            return super().invoke(context)
        except (ValueError, OSError, RuntimeError, ImportError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Errors)
@click.version_option(__version__)
def main() -> None:
    """Perceive the emotion of the people in front of a robot, and say how sure it is."""


@main.command()
@click.option('--input', 'source', default='', help='Bag, video, audio or image file, or "camera".')
@click.option('--transcript', default='', help='Words that are spoken in a media file.')
@click.option('--output', type=FOLDER, default=Path('demo_output'), show_default=True,
              help='Folder for the emotion bag and the timeline.')
@click.option('--rate', default=1.0, show_default=True, help='Recorded seconds in a second.')
@click.option('--domain', type=click.IntRange(0, 232), help='ROS domain; random by default.')
def demo(source: str, **options: Any) -> None:
    """Run the whole graph on sample input, or on your own."""
    from mer_ros.demo import run_demo

    raise SystemExit(run_demo(source, **options))


@main.command(context_settings={'ignore_unknown_options': True})
@click.argument('ros_arguments', nargs=-1, type=click.UNPROCESSED)
def bringup(ros_arguments: tuple[str, ...]) -> None:
    """Run every node in one process; takes --ros-args."""
    from mer_ros.nodes.bringup import main as run

    raise SystemExit(run(['bringup', *ros_arguments]))


@main.command()
@click.argument('bag', type=EXISTING)
@click.option('--rate', default=1.0, show_default=True, help='Recorded seconds in a second.')
@click.option('--start', default=0.0, show_default=True, help='Seconds to leave out at first.')
@click.option('--loop', is_flag=True, help='Begin again after the end, until interrupted.')
@click.option('--clock/--no-clock', default=True, show_default=True, help='Publish /clock.')
@click.option('--topic', 'topics', multiple=True, help='Replay only this topic; may be repeated.')
@click.option('--remap', 'remaps', multiple=True, metavar='OLD:=NEW', help='Rename a topic.')
def replay(bag: Path, remaps: tuple[str, ...], **options: Any) -> None:
    """Publish a bag with its own timing and clock."""
    from mer_ros.nodes.replay import replay_bag

    pairs = [remap.split(':=') for remap in remaps]
    if any(len(pair) != 2 for pair in pairs):
        raise click.BadParameter(f'{list(remaps)}: write each as OLD:=NEW', param_hint='--remap')
    count = replay_bag(bag, remaps=dict(pairs), **options)
    click.echo(f'{count} messages published')


@main.command()
@click.argument('media', type=EXISTING)
@click.option('--transcript', default='', help='Words that are spoken.')
@click.option('--profile', default='lite', show_default=True, help='Models to use.')
@click.option('--preset', default='calibrated', show_default=True, help='Fusion preset.')
@click.option('--output', type=FOLDER, default=Path('analysis'), show_default=True,
              help='Folder for states.json and timeline.png.')
def analyze(media: Path, **options: Any) -> None:
    """Perceive the emotions in a video, audio or image file, without ROS."""
    from mer_ros.evaluation.analyze import analyze_media

    analyze_media(media, **options)


@main.command()
@click.option('--manifest', type=EXISTING, help='CSV with label and face, speech and/or text.')
@click.option('--dataset', help='Or a known data set; an unknown name lists them.')
@click.option('--data', type=EXISTING, envvar='MER_ROS_DATA', help='Folder of the data sets.')
@click.option('--split', default='test', show_default=True, help='Part of the data set.')
@click.option('--profile', default='lite', show_default=True, help='Models to use.')
@click.option('--preset', default='calibrated', show_default=True, help='Fusion preset.')
@click.option('--json', 'out', type=click.Path(dir_okay=False, path_type=Path),
              help='Also write the report here.')
def evaluate(
    manifest: Path | None, dataset: str | None, data: Path | None, split: str, profile: str,
    preset: str, out: Path | None,
) -> None:
    """Measure the models on labelled recordings."""
    import json

    from rich.console import Console

    from mer_ros.evaluation.evaluate import evaluate_dataset, evaluate_manifest
    from mer_ros.evaluation.tables import report_table

    if (manifest is None) == (dataset is None):
        raise click.UsageError('give either --manifest or --dataset')
    if manifest is not None:
        report = evaluate_manifest(manifest, profile=profile, preset=preset)
    elif data is None:
        raise click.UsageError('--dataset needs --data FOLDER (or MER_ROS_DATA)')
    else:
        report = evaluate_dataset(dataset, data, split, profile=profile)
    Console().print(report_table(report))
    if out is not None:
        out.write_text(json.dumps(report, indent=1))


@main.command()
@click.argument('name', type=click.Choice(['face', 'speech', 'text']))
@click.option('--data', type=EXISTING, envvar='MER_ROS_DATA', required=True,
              help='Folder of the data sets.')
@click.option('--out', type=FOLDER, default=Path('runs'), show_default=True,
              help='Folder for the weights and the log.')
@click.option('--seed', default=0, show_default=True, help='Seed of all randomness.')
def train(name: str, **options: Any) -> None:
    """Train a built-in model again."""
    import logging

    logging.basicConfig(level=logging.INFO, format='%(message)s')
    trainer: Callable[..., dict[str, Any]]
    try:
        if name == 'text':
            from mer_ros.training.text import train_text as trainer
        elif name == 'speech':
            from mer_ros.training.speech import train_speech as trainer
        else:
            from mer_ros.training.face import train_face as trainer
    except ImportError as error:
        raise ImportError(
            f'{error}; training needs more packages: pip install -r requirements/train.txt'
        ) from error
    trainer(**options)


@main.command()
def doctor() -> None:
    """Say what is installed, what is missing, and what to do."""
    from mer_ros.doctor import examine

    raise SystemExit(examine())
