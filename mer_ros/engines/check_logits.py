"""Whether a message of logits can be used at all."""

from math import isfinite

import numpy as np

from mer_ros.data import BadInput, Logits
from mer_ros.emotions import places
from mer_ros.fusion.checks import LIMIT


def check_logits(item: Logits, frame: tuple[str, ...]) -> None:
    """Raise BadInput if the message cannot be fused in this frame of classes.

    The reasons are 'empty', 'labels' (unknown, repeated, or not one a logit), 'not_finite',
    'too_large' (beyond 1e300), 'quality' or 'saliency' (not in [0, 1]), 'window' (negative)
    and 'circumplex' (not in [-1, 1], or of an error that is not above 0).
    """
    logits = np.asarray(item.logits)
    values = logits.tolist()
    if not item.labels or not logits.size:
        raise _bad('empty', item, f'hold {len(item.labels)} labels and {logits.size} '
                   f'logits; send at least one of each')
    if logits.shape != (len(item.labels),):
        raise _bad('labels', item, f'have shape {logits.shape}; send one logit for each of the '
                   f'{len(item.labels)} labels {list(item.labels)}')
    if not all(map(isfinite, values)):
        raise _bad('not_finite', item, f'are {values}; send finite numbers, or nothing when the '
                   f'model failed')
    if max(map(abs, values)) > LIMIT:
        raise _bad('too_large', item, f'are {values}; the largest magnitude allowed is {LIMIT:g}')
    try:
        places(item.labels, frame)
    except ValueError as error:
        raise _bad('labels', item, f'cannot be ordered: {error}') from error
    if not 0.0 <= item.quality <= 1.0:
        raise _bad('quality', item, f'have quality {item.quality}; send a number in [0, 1], 1 to '
                   f'be trusted fully')
    if not 0.0 <= item.saliency <= 1.0:
        raise _bad('saliency', item, f'have saliency {item.saliency}; send a number in [0, 1], 0 '
                   f'where the logits tell it')
    if item.circumplex is not None:
        point = item.circumplex
        if not (abs(point.valence) <= 1.0 and abs(point.arousal) <= 1.0
                and all(0.0 < error < LIMIT for error in (
                    point.valence_deviation, point.arousal_deviation))):
            raise _bad('circumplex', item, f'say {point}; send valence and arousal in [-1, 1] and '
                       f'deviations above 0, or nothing')
    if item.window < 0:
        raise _bad('window', item, f'have a window of {item.window} ns; send 0 or more')


def _bad(reason: str, item: Logits, problem: str) -> BadInput:
    return BadInput(reason, f'logits of modality {item.modality!r}, model {item.model!r} {problem}')
