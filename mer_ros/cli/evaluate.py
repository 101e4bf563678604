"""``mer_ros evaluate``: measure the models and their fusion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mer_ros.cli.options import EXISTING, topic_option


@click.command()
@click.option('--manifest', type=EXISTING, help='CSV with label and face, speech and/or text.')
@click.option('--dataset', help='Or a known data set; an unknown name lists them.')
@click.option('--bag', type=EXISTING, help='Or a bag with its truth in labels.csv.')
@click.option('--data', type=EXISTING, envvar='MER_ROS_DATA',
              help='Folder of the data sets, or of the corpus.')
@click.option('--split', default='test', show_default=True,
              help='Part of the data set; all clips of a corpus: all.')
@click.option('--limit', type=click.IntRange(min=1),
              help='A quick look at this many clips of a corpus, drawn at random.')
@click.option('--profile', default='lite', show_default=True, help='Models to use.')
@click.option('--preset', help='Fusion preset; that of the profile by default.')
@click.option('--corruptions', is_flag=True, help='Also measure worse and worse input.')
@click.option('--adapt', is_flag=True,
              help='Also judge voices against the same person\'s own, one after the other.')
@click.option('--json', 'json_file', type=click.Path(dir_okay=False, path_type=Path),
              help='Also write the report here.')
@click.option('--html', 'html_file', type=click.Path(dir_okay=False, path_type=Path),
              help='Also write the report here as a page with plots.')
@topic_option
def evaluate(**options: Any) -> None:
    """Measure the models and their fusion on labelled recordings.

    The corpora enterface, mead, meld, ravdess and crema_d go through the whole pipeline as video
    and sound: --data is the folder in which their published files lie.  The names ravdess and
    meld mean the sound and the words alone where --data holds these as prepared sets.

    The data set crema_d_votes measures the fusion alone, on what people saw and heard.
    """
    from mer_ros.cli.evaluate_run import run_evaluation

    run_evaluation(**options)
