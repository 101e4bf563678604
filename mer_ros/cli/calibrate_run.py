"""The command `mer_ros calibrate`."""

from collections.abc import Mapping
from pathlib import Path

from mer_ros.atomic_write import write_atomically
from mer_ros.calibration.calibration_file import parameters_yaml
from mer_ros.calibration.fit_calibration import calibrate
from mer_ros.calibration.labelled_bag import LabelledBag
from mer_ros.calibration.labelled_logits import from_datasets, from_manifest


def run_calibration(
    *, data: Path | None, manifest: Path | None, bag: Path | None, profile: str, out: Path,
    risk: float | None = None, affine: bool = False, coverage: float | None = None,
    topics: Mapping[str, str] | None = None,
) -> str:
    """Calibrate on a manifest, a bag or the data sets, write the parameters and return them.

    Raises:
        ValueError: not exactly one source was given (a manifest or a bag goes before the data
            folder, which an environment variable may name), or it cannot be calibrated on.
    """
    if topics and bag is None:
        raise ValueError('--topic goes with --bag alone')
    if manifest is not None and bag is not None:
        raise ValueError('give either --manifest or --bag')
    outcomes = None
    if manifest is not None:
        evidence, source = from_manifest(manifest, profile), f'{manifest.name}, models {profile}'
    elif bag is not None:
        labelled = LabelledBag(bag, topics)
        evidence, source = labelled.evidence(), f'the logits in {bag.name}'
        outcomes = labelled.outcomes
    elif data is not None:
        evidence = from_datasets(data, profile)
        source = f'the dev splits of the data sets of each modality, models {profile}'
    else:
        raise ValueError('give --data FOLDER (or MER_ROS_DATA), --manifest FILE or --bag BAG')
    text = parameters_yaml(calibrate(evidence, risk=risk, affine=affine, coverage=coverage,
                                     outcomes=outcomes), source=source)
    write_atomically(out, text)
    return f'{text}written to {out}'
