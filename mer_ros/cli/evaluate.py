"""``mer_ros evaluate``: measure the models and their fusion."""

from pathlib import Path
from typing import Any

import click

from mer_ros.cli.options import audio_option, EXISTING, settings_option, topic_option


@click.command()
@click.option('--manifest', type=EXISTING, help='CSV with label and face, speech and/or text.')
@click.option('--dataset', help='Or the name of a data set, or set:part such as brighter:deu; '
                                'an unknown name lists them.')
@click.option('--bag', type=EXISTING, help='Or a bag with its labels in labels.csv.')
@click.option('--people', is_flag=True,
              help='Or what is shown of neutral people, of commands and of what is nobody.')
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
@click.option('--logits', multiple=True, type=EXISTING,
              help='Or files of logits per clip, of --save-logits or of other systems; may be '
                   'repeated.')
@click.option('--save-logits', type=click.Path(dir_okay=False, path_type=Path),
              help='Write the logits per clip of a corpus, or row of a manifest, to this '
                   'file (CSV).')
@click.option('--transcripts', type=EXISTING,
              help='CSV with id and text: words for the clips of a corpus.')
@click.option('--truth', type=click.Choice(['intended', 'perceived']),
              help='Label of a clip: what the actor was asked for (default), or what most raters '
                   'perceived (crema_d).')
@click.option('--calm', type=click.Choice(['unseen', 'neutral', 'drop']),
              help='Calm clips are a class of their own in no accuracy (default), neutral, or '
                   'left out.')
@click.option('--contempt', type=click.Choice(['unseen', 'neutral', 'disgust', 'drop']),
              help='The same for contempt.')
@click.option('--classes', type=click.Choice(['seven', 'shown']),
              help='Answers among all seven classes (default), or those that the clips show.')
@settings_option
@topic_option
@audio_option
def evaluate(**options: Any) -> None:
    """Measure the models and their fusion on labelled recordings.

    The corpora enterface, mead, meld, ravdess and crema_d go through the whole pipeline as video
    and sound; --data is the folder of their published files.  If --data holds ravdess or meld as
    prepared sets, these names mean sound or text alone.

    --logits evaluates what was saved before, without models, and other systems beside it.

    --people measures calm: wrong states and label changes a minute of neutral people, false
    alarms on commands by language, and whether the uncertainty rises on what was not learned.

    The data set crema_d_votes measures the fusion alone, on votes of human raters.
    """
    from mer_ros.cli.evaluate_run import run_evaluation

    run_evaluation(**options)
