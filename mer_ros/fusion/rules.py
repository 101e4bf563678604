"""What a fusion rule is, and the registry of rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mer_ros.fusion.logspace import Bools, Floats
from mer_ros.registry import Registry


@dataclass(frozen=True, slots=True)
class Sources:
    """The N >= 1 modalities that a rule combines, in the order of ``names``.

    ``log_scores`` (N, ..., K), finite and >= 0, are the opinions (``L = log(1 + e / K)``),
    already discounted; ``scores`` (N, ..., K), finite, the logits divided by their temperatures;
    ``reliability`` (N, ...) in [0, 1], which broadcasts to the leading dimensions.
    """

    names: tuple[str, ...]
    log_scores: Floats
    scores: Floats
    reliability: Floats

    @property
    def present(self) -> Bools:
        """Mask (N, ...): False where a modality counts as missing because its reliability is 0."""
        return self.reliability > 0.0

    @property
    def count(self) -> Floats:
        """How many modalities are present, (..., 1), at least 1."""
        count: Floats = np.maximum(self.present.sum(axis=0), 1.0)[..., np.newaxis]
        return count


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a trained rule says: log-probabilities (..., K) <= 0 and weights (N, ...) in [0, 1]."""

    log_probability: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to combine opinions.

    ``combine`` maps the sources to the fused log-scores (..., K), finite and >= 0.  Where a
    modality is not present it must have no influence.

    ``pools`` is True for a rule that combines probabilities: the fused probability is then the
    pooled one, and an output temperature acts on its logarithm instead of on the log-scores.

    ``judge`` is there in a rule that has learned what is likely; it keeps what it learned (a bound
    method) and finds its modalities by ``names``.  The fused probability p is then its own (an
    output temperature acts on log p), u is that of ``combine``, and the belief is (1 - u) p: the
    evidence says how much is known, the judge what of.  ``labels`` are the K classes it was made
    for; () means any.  ``load`` reads the same kind of rule for a frame of labels from a file that
    was trained, or with '' the one that ships.
    """

    combine: Callable[[Sources], Floats]
    pools: bool = False
    judge: Callable[[Sources], Judgement] | None = None
    labels: tuple[str, ...] = ()
    load: Callable[[str, Sequence[str]], Rule] | None = None


RULES = Registry('fusion rule', 'mer_ros.fusion_rules', {
    'dempster': 'mer_ros.fusion.conjunctive:DEMPSTER',
    'yager': 'mer_ros.fusion.conjunctive:YAGER',
    'murphy': 'mer_ros.fusion.conjunctive:MURPHY',
    'cumulative': 'mer_ros.fusion.additive:CUMULATIVE',
    'averaging': 'mer_ros.fusion.additive:AVERAGING',
    'weighted': 'mer_ros.fusion.additive:WEIGHTED',
    'mean': 'mer_ros.fusion.pools:MEAN',
    'product': 'mer_ros.fusion.pools:PRODUCT',
    'sum': 'mer_ros.fusion.pools:SUM',
})
"""Rules by name; each part is a `Rule`."""


def find_rule(rule: str | Rule) -> Rule:
    """Return the rule of this name, or the rule itself.

    Raises ValueError for an unknown name, or when a plug-in registered something else.
    """
    found = rule if isinstance(rule, Rule) else RULES.get(rule)
    if not isinstance(found, Rule):
        raise ValueError(f'fusion rule {rule!r} is {found!r}; a mer_ros.fusion.Rule is required')
    return found


def untrained_rules() -> list[str]:
    """Return the names of the rules that need no training: they take any modalities and classes."""
    return [name for name in RULES.names() if find_rule(name).judge is None]
