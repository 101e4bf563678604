"""A calibration as a file of ROS parameters."""

from collections.abc import Mapping
from textwrap import wrap

import numpy as np

from mer_ros.calibration.fit_calibration import Calibration


def parameters_yaml(calibration: Calibration, *, source: str) -> str:
    """Return the text of a parameter file for the fusion node, with what it was fitted on.

    Numbers are written so that they are read back exactly.
    """
    settings = calibration.settings
    lines = [
        *_comment(f'Calibration of the fusion, fitted on {source}.  The figures compare the '
                  f'defaults with it on these same recordings: on others the gain is smaller.'),
        '# ros2 launch mer_ros mer.launch.py params_file:=THIS_FILE', '/**:', '  fusion_node:',
        '    ros__parameters:', '      fusion.preset: calibrated']
    temperature = settings.temperature if isinstance(settings.temperature, Mapping) else {}
    for name in temperature:
        lines += [*_comment(_change(calibration, name), 6),
                  f'      {name}.temperature: {_number(temperature[name])}',
                  f'      {name}.reliability: {_number(settings.reliability_of(name))}',
                  f'      {name}.reliability_alone: {_number(settings.alone_of(name))}',
                  f"      {name}.weak_labels: ['']", f'      {name}.weak_reliability: 1.0']
        if settings.calibration:
            for part, numbers in settings.calibration[name]._asdict().items():
                lines += _list(f'{name}.calibration.{part}', np.ravel(numbers).tolist())
    for name, reason in calibration.skipped.items():
        lines += _comment(f'{name} keeps its defaults: {reason}', 6)
    if 'fused' in calibration.after:
        lines += _comment(_change(calibration, 'fused'), 6)
    lines += [f'      fusion.output_temperature: {_number(settings.output_temperature or 0.0)}']
    if calibration.threshold is not None:
        chosen = calibration.threshold
        lines += [*_comment(f'names the emotion in {chosen.coverage:.1%} of these recordings, '
                            f'wrongly in {chosen.risk:.1%} of them; else unknown', 6),
                  f'      abstain.min_confidence: {_number(chosen.confidence)}']
    if calibration.sets is not None:
        sets = calibration.sets
        lines += [*_comment(f'sets of {sets.size:.1f} labels on average held the truth in '
                            f'{sets.reached:.1%} of the recordings of {sets.groups} people (or '
                            f'labelled spans) on whom nothing above was fitted', 6),
                  f'      prediction_set.coverage: {_number(sets.coverage)}',
                  f'      prediction_set.threshold: {_number(sets.threshold)}']
    return '\n'.join(lines) + '\n'


def _change(calibration: Calibration, name: str) -> str:
    before, after = calibration.before[name], calibration.after[name]
    return (f'{name}, {after.rows} recordings: accuracy {before.accuracy:.3f} -> '
            f'{after.accuracy:.3f}, NLL {before.nll:.3f} -> {after.nll:.3f}, '
            f'ECE {before.ece:.3f} -> {after.ece:.3f}')


def _comment(text: str, indent: int = 0) -> list[str]:
    return [f'{" " * indent}# {line}' for line in wrap(text, 98 - indent)]


def _list(name: str, numbers: list[float]) -> list[str]:
    text = ', '.join(map(_number, numbers))
    return [f'      {name}:', *(f'        {line}' for line in wrap(f'[{text}]', 92))]


def _number(value: float) -> str:
    """Return a number that YAML 1.1 takes for one: 1e-05 would be a word."""
    text = repr(float(value))
    return text if '.' in text else text.replace('e', '.0e')
