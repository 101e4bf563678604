"""Fitting how the parts of the text model are blended, on the dev splits."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor

from mer_ros.evaluation.metrics.classification import macro_f1, negative_log_likelihood
from mer_ros.training.text.text_blend import Blend, experts, mix, NONE
from mer_ros.training.text.text_data import SIX

BALANCES = tuple(0.05 * step for step in range(11))
"""Exponents of the inverse class frequency of comments that are tried."""

STYLE_STEPS = tuple(0.25 * step for step in range(-8, 5))
"""Changes of the log-odds of film that are tried."""

SHARPNESS = 0.2
"""Weight of the log-loss against macro-F1: macro-F1 alone would spoil the calibration."""

CALM_STEPS = tuple(0.25 * step for step in range(-16, 13))
"""Additions to the log-odds of calm talk that are tried."""

CALM_LOSS = 0.0025
"""Macro-F1 of comments that the gate for calm talk may cost, as written and as spoken."""

FILM_WEIGHT = 0.5
"""Weight of the film set; half of it counts with neutral as an answer, half without."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The parts (N, `COLUMNS`), float64, and the true classes (N,) of one dev split."""

    parts: Tensor
    truth: NDArray[np.intp]


def fit_blend(comments: Scored, films: Scored) -> Blend:
    """Return the blend for dev.

    Scales and biases of each expert and of the style are fitted by log-loss.  Two numbers are
    then chosen for macro-F1: how far rare classes of comments are favoured (Menon et al. 2021,
    eq. 9), and the log-odds of film.  Last comes the temperature (Guo et al. 2017).
    """
    start = _most_likely(comments, films)
    share = np.maximum(np.bincount(comments.truth, minlength=7), 1) / len(comments.truth)
    candidates = [
        replace(start, style=(start.style[0], start.style[1] + step), comment_bias=tuple(
            (np.array(start.comment_bias) - balance * np.log(share)).tolist()))
        for balance in BALANCES for step in STYLE_STEPS]
    blend = max(candidates, key=lambda candidate: _score(comments, films, candidate))
    temperatures = [replace(blend, temperature=float(t)) for t in np.geomspace(0.6, 1.6, 41)]
    return min(temperatures, key=lambda candidate: _loss(comments, candidate)
               + FILM_WEIGHT * _loss(films, candidate))


def with_calm(blend: Blend, *comments: Scored) -> Blend:
    """Return the blend with as much of the gate for calm talk as each list of comments can bear.

    The more of it, the fewer commands and short answers get an emotion, and the sooner does a
    comment lose its own: the log-odds rise as long as no list loses more than `CALM_LOSS`.
    """
    def score(split: Scored, offset: float) -> float:
        return macro_f1(split.truth, mix(split.parts, replace(blend, calm=offset)).numpy())

    least = [score(split, NONE) - CALM_LOSS for split in comments]
    borne = [offset for offset in CALM_STEPS if all(
        score(split, offset) >= bound for split, bound in zip(comments, least, strict=True))]
    return replace(blend, calm=max(borne, default=NONE))


def _most_likely(comments: Scored, films: Scored) -> Blend:
    free = {field.name: torch.tensor(field.default, dtype=torch.float64, requires_grad=True)
            for field in fields(Blend) if isinstance(field.default, tuple)}
    six = torch.from_numpy(np.searchsorted(SIX, films.truth))
    seven = torch.from_numpy(comments.truth)
    optimiser = torch.optim.LBFGS(list(free.values()), max_iter=200,
                                  line_search_fn='strong_wolfe')

    def loss() -> Tensor:
        optimiser.zero_grad()
        comment, _, share = experts(comments.parts, free)
        _, film, film_share = experts(films.parts, free)
        value = (-comment.log().gather(1, seven[:, None]).mean() - torch.log1p(-share).mean()
                 - film.log().gather(1, six[:, None]).mean() - film_share.log().mean())
        value = value + 1e-3 * sum((free[name] ** 2).sum() for name in ('comment_bias',
                                                                       'film_bias'))
        value.backward()
        return value

    optimiser.step(loss)
    return Blend(**{name: tuple(values.tolist()) for name, values in free.items()})


def _score(comments: Scored, films: Scored, blend: Blend) -> float:
    seven, film = mix(comments.parts, blend).numpy(), mix(films.parts, blend).numpy()
    six = film[:, SIX] / film[:, SIX].sum(axis=1, keepdims=True)
    return (macro_f1(comments.truth, seven)
            + FILM_WEIGHT / 2 * macro_f1(films.truth, film)
            + FILM_WEIGHT / 2 * macro_f1(np.searchsorted(SIX, films.truth), six)
            - SHARPNESS * negative_log_likelihood(comments.truth, seven)
            - SHARPNESS * FILM_WEIGHT * negative_log_likelihood(films.truth, film))


def _loss(split: Scored, blend: Blend) -> float:
    return negative_log_likelihood(split.truth, mix(split.parts, blend).numpy())
