"""``mer_ros analyze``: perceive the emotions in recordings, without ROS."""

from pathlib import Path
from typing import Any

import click

from mer_ros.cli.options import audio_option, EXISTING, FOLDER, settings_option, topic_option


@click.command()
@click.argument('sources', type=EXISTING, nargs=-1, required=True, metavar='SOURCE...')
@click.option('--transcript', default='', help='Words that are spoken in a media file.')
@click.option('--profile', default='lite', show_default=True, help='Models to use.')
@click.option('--preset', help='Fusion preset; that of the profile by default.')
@click.option('--output', type=FOLDER, default=Path('analysis'), show_default=True,
              help='Folder for states.json, inputs.json and timeline.png; of several recordings, '
                   'for a folder of each.')
@click.option('--people', type=click.Choice(['one', 'many']), default='one', show_default=True,
              help='one = the largest face, many = track every face.')
@click.option('--jobs', type=click.IntRange(1), help='Processes for several recordings; one a core '
              'by default.')
@topic_option
@audio_option
@settings_option
def analyze(sources: tuple[Path, ...], jobs: int | None, **options: Any) -> None:
    """Perceive the emotions in a video, audio or image file, or a bag, without ROS.

    Several recordings, or a folder of them that is no bag, are analyzed side by side.
    """
    from mer_ros.cli.analyze_run import run

    run(sources, jobs, **options)
