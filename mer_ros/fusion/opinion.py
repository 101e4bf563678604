"""The result of a fusion."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from mer_ros.fusion.conflict import conjunction, lost_certainty, pairwise
from mer_ros.fusion.logspace import Floats, log_expm1, masses, softmax
from mer_ros.fusion.rules import Judgement

_LARGEST = np.finfo(np.float64).max


@dataclass(frozen=True, eq=False)
class Opinion:
    """A Dirichlet opinion on K classes, or a batch of them; nothing in it is ever NaN.

    It is fully described by its log-scores ``L = log(1 + e / K)``; all else is computed from them
    when first asked for.  Its arrays must not be written to.

    Attributes:
        log_scores: (..., K), >= 0; their largest is the decision.
        used: names of the modalities that were given.
        missing: names of the modalities that were None.
        sources: (N, ..., K), the log-scores of the used modalities, after discounting.
        output_temperature: None if probability is the projected one, else its temperature.
        pooled: whether the output temperature acts on log p instead of on the log-scores.
        likelihoods: (..., K), what the output temperature acts on; None where that is log_scores.
        source_likelihoods: (N, ..., K), the same of the used modalities.
        judgement: log-probabilities and weights of a trained rule, whose log_scores say nothing
            about the probability; None for the others.
        known_loss: `lost_certainty` (...), where it is computed already.

    """

    log_scores: Floats
    used: tuple[str, ...]
    missing: tuple[str, ...]
    sources: Floats = field(repr=False)
    output_temperature: float | None = None
    pooled: bool = False
    likelihoods: Floats | None = field(default=None, repr=False)
    source_likelihoods: Floats | None = field(default=None, repr=False)
    judgement: Judgement | None = field(default=None, repr=False)
    known_loss: Floats | None = field(default=None, repr=False)

    @cached_property
    def _masses(self) -> tuple[Floats, Floats]:
        return masses(self.log_scores)

    @cached_property
    def belief(self) -> Floats:
        """Belief in each class, (..., K) in [0, 1]; with the uncertainty it sums to 1 (eq. 4)."""
        return self._masses[0]

    @cached_property
    def uncertainty(self) -> Floats:
        """Lack of evidence u = K / S, (...) in [0, 1], 1 = nothing known (eq. 5)."""
        return self._masses[1]

    @cached_property
    def probability(self) -> Floats:
        """Probability of each class, (..., K), sums to 1.

        Eq. (12), (e + 1) / S, without an output temperature; else softmax(L / T), where L counts
        as log-likelihoods, or for a rule that pools or judges probabilities the pooled or judged
        one to the power 1 / T, normalised.
        """
        if self.judgement is not None:
            return softmax(self.judgement.log_probability, self.output_temperature or 1.0)
        if self.output_temperature is None:
            share = self.uncertainty / self.log_scores.shape[-1]
            projected: Floats = self.belief + share[..., np.newaxis]
            return projected
        scores = self.log_scores if self.likelihoods is None else self.likelihoods
        if self.pooled:
            scores = np.logaddexp(0.0, log_expm1(scores) + np.log(scores.shape[-1]))
        return softmax(scores, self.output_temperature)

    @cached_property
    def evidence(self) -> Floats:
        """Evidence e = K (exp(L) - 1), (..., K) >= 0 (eq. 10); at most the largest double."""
        with np.errstate(over='ignore'):
            exact = self.log_scores.shape[-1] * np.expm1(self.log_scores)
        evidence: Floats = np.minimum(exact, _LARGEST)
        return evidence

    @property
    def weights(self) -> dict[str, Floats] | None:
        """Weight (...) in [0, 1] that a trained rule gave each used modality; else None."""
        if self.judgement is None:
            return None
        return dict(zip(self.used, self.judgement.weights, strict=True))

    @cached_property
    def alpha(self) -> Floats:
        """Dirichlet parameters e + 1, (..., K) >= 1 (eq. 11); at most the largest double."""
        return self.evidence + 1.0

    @cached_property
    def plausibility(self) -> Floats:
        """Plausibility of each class, normalised: softmax(L), (..., K)."""
        return softmax(self.log_scores)

    @cached_property
    def each(self) -> Opinion:
        """What the used modalities contributed, after discounting, as one batch (N, ..., K)."""
        return self._alone(self.used, self.sources, self.source_likelihoods)

    def contributions(self) -> list[tuple[Floats, float, Floats]]:
        """Return belief (K,), uncertainty and probability (K,) of each used modality.

        For an opinion of one window only.
        """
        return list(zip(self.each.belief, self.each.uncertainty.tolist(), self.each.probability,
                        strict=True))

    @cached_property
    def per_modality(self) -> dict[str, Opinion]:
        """What each modality contributed, by name, after discounting; vacuous where missing."""
        opinions = {name: self._only(row) for row, name in enumerate(self.used)}
        for name in self.missing:
            vacuous = np.zeros_like(self.log_scores)
            opinions[name] = replace(self._alone((), vacuous, None), missing=(name,),
                                     sources=self.sources[:0])
        return opinions

    def _only(self, row: int) -> Opinion:
        """Return what one of the used modalities said."""
        likelihoods = self.source_likelihoods
        return self._alone((self.used[row],), self.sources[row],
                           None if likelihoods is None else likelihoods[row])

    def _alone(self, used: tuple[str, ...], log_scores: Floats, likelihoods: Floats | None
               ) -> Opinion:
        """Return what these modalities said, read as this opinion is."""
        return Opinion(
            log_scores=log_scores, used=used, missing=(), sources=log_scores[np.newaxis],
            likelihoods=likelihoods, output_temperature=self.output_temperature,
            pooled=self.pooled)

    @cached_property
    def conflict(self) -> Floats:
        """Total conflict of Dempster's rule, (...) in [0, 1]; 0 for a single modality.

        The mass that the product of all opinions gives to the empty set, 1 - prod(u_n) / u of
        Dempster's u, whichever rule was chosen.
        """
        return self._conjunction[1]

    @cached_property
    def yager_uncertainty(self) -> Floats:
        """Yager's uncertainty, (...) in [0, 1]: unlike ``uncertainty`` it rises with conflict."""
        whole, empty = self._conjunction
        uncertainty: Floats = np.minimum(whole + empty, 1.0)
        return uncertainty

    @cached_property
    def pairwise_conflict(self) -> dict[tuple[str, str], Floats]:
        """Degree of conflict (...) in [0, 1] of each pair of used modalities (Xu et al. 2024)."""
        return {(self.used[i], self.used[j]): self._degrees[i, j]
                for i, j in combinations(range(len(self.used)), 2)}

    @cached_property
    def disagreement(self) -> Floats:
        """Largest degree of conflict of any pair, (...) in [0, 1]; 0 for a single modality."""
        largest: Floats = self._degrees.max(axis=(0, 1), initial=0.0)
        return largest

    @cached_property
    def lost_certainty(self) -> Floats:
        """Share of certainty lost to disagreement, (...) in [0, 1]; 0 for a single modality.

        Unlike `disagreement` it does not shrink with the certainty of the modalities: of these
        measures it is the one that tells wrong decisions from right ones; see
        `mer_ros.fusion.conflict.lost_certainty`.
        """
        if self.known_loss is not None:
            return self.known_loss
        told = self.sources if self.source_likelihoods is None else self.source_likelihoods
        return lost_certainty(told)

    @cached_property
    def _degrees(self) -> Floats:
        return pairwise(self.each.belief, self.each.uncertainty)

    @cached_property
    def _conjunction(self) -> tuple[Floats, Floats]:
        """Mass of the whole frame and of the empty set before normalising."""
        if not self.used:
            return self.uncertainty, 0.0 * self.uncertainty
        _, whole, empty = conjunction(self.each.belief, self.each.uncertainty)
        return whole, np.minimum(empty, 1.0)
