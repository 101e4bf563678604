"""Shafer's discount: trust an opinion only as far as its source is reliable."""

from __future__ import annotations

import numpy as np

from mer_ros.fusion.logspace import Floats, from_masses, masses


def discount(log_scores: Floats, reliability: Floats) -> Floats:
    """Return the log-scores (..., K) of opinions discounted by reliability (...) in [0, 1].

    Belief becomes r b and uncertainty 1 - r + r u (Shafer 1976).  Reliability 1 returns the
    opinion itself and 0 exact ignorance; neither is rounded.
    """
    trust = reliability[..., np.newaxis]
    belief, uncertainty = masses(log_scores)
    discounted = from_masses(trust * belief, 1.0 - reliability + reliability * uncertainty)
    return np.where(trust == 1.0, log_scores, discounted)
