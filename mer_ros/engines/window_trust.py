"""How far the modalities of one window are trusted, in plain floats; see `company` for arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from mer_ros.fusion import Affine


@dataclass(frozen=True, slots=True)
class ModalityTrust:
    """What the settings say of the trust in one modality.

    Attributes:
        reliability: beside others, in [0, 1].
        alone: where nothing else is present, in [0, 1].
        weak: beside others, about the weak classes, in [0, 1].
        strong: whether each of the K classes is not weak; None where none is.
        temperature: what the logits are divided by.
        calibration: what the logits go through first.

    """

    reliability: float
    alone: float
    weak: float = 1.0
    strong: tuple[bool, ...] | None = None
    temperature: float = 1.0
    calibration: Affine | None = None

    def beside(self, scores: list[float], places: Sequence[int] | None) -> float:
        """Return the reliability beside others of what was said, as `company.beside` does.

        Args:
            scores: logits (K,).
            places: the classes that the modality names; None for all.

        """
        if self.strong is None:
            return self.reliability
        if self.calibration is not None:
            scores = self.calibration.apply(np.array(scores)).tolist()
        named = range(len(scores)) if places is None else places
        top = max([scores[place] for place in named])
        weights = [exp((scores[place] - top) / self.temperature) for place in named]
        sure = sum([weight for weight, place in zip(weights, named, strict=True)
                    if self.strong[place]]) / sum(weights)
        return self.weak + (self.reliability - self.weak) * sure ** 2


def trusted_together(together: Sequence[float], alone: Sequence[float], presence: Sequence[float]
                     ) -> list[float]:
    """Return the reliability of each modality of a window, as `company.trusted` does."""
    if len(presence) < 2:
        return [lone * there for lone, there in zip(alone, presence, strict=True)]
    best, second = sorted(presence)[:-3:-1]
    first = presence.index(best)
    return [there * (lone + (near - lone) * (second if row == first else best))
            for row, (near, lone, there) in enumerate(zip(together, alone, presence, strict=True))]
