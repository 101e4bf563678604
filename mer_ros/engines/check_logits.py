"""Whether a message of logits can be used at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mer_ros.data import BadInput, Logits
from mer_ros.emotions import align
from mer_ros.fusion.inputs import LIMIT


def check_logits(item: Logits, frame: Sequence[str]) -> None:
    """Raise BadInput if the message cannot be fused in this frame of classes.

    The reasons are 'empty', 'labels' (unknown, repeated, or not one a logit), 'not_finite',
    'too_large' (beyond 1e300), 'quality' (not in [0, 1]) and 'window' (negative).
    """
    source = f'logits of modality {item.modality!r}, model {item.model!r}'
    if not len(item.labels) or not np.size(item.logits):
        raise BadInput('empty', f'{source} hold {len(item.labels)} labels and '
                       f'{np.size(item.logits)} logits; send at least one of each')
    if not np.isfinite(item.logits).all():
        raise BadInput('not_finite', f'{source} are {np.asarray(item.logits).tolist()}; send '
                       f'finite numbers, or nothing when the model failed')
    if np.abs(item.logits).max() > LIMIT:
        raise BadInput('too_large', f'{source} are {np.asarray(item.logits).tolist()}; the largest '
                       f'magnitude allowed is {LIMIT:g}')
    if np.ndim(item.logits) != 1:
        raise BadInput('labels', f'{source} have shape {np.shape(item.logits)}; send one logit '
                       f'for each of the labels {list(item.labels)}')
    try:
        align(item.labels, item.logits, frame)
    except ValueError as error:
        raise BadInput('labels', f'{source}: {error}') from error
    if not 0.0 <= item.quality <= 1.0:
        raise BadInput('quality', f'{source} have quality {item.quality}; send a number in [0, 1], '
                       f'1 to be trusted fully')
    if item.window < 0:
        raise BadInput('window', f'{source} have a window of {item.window} ns; send 0 or more')
