"""The opinion of one window, in plain floats."""

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from math import log1p
from typing import NamedTuple

import numpy as np

from mer_ros.fusion.logspace import Floats
from mer_ros.fusion.opinion import Opinion
from mer_ros.fusion.ratios import lost_certainty, plausible, projected, Ratios


class Told(NamedTuple):
    """The fused opinion, and those of the modalities."""

    fused: Ratios
    each: Sequence[Ratios]


class PlainOpinion(Opinion):
    """An `Opinion` of one window that makes arrays of the rest only when asked for them.

    Args:
        used, missing, output_temperature: as for `Opinion`.
        said: the opinions, after discounting.
        likely: what the output temperature acts on; None where that is ``said``.
        lost: the share of certainty lost to disagreement, where it is known already.

    """

    def __init__(self, used: tuple[str, ...], missing: tuple[str, ...], said: Told,
                 likely: Told | None, output_temperature: float | None, lost: float | None
                 ) -> None:
        ratios = said.fused
        classes, strength = len(ratios), 1.0 + sum(ratios)
        self.__dict__.update(  # the fields are frozen
            used=used, missing=missing, output_temperature=output_temperature,
            belief=np.array([ratio / strength for ratio in ratios]),
            uncertainty=_scalar(1.0 / strength),
            alpha=np.array([classes * ratio + 1.0 for ratio in ratios]),
            _said=said, _likely=likely, _lost=lost)
        if output_temperature is None:
            self.__dict__['probability'] = np.array(projected(ratios))
        elif output_temperature == 1.0:
            self.__dict__['probability'] = np.array(plausible((likely or said).fused))

    _said: Told
    _likely: Told | None
    _lost: float | None

    @cached_property
    def log_scores(self) -> Floats:
        """See `Opinion`, also for what follows."""
        return np.array(list(map(log1p, self._said.fused)))

    @cached_property
    def sources(self) -> Floats:  # noqa: D102
        return _logs(self._said.each)

    @cached_property
    def likelihoods(self) -> Floats | None:  # noqa: D102
        return None if self._likely is None else np.array(list(map(log1p, self._likely.fused)))

    @cached_property
    def source_likelihoods(self) -> Floats | None:  # noqa: D102
        return None if self._likely is None else _logs(self._likely.each)

    def contributions(self) -> list[tuple[Floats, float, Floats]]:  # noqa: D102
        if self.output_temperature not in (None, 1.0):
            return [(one.belief, float(one.uncertainty), one.probability)
                    for one in map(self._only, range(len(self.used)))]
        found = []
        for said, likely in zip(self._said.each, (self._likely or self._said).each, strict=True):
            strength = 1.0 + sum(said)
            found.append((
                np.array([ratio / strength for ratio in said]), 1.0 / strength,
                np.array(plausible(likely) if self.output_temperature else projected(said))))
        return found

    def _only(self, row: int) -> Opinion:
        said, *likely = [Told(one.each[row], [one.each[row]])
                         for one in (self._said, self._likely) if one is not None]
        return PlainOpinion((self.used[row],), (), said, likely[0] if likely else None,
                            self.output_temperature, None)

    @cached_property
    def disagreement(self) -> Floats:  # noqa: D102
        opinions = [(projected(ratios), 1.0 - 1.0 / (1.0 + sum(ratios)))
                    for ratios in self._said.each]
        return _scalar(max([
            0.5 * sum([abs(a - b) for a, b in zip(p, q, strict=True)]) * certain * sure
            for (p, certain), (q, sure) in combinations(opinions, 2)], default=0.0))

    @cached_property
    def lost_certainty(self) -> Floats:  # noqa: D102
        fused, each = self._likely or self._said
        return _scalar(lost_certainty(each, fused) if self._lost is None else self._lost)


def _scalar(value: float) -> Floats:
    """Return what numpy reduces a single window to."""
    return np.float64(value)  # type: ignore[return-value]


def _logs(opinions: Sequence[Ratios]) -> Floats:
    return np.array([list(map(log1p, ratios)) for ratios in opinions])
