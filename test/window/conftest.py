"""Short ways to write messages and windows in seconds."""

from collections.abc import Callable

import numpy as np
import pytest

from mer_ros.data import Logits, nanoseconds
from mer_ros.window import Window


@pytest.fixture(scope='session')
def message() -> Callable[..., Logits]:
    """Return a function that makes a message of a modality, stamped in seconds."""

    def make(modality: str, seconds: float, person: str = '', value: float = 0.0) -> Logits:
        return Logits(stamp=nanoseconds(seconds), modality=modality, labels=('anger', 'fear'),
                      logits=np.array([value, 0.0]), person_id=person)

    return make


@pytest.fixture(scope='session')
def summary() -> Callable[..., list[tuple[object, ...]]]:
    """Return a function that shortens windows to (person, time, {modality: stamp}) in seconds."""

    def shorten(windows: list[Window]) -> list[tuple[object, ...]]:
        return [(window.person_id, window.time / 1e9,
                 'expired' if window.expired else
                 {name: item.logits.stamp / 1e9 for name, item in window.evidence.items()})
                for window in windows]

    return shorten
