"""The picture of the perceived emotions over time."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
import pytest

from mer_ros.colours import colour_of
from mer_ros.data import Emotion, ModalityOpinion, NANOSECONDS
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.bag_labels import LabelSpan
from mer_ros.evaluation.reports.timeline import plot_timeline


def state(second: int, label: str, person: str = '') -> Emotion:
    probability = np.full(7, 0.05)
    probability[EMOTIONS.index(label)] = 0.7
    opinion = ModalityOpinion('face', 'm', probability * 0.8, 0.2, probability, 0, 1.0)
    return Emotion(
        (1000 + second) * NANOSECONDS, 0, person, label, 0.7, 0.2, 0.1, EMOTIONS,
        probability * 0.8, probability, probability + 1, modalities=(opinion,), missing=('text',))


def draw(path: Path, states: list[Emotion]) -> NDArray[np.uint8]:
    plot_timeline(states, path, title='a title')
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def share(picture: NDArray[np.uint8], label: str) -> float:
    """Return the part of the picture that has the colour of a label."""
    colour = [int(colour_of(label)[i:i + 2], 16) for i in (1, 3, 5)]
    return float((picture == colour).all(axis=-1).mean())


def test_the_emotion_that_lasted_longest_fills_most_of_the_picture(tmp_path: Path) -> None:
    picture = draw(tmp_path / 'a.png', [
        *(state(second, 'sadness') for second in range(8)), state(8, 'anger'), state(9, 'anger')])
    assert share(picture, 'sadness') > 2 * share(picture, 'anger') > 2 * share(picture, 'fear') > 0


def test_a_state_that_expires_leaves_a_gap(tmp_path: Path) -> None:
    states = [state(0, 'sadness'), state(9, 'sadness')]
    full = draw(tmp_path / 'a.png', states)
    gap = draw(tmp_path / 'b.png', [replace(s, valid_for=NANOSECONDS) for s in states])
    assert share(gap, 'sadness') < share(full, 'sadness') / 3


def test_each_person_has_rows_of_their_own(tmp_path: Path) -> None:
    one = draw(tmp_path / 'a.png', [state(0, 'fear', 'ada')])
    two = draw(tmp_path / 'b.png', [state(0, 'fear', 'ada'), state(0, 'fear', '')])
    assert two.shape[0] > 1.5 * one.shape[0]
    assert two.shape[1] == one.shape[1]


def test_the_truth_is_drawn_above_what_is_perceived(tmp_path: Path) -> None:
    path = tmp_path / 'a.png'
    states = [state(2, 'sadness'), state(4, 'sadness')]
    plot_timeline(states, path, origin=1000 * NANOSECONDS, truth=[LabelSpan(0.0, 10.0, 'disgust')])
    picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    colours = {label: [int(colour_of(label)[i:i + 2], 16) for i in (1, 3, 5)]
               for label in ('disgust', 'sadness')}
    top = {label: np.flatnonzero((picture == colour).all(axis=-1).any(axis=1))[0]
           for label, colour in colours.items()}
    assert top['disgust'] < top['sadness']
    assert share(picture, 'disgust') > share(draw(tmp_path / 'b.png', states), 'disgust')


def test_the_truth_about_another_person_is_not_shown(tmp_path: Path) -> None:
    shares = []
    for person in ('ada', 'bob'):
        plot_timeline([state(0, 'fear', 'ada')], tmp_path / 'a.png',
                      truth=[LabelSpan(0.0, 1.0, 'disgust', person)])
        shares.append(share(cv2.cvtColor(cv2.imread(str(tmp_path / 'a.png')),
                                         cv2.COLOR_BGR2RGB), 'disgust'))
    assert shares[0] > 1.5 * shares[1]


def test_a_single_state_an_abstention_and_another_taxonomy_can_be_drawn(tmp_path: Path) -> None:
    single = replace(state(0, 'fear'), label='unknown')
    assert draw(tmp_path / 'a.png', [single]).size
    foreign = replace(single, labels=tuple('abcdefg'), label='b', modalities=(), missing=())
    assert draw(tmp_path / 'b.png', [foreign]).size


def test_the_colours_of_the_emotions_differ_in_lightness_or_hue() -> None:
    colours = {colour_of(label) for label in (*EMOTIONS, 'unknown')}
    assert len(colours) == 8
    assert colour_of('bored', ('bored', 'keen')) != colour_of('keen', ('bored', 'keen'))


def test_no_states_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='no states to draw'):
        plot_timeline([], tmp_path / 'a.png')


def test_mixed_taxonomies_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='different label lists'):
        plot_timeline([state(0, 'fear'), replace(state(1, 'fear'), labels=tuple('abcdefg'))],
                      tmp_path / 'a.png')
