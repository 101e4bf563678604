import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.voice_figures import evaluate


class Level:
    """Hears anger in what is loud and sadness in what is quiet, always as surely."""

    name = 'level'
    labels = ('anger', 'sadness')
    mean = np.array([0.5])
    departures = np.zeros((2, 1))
    inertia = np.ones(1)

    def describe(self, waveform):
        return np.array([waveform.max()]) if waveform.any() else None

    def classify(self, statistics, *, mean=None):
        loud = np.sign(statistics - (self.mean if mean is None else mean))
        return np.concatenate([loud, -loud], axis=1).astype(np.float32)


def clips(*levels):
    return [np.full(160, level, dtype=np.float32) for level in levels]


SAMPLES = Samples(clips(0.9, 0.8, 0.1, 0.9, 0.0, 0.3), [
    'anger', 'anger', 'sadness', 'sadness', 'anger', 'surprise'], [*'aabbab'], 'speech')


def votes(*rows):
    return np.array([[row.get(emotion, 0) for emotion in EMOTIONS] for row in rows], float)


def test_silent_clips_and_classes_that_were_never_learned_do_not_count():
    found = evaluate(Level(), SAMPLES, np.zeros((6, 7)))
    assert found['']['n'] == 4
    assert found['']['uar'] == 0.75
    assert found['']['uar_by_speaker'] == {'a': 1.0, 'b': 0.5}
    assert found[', adapted']['uar'] >= 0.5
    assert 'nll_votes' not in found['']


def test_what_raters_heard_is_compared_with_the_best_constant():
    heard = votes({'anger': 4}, {'anger': 3, 'sadness': 1}, {'sadness': 2}, {}, {'anger': 1}, {})
    found = evaluate(Level(), SAMPLES, heard)['']
    sure, other = -np.log(1 / (1 + np.exp(-2.0))), -np.log(1 / (1 + np.exp(2.0)))
    expected = (sure + 0.75 * sure + 0.25 * other + sure) / 3
    assert found['nll_votes'] == pytest.approx(expected, abs=1e-4)
    share = 1.75 / 3
    constant = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert found['nll_constant'] == pytest.approx(constant, abs=1e-4)
