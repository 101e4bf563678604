import csv

import numpy as np
import pytest
import soundfile

from mer_ros.evaluation.adaptation_gain import adapt, evaluate_adapted


class Offset:
    """Hears anger above the mean and sadness below it; people differ by an offset."""

    name = 'offset'
    labels = ('anger', 'sadness')
    mean = np.zeros(1)
    departures = np.array([[0.1], [-0.1]])
    inertia = np.ones(1)

    def describe(self, waveform):
        return np.array([waveform.mean()]) if waveform.any() else None

    def classify(self, statistics, *, mean=None):
        departure = 50 * (statistics - (self.mean if mean is None else mean))
        return np.concatenate([departure, -departure], axis=1).astype(np.float32)


@pytest.fixture
def clips(tmp_path):
    """Make a data folder with two people whose voices are far above and below the mean."""
    folder = tmp_path / 'emodb'
    folder.mkdir()
    with (folder / 'labels.csv').open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['path', 'ekman7', 'speaker', 'split'])
        for speaker, offset in (('1', 0.5), ('2', -0.5)):
            for index in range(60):
                label, departure = (('anger', 0.1), ('sadness', -0.1))[index % 2]
                name = f'{speaker}_{index}.wav'
                soundfile.write(folder / name, np.full(160, offset + departure), 16000)
                writer.writerow([name, label, speaker, 'test'])
        soundfile.write(folder / 'silent.wav', np.zeros(160), 16000)
        writer.writerow(['silent.wav', 'anger', '1', 'test'])
        writer.writerow(['1_0.wav', 'surprise', '1', 'test'])
    return tmp_path


def test_adapting_helps_where_people_differ(clips):
    report = evaluate_adapted('emodb', clips, 'test', model=Offset(), prior=1.0, explained=0.0)
    assert report['n'] == 120
    assert report['plain']['uar'] == 0.5
    assert report['adapted']['uar'] > 0.8
    assert len(set(report['by_order'])) > 1


def test_equal_seeds_give_equal_figures(clips):
    first, second, other = (evaluate_adapted('emodb', clips, 'test', model=Offset(), seed=seed,
                                             prior=1.0, explained=0.0)
                            for seed in (0, 0, 1))
    assert first == second
    assert first['by_order'] != other['by_order']


def test_each_utterance_is_judged_by_what_came_before_it_alone():
    statistics = np.array([[0.3], [0.5], [0.7]])
    people = ['ada', 'ada', 'ada']
    whole = adapt(Offset(), statistics, people, np.arange(3))
    part = adapt(Offset(), statistics[:2], people[:2], np.arange(2))
    np.testing.assert_array_equal(whole[:2], part)
    np.testing.assert_array_equal(whole[0], Offset().classify(statistics[:1])[0])


def test_a_set_without_the_model_s_classes_is_refused(clips):
    class Surprised(Offset):
        labels = ('fear', 'disgust')

    with pytest.raises(ValueError, match='no clip of the classes'):
        evaluate_adapted('emodb', clips, 'test', model=Surprised())
