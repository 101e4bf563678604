"""``mer_ros analyze``: perceive the emotions in a file, without ROS."""

from pathlib import Path
from typing import Any

import click

from mer_ros.cli.options import audio_option, EXISTING, FOLDER, settings_option, topic_option


@click.command()
@click.argument('source', type=EXISTING)
@click.option('--transcript', default='', help='Words that are spoken in a media file.')
@click.option('--profile', default='lite', show_default=True, help='Models to use.')
@click.option('--preset', help='Fusion preset; that of the profile by default.')
@click.option('--output', type=FOLDER, default=Path('analysis'), show_default=True,
              help='Folder for states.json, inputs.json and timeline.png.')
@click.option('--people', type=click.Choice(['one', 'many']), default='one', show_default=True,
              help='one = the largest face, many = track every face.')
@topic_option
@audio_option
@settings_option
def analyze(source: Path, **options: Any) -> None:
    """Perceive the emotions in a video, audio or image file, or a bag, without ROS."""
    from mer_ros.evaluation.analyze import analyze as run

    run(source, **options)
