"""What is shown of single pieces of evidence."""

import numpy as np
import pytest

from mer_ros.data import Logits, nanoseconds
from mer_ros.emotions import EMOTIONS, UNKNOWN
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.evaluation.people.commands import spread
from mer_ros.evaluation.people.judged import judged

SAD = EMOTIONS.index('sadness')


def evidence(strength: float, quality: float = 1.0, labels: tuple[str, ...] = EMOTIONS) -> Logits:
    return Logits(nanoseconds(5), 'text', labels, strength * np.eye(len(labels))[SAD],
                  quality=quality)


@pytest.mark.parametrize('labels', [EMOTIONS, EMOTIONS[:6]])
def test_evidence_is_judged_as_the_node_would(labels: tuple[str, ...]) -> None:
    items = [evidence(strength, quality, labels)
             for strength in (0.5, 2.0, 6.0) for quality in (0.3, 1.0)]
    found = judged(items, FusionSettings())
    for item, label, uncertainty in zip(items, found.labels, found.uncertainty, strict=True):
        engine = FusionEngine(modalities=['text'])
        (state,) = engine.add(item, nanoseconds(5))
        assert (label, uncertainty) == (state.label, pytest.approx(state.uncertainty))


def test_without_evidence_nothing_is_known() -> None:
    found = judged([None, evidence(6.0), evidence(6.0, quality=0.0)], FusionSettings())
    assert found.labels == [UNKNOWN, 'sadness', UNKNOWN]
    assert found.uncertainty.tolist()[::2] == [1.0, 1.0]
    assert found.share(UNKNOWN) == pytest.approx(1 / 3)
    assert judged([None], FusionSettings()).share(UNKNOWN) == 0.0


@pytest.mark.parametrize(('count', 'most'), [(10, 3), (3, 10), (300, 300), (0, 5)])
def test_some_of_many_are_spread_over_all(count: int, most: int) -> None:
    found = spread(list(range(count)), most)
    assert len(found) == min(count, most)
    assert found == sorted(set(found))
    assert not found or found[-1] >= count - max(1.0, count / most) - 1
