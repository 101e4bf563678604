"""Rules that pool probabilities: mean, product, and the sum of logits."""

import numpy as np

from mer_ros.fusion.logspace import Floats, from_log_evidence, from_masses, log_expm1, masses
from mer_ros.fusion.rules import Rule, Sources


def mean(sources: Sources) -> Floats:
    """Return the linear opinion pool: the mean belief, uncertainty and projected probability."""
    belief, uncertainty = masses(sources.log_scores)
    # Sums do for means, and a modality that is not present believes nothing anyway.
    return from_masses(belief.sum(axis=0), (uncertainty * sources.present).sum(axis=0))


def product(sources: Sources) -> Floats:
    """Return the normalised product of the projected probabilities."""
    classes = sources.log_scores.shape[-1]
    # p is proportional to alpha = 1 + e, so a vacuous opinion contributes exactly log 1.
    log_alpha = from_log_evidence(log_expm1(sources.log_scores) + np.log(classes))
    return _most_uncertain(log_alpha.sum(axis=0))


def sum_of_logits(sources: Sources) -> Floats:
    """Return softmax of the summed logits / temperature, each weighted by its reliability."""
    return _most_uncertain((sources.scores * sources.reliability[..., np.newaxis]).sum(axis=0))


def _most_uncertain(log_probability: Floats) -> Floats:
    """Return the opinion that projects to this probability and claims least.

    The uncertainty-maximised opinion u = K min p, b = p - min p (Josang 2016, section 3.5.6),
    of log-probabilities (..., K) that need not be normalised.
    """
    lead = log_probability - log_probability.min(axis=-1, keepdims=True)
    return from_log_evidence(log_expm1(lead) - np.log(lead.shape[-1]))


MEAN = Rule(mean, pools=True)
PRODUCT = Rule(product, pools=True)
SUM = Rule(sum_of_logits, pools=True)
