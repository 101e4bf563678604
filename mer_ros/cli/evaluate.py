"""``mer_ros evaluate``: measure the models and their fusion."""

from pathlib import Path
from typing import Any

import click

from mer_ros.cli.options import audio_option, EXISTING, topic_option


@click.command()
@click.option('--manifest', type=EXISTING, help='CSV with label and face, speech and/or text.')
@click.option('--dataset', help='Or the name of a data set, or set:part such as brighter:deu; '
                                'an unknown name lists them.')
@click.option('--bag', type=EXISTING, help='Or a bag with its labels in labels.csv.')
@click.option('--data', type=EXISTING, envvar='MER_ROS_DATA',
              help='Folder of the data sets, or of the corpus.')
@click.option('--split', default='test', show_default=True,
              help='Split of the data set; all = every clip of a corpus.')
@click.option('--limit', type=click.IntRange(min=1),
              help='Evaluate only this many clips of a corpus, drawn at random.')
@click.option('--profile', default='lite', show_default=True, help='Models to use.')
@click.option('--preset', help='Fusion preset; that of the profile by default.')
@click.option('--corruptions', is_flag=True,
              help='Also measure corrupted input of increasing severity.')
@click.option('--adapt', is_flag=True, help='Also measure speech adapted to each speaker.')
@click.option('--json', 'json_file', type=click.Path(dir_okay=False, path_type=Path),
              help='Write the report to this file.')
@click.option('--html', 'html_file', type=click.Path(dir_okay=False, path_type=Path),
              help='Write the report to this file as a page with plots.')
@topic_option
@audio_option
def evaluate(**options: Any) -> None:
    """Measure the models and their fusion on labelled recordings.

    The corpora enterface, mead, meld, ravdess and crema_d go through the whole pipeline as video
    and sound; --data is the folder of their published files.  If --data holds ravdess or meld as
    prepared sets, these names mean sound or text alone.

    The data set crema_d_votes measures the fusion alone, on votes of human raters.
    """
    from mer_ros.cli.evaluate_run import run_evaluation

    run_evaluation(**options)
