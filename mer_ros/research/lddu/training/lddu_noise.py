"""Whether the learned variance knows the noise."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr


def noise_ranks(spread: NDArray[np.floating], noise: NDArray[np.floating],
                modalities: Iterable[str]) -> dict[str, float]:
    """Return Spearman's rank correlation of ||sigma|| and the true noise in each modality.

    Args:
        spread: norm of sigma of N samples in M modalities, (N, M).
        noise: of the same shape.
        modalities: M names.
    """
    return {name: round(float(spearmanr(spread[:, index], noise[:, index]).statistic), 4)
            for index, name in enumerate(modalities)}
