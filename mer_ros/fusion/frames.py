"""Partial frames: a modality that never learned a class neither supports nor opposes it."""

import numpy as np

from mer_ros.fusion.logspace import Bools, Floats


def fill_unnamed(values: Floats, named: Bools) -> Floats:
    """Return the values (N, ..., K) with the mean of the named ones wherever ``named`` is False.

    ``named`` broadcasts to the values and names at least one class of each modality.  What
    stood at the other places is ignored.  The mean never falls below the smallest named value,
    not even by rounding, so that filling leaves every minimum as it was.
    """
    mean = np.where(named, values, 0.0).sum(axis=-1, keepdims=True)
    mean /= named.sum(axis=-1, keepdims=True)
    low = np.where(named, values, np.inf).min(axis=-1, keepdims=True)
    return np.where(named, values, np.maximum(mean, low))
