"""``mer_ros calibrate``: fit the fusion to recordings."""

from pathlib import Path
from typing import Any

import click

from mer_ros.cli.options import EXISTING, topic_option


@click.command()
@click.option('--data', type=EXISTING, envvar='MER_ROS_DATA',
              help='Folder of the data sets; their dev splits are used.')
@click.option('--graph', is_flag=True,
              help='Fit the trust of speech and words beside others instead, on CREMA-D in --data.')
@click.option('--manifest', type=EXISTING, help='Or a CSV with label and face, speech, text.')
@click.option('--bag', type=EXISTING, help='Or a bag with X/logits and its labels in labels.csv.')
@click.option('--profile', default='lite', show_default=True, help='Models to calibrate.')
@click.option('--risk', type=click.FloatRange(0, 1),
              help='Acceptable error rate of the labels; sets abstain.min_confidence.')
@click.option('--coverage', type=click.FloatRange(0, 1, min_open=True, max_open=True),
              help='Share of cases in which prediction_set shall hold the true label, e.g. 0.9; '
                   'half of the people (or labelled spans) are kept aside for it.')
@click.option('--affine', is_flag=True,
              help='Also fit an affine map per modality; needs some hundred recordings.')
@click.option('--out', type=click.Path(dir_okay=False, path_type=Path),
              default=Path('calibration.yaml'), show_default=True, help='File of parameters.')
@topic_option
def calibrate(**options: Any) -> None:
    """Fit temperature and reliability of each modality, as parameters of fusion_node."""
    if options.pop('graph'):
        from mer_ros.cli.calibrate_graph import run_graph_calibration

        click.echo(run_graph_calibration(
            **{name: options.pop(name) for name in ('data', 'profile', 'out')}))
        return
    from mer_ros.cli.calibrate_run import run_calibration

    click.echo(run_calibration(**options))
