import numpy as np
from numpy.typing import NDArray
import pytest

from mer_ros.data import NANOSECONDS
from mer_ros.engines.speaker_adaptation import adaptation_for, AdaptiveModel, SpeakerAdaptation


class Two:
    """Says which of two emotions one statistic points to: above the mean or below."""

    name = 'two'
    labels = ('anger', 'sadness')
    mean = np.array([10.0])
    departures = np.array([[2.0], [-2.0]])
    inertia = np.ones(1)

    def describe(self, waveform: NDArray[np.float32]) -> NDArray[np.float64] | None:
        return np.array([float(waveform.mean())]) if waveform.any() else None

    def classify(
        self, statistics: NDArray[np.float64], *, mean: NDArray[np.float64] | None = None
    ) -> NDArray[np.float32]:
        departure = statistics - (self.mean if mean is None else mean)
        return np.concatenate([departure, -departure], axis=1).astype(np.float32)

    def logits(self, batch: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        return self.classify(np.array([[wave.mean()] for wave in batch]))


def learned(adaptation: SpeakerAdaptation, values: list[float], person: str = 'ada') -> float:
    """Let a person say these values; return the mean that the person has then."""
    for value in values:
        statistics = np.array([value])
        adaptation.learn(person, statistics, adaptation.logits(person, statistics))
    return float(adaptation.mean_of(person)[0])


def test_a_stranger_is_judged_like_everybody() -> None:
    assert SpeakerAdaptation(Two()).mean_of('ada') == 10.0


def test_the_mean_moves_from_the_population_to_the_person() -> None:
    adaptation = SpeakerAdaptation(Two(), prior=4.0, explained=0.0, memory=1e9)
    assert learned(adaptation, [20.0] * 4) == pytest.approx(15.0)
    assert learned(adaptation, [20.0] * 400) == pytest.approx(20.0, abs=0.2)


def test_a_larger_prior_moves_it_less() -> None:
    fast, slow = (SpeakerAdaptation(Two(), prior=prior) for prior in (1.0, 20.0))
    assert learned(slow, [20.0] * 5) < learned(fast, [20.0] * 5)


def test_who_is_always_angry_does_not_become_the_measure_of_anger() -> None:
    naive, wise = (SpeakerAdaptation(Two(), explained=share) for share in (0.0, 1.0))
    assert learned(naive, [12.0] * 30) > 11.0
    assert learned(wise, [12.0] * 30) == pytest.approx(10.0, abs=0.2)


def test_an_old_mean_fades() -> None:
    adaptation = SpeakerAdaptation(Two(), prior=1.0, explained=0.0, memory=5.0)
    learned(adaptation, [1000.0] * 50)
    assert learned(adaptation, [10.0] * 100) == pytest.approx(10.0, abs=0.1)


def test_people_are_kept_apart() -> None:
    adaptation = SpeakerAdaptation(Two())
    learned(adaptation, [50.0] * 10, 'ada')
    assert adaptation.mean_of('') == 10.0
    learned(adaptation, [0.0] * 10, '')
    assert adaptation.mean_of('')[0] < 10.0 < adaptation.mean_of('ada')[0]


def test_who_was_silent_for_longest_is_forgotten_when_there_are_too_many() -> None:
    adaptation = SpeakerAdaptation(Two(), people=2)
    for person in ('ada', 'bob', 'ada', 'cyd'):
        learned(adaptation, [20.0], person)
    assert adaptation.people == ('ada', 'cyd')
    assert adaptation.mean_of('bob') == 10.0


def test_forgetting_forgets_everybody() -> None:
    adaptation = SpeakerAdaptation(Two())
    learned(adaptation, [20.0] * 5)
    adaptation.forget()
    assert adaptation.people == ()
    assert adaptation.mean_of('ada') == 10.0


def test_a_person_can_be_forgotten_alone() -> None:
    adaptation = SpeakerAdaptation(Two())
    learned(adaptation, [20.0], 'ada')
    learned(adaptation, [20.0], 'ben')
    adaptation.forget('ada')
    adaptation.forget('nobody')
    assert adaptation.people == ('ben',)


def test_who_was_not_heard_for_long_is_forgotten() -> None:
    adaptation = SpeakerAdaptation(Two(), expiry=60.0)
    wave = np.full(16000, 20.0, dtype=np.float32)
    for person, second in (('ada', 0), ('ben', 40)):
        adaptation.hear(person, wave, learn=True, now=second * NANOSECONDS)
    adaptation.expire(60 * NANOSECONDS)
    assert adaptation.people == ('ada', 'ben')
    adaptation.expire(61 * NANOSECONDS)
    assert adaptation.people == ('ben',)
    adaptation.expire(0)
    assert adaptation.people == ('ben',)


def test_an_utterance_is_judged_before_it_is_learned_from() -> None:
    wave = np.full(16000, 20.0, dtype=np.float32)
    adaptation = SpeakerAdaptation(Two())
    first = adaptation.hear('ada', wave, learn=True)
    np.testing.assert_array_equal(first, Two().logits([wave])[0])
    assert adaptation.hear('ada', wave, learn=False)[0] < first[0]


def test_what_is_not_to_be_learned_or_silent_changes_nothing() -> None:
    adaptation = SpeakerAdaptation(Two())
    adaptation.hear('ada', np.full(16000, 20.0, dtype=np.float32), learn=False)
    silent = adaptation.hear('ada', np.zeros(16000, dtype=np.float32), learn=True)
    assert not silent.any()
    assert adaptation.people == ()


def test_a_model_that_only_judges_waveforms_is_not_adapted() -> None:
    class Plain:
        name = 'plain'
        labels = ('anger',)

        def logits(self, batch: list[NDArray[np.float32]]) -> NDArray[np.float32]:
            return np.zeros((len(batch), 1), dtype=np.float32)

    assert adaptation_for(Plain()) is None
    assert isinstance(Two(), AdaptiveModel)
    assert adaptation_for(Two(), prior=3.0) is not None


@pytest.mark.parametrize('options', [
    {'prior': 0.0}, {'explained': 1.5}, {'memory': 0.5}, {'people': 0}, {'expiry': 0.0},
    {'expiry': float('nan')}])
def test_settings_that_make_no_sense_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match='cannot be used'):
        SpeakerAdaptation(Two(), **options)  # type: ignore[arg-type]
