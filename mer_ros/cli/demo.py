"""``mer_ros demo``: run the whole graph on sample input."""

from pathlib import Path
from typing import Any

import click

from mer_ros.cli.options import FOLDER, topic_option


@click.command()
@click.option('--input', 'source', default='', help='Bag, video, audio or image file, or "camera".')
@click.option('--transcript', default='', help='Words that are spoken in a media file.')
@click.option('--output', type=FOLDER, default=Path('demo_output'), show_default=True,
              help='Folder for the emotion bag and the timeline.')
@click.option('--rate', default=1.0, show_default=True, help='Playback rate.')
@click.option('--domain', type=click.IntRange(0, 232), help='ROS domain; random by default.')
@topic_option
def demo(source: str, **options: Any) -> None:
    """Run the whole graph on sample input, or on your own."""
    from mer_ros.cli.demo_run import run_demo

    raise SystemExit(run_demo(source, **options))
