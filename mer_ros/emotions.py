"""The taxonomy of emotions, and every label map of the package, in one table."""

from collections.abc import Sequence
from functools import lru_cache
from operator import mul

import numpy as np
from numpy.typing import ArrayLike, NDArray

EMOTIONS: tuple[str, ...] = (
    'anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise')
"""The classes of the default frame, in the order used everywhere (Ekman 1992, and neutral)."""

UNKNOWN = 'unknown'
"""The label of a state that abstains."""

CIRCUMPLEX: dict[str, tuple[float, float]] = {
    'anger': (-0.51, 0.59),
    'disgust': (-0.60, 0.35),
    'fear': (-0.64, 0.60),
    'happiness': (0.81, 0.51),
    'neutral': (0.0, 0.0),
    'sadness': (-0.63, -0.27),
    'surprise': (0.40, 0.67),
}
"""Valence and arousal of each emotion, -1 to 1.

Mean ratings of the terms angry, disgusted, fearful, happy, sad and surprised by Russell and
Mehrabian (J. Research in Personality 11, 1977, pleasure and arousal); neutral is the origin.
"""

ALIASES: dict[str, tuple[str, ...]] = {
    'anger': ('anger', 'angry', 'ang'),
    'disgust': ('disgust', 'disgusted', 'dis'),
    'fear': ('fear', 'fearful', 'scared', 'fea'),
    'happiness': ('happiness', 'happy', 'joy', 'hap'),
    'neutral': ('neutral', 'neu'),
    'sadness': ('sadness', 'sad'),
    'surprise': ('surprise', 'surprised', 'sur'),
}
"""Names that models and data sets give to each emotion; a model's own label map uses it."""

EXPRESSIONS: dict[str, str] = {
    'anger': 'angry',
    'disgust': 'disgusted',
    'fear': 'scared',
    'happiness': 'happy',
    'neutral': 'neutral',
    'sadness': 'sad',
    'surprise': 'surprised',
}
"""The name of each emotion in hri_msgs/Expression (REP-155); `emotion_of` leads back."""

_EMOTION_OF_ALIAS = {alias: emotion for emotion, names in ALIASES.items() for alias in names}


def emotion_of(name: str) -> str | None:
    """Return the emotion that a foreign class name means, or None when it means none of them.

    Case and surrounding space do not matter: ``emotion_of('Joy') == 'happiness'``.
    """
    return _EMOTION_OF_ALIAS.get(name.strip().lower())


def check_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """Return the labels as a tuple; raise ValueError if they are empty or repeated."""
    checked = tuple(labels)
    repeated = sorted({label for label in checked if checked.count(label) > 1})
    if not checked or repeated:
        problem = f'repeats {repeated}' if repeated else 'is empty'
        raise ValueError(f'the label list {list(checked)} {problem}; name each class exactly once')
    return checked


def align(
    labels: Sequence[str], logits: ArrayLike, frame: Sequence[str] = EMOTIONS
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Put logits that carry their labels into the order of a frame of K classes.

    Args:
        labels: names of the classes that the model learned, in its own order, n <= K of them.
        logits: array (..., n), one raw score a label.
        frame: the K classes to order by.

    Returns:
        The logits (..., K) and a mask (K,) that is True where the model names the class.
        Classes that it does not name hold the mean of the named logits (and are masked).

    Raises:
        ValueError: labels are unknown to the frame, repeated or fewer or more than the logits.
            Nothing is ever mapped by position or by guess.
    """
    values = np.asarray(logits, dtype=np.float64)
    names = tuple(labels)
    positions, named = places(names, tuple(frame))
    if values.ndim == 0 or values.shape[-1] != len(names):
        raise ValueError(
            f'{len(names)} labels {list(names)} came with logits of shape {values.shape}; '
            f'the last axis must hold one logit a label')
    aligned = np.empty((*values.shape[:-1], len(frame)))
    if len(names) < len(frame):
        aligned[...] = values.mean(axis=-1, keepdims=True)
    aligned[..., positions] = values
    return aligned, named


@lru_cache(maxsize=256)
def places(
    names: tuple[str, ...], frame: tuple[str, ...]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return where in the frame each name stands, and which classes of the frame are named.

    Raises ValueError for names that are unknown to the frame, repeated, or none.
    """
    check_labels(names)
    unknown = [name for name in names if name not in frame]
    if unknown:
        raise ValueError(
            f'labels {unknown} are not in the frame; given {list(names)}, allowed {list(frame)}')
    positions = np.array([frame.index(name) for name in names])
    named = np.zeros(len(frame), dtype=np.bool_)
    named[positions] = True
    for array in (positions, named):
        array.setflags(write=False)
    return positions, named


def in_frame(labels: tuple[str, ...], logits: list[float], frame: tuple[str, ...]
             ) -> tuple[list[float], tuple[int, ...] | None]:
    """Do what `align` does for one item (n,) in plain floats.

    Returns the logits (K,), 0 for a class that the model does not name, and the places of those
    that it names, None where these are all.
    """
    if labels == frame:
        return logits, None
    values = [0.0] * len(frame)
    for place, value in zip(places(labels, frame)[0].tolist(), logits, strict=True):
        values[place] = value
    return values, _named_places(labels, frame)


@lru_cache(maxsize=256)
def _named_places(names: tuple[str, ...], frame: tuple[str, ...]) -> tuple[int, ...] | None:
    found = tuple(sorted(places(names, frame)[0].tolist()))
    return found if len(found) < len(frame) else None


def circumplex(labels: Sequence[str], probability: ArrayLike) -> tuple[float, float]:
    """Return expected valence and arousal, each in [-1, 1], of probabilities (K,) of K labels.

    Both are NaN where a label has no place in `CIRCUMPLEX`.
    """
    shares = np.asarray(probability, dtype=np.float64).tolist()
    valence, arousal = [sum(map(mul, shares, values)) for values in _coordinates(tuple(labels))]
    return valence, arousal


@lru_cache
def _coordinates(labels: tuple[str, ...]) -> list[tuple[float, ...]]:
    """Return valence (K,) and arousal (K,) of the labels."""
    nowhere = (float('nan'), float('nan'))
    return list(zip(*[CIRCUMPLEX.get(label, nowhere) for label in labels], strict=True))
