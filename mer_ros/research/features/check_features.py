"""Whether a message of features can be used by a network at all."""

import numpy as np

from mer_ros.data import BadInput, check_stamp, Features
from mer_ros.research.features.feature_model import FeatureModel

LARGEST = 1e6
"""No feature may be larger than this in magnitude: no model gives such, and networks overflow."""


def check_features(item: Features, network: FeatureModel) -> None:
    """Raise BadInput if the network cannot judge these features.

    The reasons are 'unstamped', 'unknown_modality', 'model' (not the one that the network learned
    from), 'shape', 'not_finite' and 'too_large' (beyond `LARGEST`).
    """
    check_stamp(item.stamp)
    if item.modality not in network.modalities:
        raise _bad('unknown_modality', item, f'came; the network knows {list(network.modalities)}')
    learned = network.models.get(item.modality, '')
    if item.model != learned:
        raise _bad('model', item, f'cannot be judged: the network learned from those of '
                   f'{learned!r}; run that model, or train the network again')
    shape, width = np.shape(item.values), network.dims[item.modality]
    if len(shape) != 2 or not shape[0] or shape[1] != width:
        raise _bad('shape', item, f'have shape {shape}; needed is (T, {width}) with T >= 1')
    if not np.isfinite(item.values).all():
        raise _bad('not_finite', item, 'hold NaN or infinity; send finite numbers, or nothing '
                   'when the model failed')
    largest = np.abs(item.values).max()
    if largest > LARGEST:
        raise _bad('too_large', item, f'reach {largest}; the largest magnitude allowed is '
                   f'{LARGEST:g}')


def _bad(reason: str, item: Features, problem: str) -> BadInput:
    return BadInput(
        reason, f'features of modality {item.modality!r}, model {item.model!r} {problem}')
