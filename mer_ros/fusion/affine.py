"""Affine calibration: what a modality's logits are worth as evidence, learned from recordings."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mer_ros.fusion.checks import check_names, LIMIT
from mer_ros.fusion.logspace import Floats

LARGEST_WEIGHT = 1e6
"""Largest magnitude of a weight; with logits up to 1e290 no product overflows."""

_LARGEST_LOGIT = 1e290


class Affine(NamedTuple):
    """Weights (K, K) and bias (K,) of logits that become ``weights @ (l - mean(l)) + bias``.

    The mean is taken off first because a softmax classifier does not determine the level of its
    logits.  The plausibility softmax(L) of one modality under `fuse`'s preset ``calibrated`` is
    then a multinomial logistic model of its logits (matrix scaling: Guo et al. 2017, section 4.2),
    and Dempster's rule adds the models of several.
    """

    weights: ArrayLike
    bias: ArrayLike

    def apply(self, logits: Floats) -> Floats:
        """Return the calibrated logits (..., K), none of which is larger than 1e300 in size."""
        centred = logits - logits.mean(axis=-1, keepdims=True)
        bounded = np.clip(centred, -_LARGEST_LOGIT, _LARGEST_LOGIT)
        scores: Floats = bounded @ np.transpose(self.weights) + self.bias
        return np.clip(scores, -LIMIT, LIMIT)


def read_calibration(
    calibration: Mapping[str, Affine] | None, known: Iterable[str], classes: int
) -> dict[str, Affine]:
    """Return the maps by modality as arrays (K, K) and (K,).

    Raises ValueError for a name that is not ``known``, another shape, and numbers that are not
    finite or too large.
    """
    if not calibration:
        return {}
    check_names('calibration', calibration, known)
    return {name: _checked(name, *affine, classes=classes)
            for name, affine in calibration.items()}


def calibrated(values: Floats, calibration: Mapping[str, Affine], used: tuple[str, ...]) -> Floats:
    """Return the logits (N, ..., K), those of the modalities that ``calibration`` names mapped."""
    mapped = values.copy(order='K')
    for row, name in enumerate(used):
        if name in calibration:
            mapped[row] = calibration[name].apply(values[row])
    return mapped


def _checked(name: str, weights: ArrayLike, bias: ArrayLike, *, classes: int) -> Affine:
    parts = []
    for part, given, shape, largest in (
            ('weights', weights, (classes, classes), LARGEST_WEIGHT),
            ('bias', bias, (classes,), LIMIT)):
        array = np.asarray(given, dtype=np.float64)
        if array.shape != shape or not np.abs(array).max(initial=0.0) <= largest:
            raise ValueError(
                f'calibration {part} of {name!r} are {array.tolist()} of shape {array.shape}; '
                f'they must be numbers up to {largest:g} in size, of shape {shape}')
        parts.append(array)
    return Affine(*parts)
