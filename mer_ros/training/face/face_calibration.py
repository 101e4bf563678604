"""From the scores of the face network to logits whose softmax is how often they are right."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
import torch
from torch import Tensor
from torch.nn import functional

from mer_ros.calibration.temperature import fit_temperature
from mer_ros.emotions import EMOTIONS
from mer_ros.training.face.face_data import FaceArrays
from mer_ros.training.face.face_net import FaceNet, Standardise
from mer_ros.training.face.face_targets import CLASSES, VOTES

NEUTRAL, ANGER = EMOTIONS.index('neutral'), EMOTIONS.index('anger')

PRIOR_POWER = 0.75
"""How much of the prior of the dev crops the biases keep; all of it costs the rare classes."""

SEEN_BY_MOST = 0.5
"""Share of the votes above which a class is the truth about a crop."""

CALM = 0.1
"""Share of neutral faces of the dev splits that may be shown as something else."""

ANGRY = 0.005
"""Share of neutral faces of the dev splits that may be shown as anger: a robot that takes calm
people for angry ones does more harm than one that misses some anger."""

TEMPERATURES = np.geomspace(0.05, 5.0, 461)
"""Temperatures that are tried."""

STEPS = tuple(np.arange(0.0, 1.55, 0.05))
"""What may be added to the score of neutral, and taken off that of anger."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logits are (votes + bias) / temperature.

    ``bias`` (8,) holds the prior of the dev crops, ``calm``, which was added to neutral, and
    ``mild``, which was taken off anger.
    """

    bias: tuple[float, ...]
    temperature: float
    calm: float
    mild: float


def network_scores(net: FaceNet, faces: FaceArrays) -> NDArray[np.float64]:
    """Return the scores (N, 16) of crops, means over crop and mirror image."""
    net, standardise, parts = net.eval(), Standardise(), []
    with torch.inference_mode():
        for pixels in torch.from_numpy(faces.pixels).split(256):
            crops = standardise(pixels)
            parts.append((net(crops) + net(crops.flip(3))) / 2)
    return np.asarray(torch.cat(parts).double().numpy())


def fit_calibration(scores: NDArray[np.float64], faces: FaceArrays) -> Calibration:
    """Return the calibration under which dev crops are foretold best and neutral faces are calm.

    First biases are fitted to the votes of all crops that show a face, and `PRIOR_POWER` of them
    is kept.  Then neutral gets the least bonus of `STEPS` with which at most `CALM` of the neutral
    faces look like something else, and anger the least malus with which at most `ANGRY` of them
    look angry, where n of them of a data set weigh sqrt(n).  Last, the temperature is fitted to
    what most people see (Guo et al., ICML 2017, section 4.2).
    """
    shown = faces.is_face
    votes = scores[shown][:, VOTES]
    bias = PRIOR_POWER * _fitted_biases(votes, faces.targets[shown])
    calm = _least_step(votes + bias, faces, np.eye(len(CLASSES))[NEUTRAL], most=CALM,
                       wrong=lambda seen: seen != NEUTRAL)
    bias[NEUTRAL] += calm
    mild = _least_step(votes + bias, faces, -np.eye(len(CLASSES))[ANGER], most=ANGRY,
                       wrong=lambda seen: seen == ANGER)
    bias[ANGER] -= mild
    clear = faces.targets[shown].max(axis=1) > SEEN_BY_MOST
    temperature = fit_temperature((votes + bias)[clear], faces.classes[shown][clear], TEMPERATURES)
    return Calibration(tuple(map(float, bias)), temperature, calm, mild)


def _fitted_biases(votes: NDArray[np.float64], targets: NDArray[np.float32]
                   ) -> NDArray[np.float64]:
    """Return the biases (8,) with which softmax at some temperature foretells the targets best."""
    scores, shares = torch.from_numpy(votes), torch.from_numpy(targets).double()
    bias = torch.zeros(len(CLASSES), dtype=torch.float64, requires_grad=True)
    log_scale = torch.zeros((), dtype=torch.float64, requires_grad=True)
    _minimise([bias, log_scale], lambda: _cross_entropy(
        (scores + bias) * torch.exp(log_scale), shares) + 1e-4 * (bias * bias).sum())
    fitted = bias.detach()
    return np.asarray((fitted - fitted.mean()).numpy())


def _cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    return -(functional.log_softmax(logits, dim=1) * targets).sum(dim=1).mean()


def _minimise(weights: list[Tensor], loss: Callable[[], Tensor]) -> None:
    optimizer = torch.optim.LBFGS(weights, max_iter=200, line_search_fn='strong_wolfe')

    def closure() -> Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(closure)


def _least_step(logits: NDArray[np.float64], faces: FaceArrays, change: NDArray[np.float64], *,
                most: float, wrong: Callable[[NDArray[np.intp]], NDArray[np.bool_]]) -> float:
    """Return the least step times which a change (8,) of the logits keeps neutral faces right.

    At most the share ``most`` of them is then ``wrong`` by the class that they look like.
    """
    sources = faces.sources[faces.is_face]
    neutral = faces.classes[faces.is_face] == NEUTRAL
    kept = [rows for source in range(len(faces.names))
            if (rows := np.flatnonzero(neutral & (sources == source))).size]
    weights = [np.sqrt(len(rows)) for rows in kept]
    for step in STEPS:
        seen = (logits + step * change).argmax(axis=1)
        if kept and np.average([wrong(seen[rows]).mean() for rows in kept],
                               weights=weights) <= most:
            break
    return float(step) if kept else 0.0
