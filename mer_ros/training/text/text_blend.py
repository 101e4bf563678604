"""How the parts of the text model are put together: two experts, and a gate for calm talk."""

from dataclasses import dataclass

import torch
from torch import Tensor

from mer_ros.emotions import EMOTIONS

NEUTRAL = EMOTIONS.index('neutral')

COLUMNS = 28
"""What there is to blend: 13 scores of the networks and 13 of the linear map, the log-odds of film
and those of calm talk."""

CALM_MOST = 0.7
"""Largest share of neutral that calm talk adds: enough to be shown as neutral, while "Okay!" in a
film, which may be anything, does not spoil the calibration.  Seen on dev."""

NONE = -30.0
"""Added to the log-odds of calm talk, it leaves nothing of them."""


@dataclass(frozen=True, slots=True)
class Blend:
    """Numbers of the mixture; all but ``neutral`` are fitted on dev.

    Each expert adds the scores of the networks and of the linear map, weighed by ``comment`` and
    ``film`` (2,), to its biases (7,) and (6,).  ``style`` is the slope and the offset of the
    log-odds of film.  ``temperature`` divides the log-probabilities.  ``neutral`` is the share of
    the comment expert's neutral that the film expert takes over: the film set lacks neutral
    lines because its makers left them out, not because nobody says them.  ``calm`` is added to the
    log-odds of calm talk.
    """

    comment: tuple[float, ...] = (0.5, 1.0)
    film: tuple[float, ...] = (0.5, 1.0)
    comment_bias: tuple[float, ...] = (0.0,) * 7
    film_bias: tuple[float, ...] = (0.0,) * 6
    style: tuple[float, ...] = (1.0, 0.0)
    temperature: float = 1.0
    neutral: float = 0.6
    calm: float = NONE


def experts(parts: Tensor, blend: Blend | dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Return what each expert says and which to believe: (B, 7), (B, 6) and (B, 1).

    ``parts`` (B, `COLUMNS`); the gate for calm talk is left out.
    """
    values = blend if isinstance(blend, dict) else {
        name: torch.tensor(getattr(blend, name), dtype=parts.dtype)
        for name in ('comment', 'film', 'comment_bias', 'film_bias', 'style')}
    nets, linear = parts[:, :13], parts[:, 13:26]
    comment = (values['comment'][0] * nets[:, :7] + values['comment'][1] * linear[:, :7]
               + values['comment_bias'])
    film = (values['film'][0] * nets[:, 7:] + values['film'][1] * linear[:, 7:]
            + values['film_bias'])
    style = values['style'][0] * parts[:, 26:27] + values['style'][1]
    return torch.softmax(comment, 1), torch.softmax(film, 1), torch.sigmoid(style)


def mix(parts: Tensor, blend: Blend) -> Tensor:
    """Return the probabilities (B, 7): p = (1 - r) q + r neutral, q those of the experts.

    q = (1 - s) comment + s film, s the probability of film, with the temperature (Jacobs et al.
    1991, eq. 1, with a gate that is a classifier of its own).  r is `CALM_MOST` times the
    probability of calm talk.
    """
    comment, emotional, share = experts(parts, blend)
    neutral = blend.neutral * comment[:, NEUTRAL:NEUTRAL + 1]
    emotional = emotional * (1 - neutral)
    film = torch.cat([emotional[:, :NEUTRAL], neutral, emotional[:, NEUTRAL:]], 1)
    mixed = (1 - share) * comment + share * film
    said = torch.softmax(torch.log(mixed.clamp(min=1e-9)) / blend.temperature, 1)
    calm = CALM_MOST * torch.sigmoid(parts[:, 27:] + blend.calm)
    return (1 - calm) * said + calm * torch.eye(len(EMOTIONS), dtype=parts.dtype)[NEUTRAL]
