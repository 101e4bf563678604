"""Who is perceived at present."""

import numpy as np

from mer_ros.data import Emotion, NANOSECONDS
from mer_ros.people import KEPT, People


def state(person, second, valid_for=2):
    ones = np.ones(1)
    return Emotion(
        stamp=round(second * NANOSECONDS), window_start=0, person_id=person, label='calm',
        confidence=1.0, uncertainty=0.0, conflict=0.0, labels=('calm',), belief=ones,
        probability=ones, alpha=ones, valid_for=valid_for * NANOSECONDS)


def people_of(*states):
    people = People()
    for each in states:
        people.add(each)
    return people


def test_the_latest_state_of_each_person_counts_in_the_order_of_their_ids():
    people = people_of(state('ben', 100), state('anna', 101), state('ben', 102))
    present = people.present(102 * NANOSECONDS)
    assert [(name, each.stamp // NANOSECONDS) for name, each in present.items()] == [
        ('anna', 101), ('ben', 102)]


def test_somebody_who_has_left_is_kept_for_a_while():
    people = people_of(state('anna', 100, valid_for=2))
    gone = 102 * NANOSECONDS + KEPT
    assert list(people.present(gone)) == ['anna']
    assert not people.present(gone + 1)
    assert not people.present(100 * NANOSECONDS), 'what is forgotten stays forgotten'


def test_what_is_left_of_before_the_clock_went_back_is_forgotten():
    people = people_of(state('anna', 100))
    assert not people.present(NANOSECONDS)


def test_without_a_clock_nobody_is_forgotten():
    assert list(people_of(state('anna', 100)).present(0)) == ['anna']


def test_everybody_can_be_forgotten():
    people = people_of(state('anna', 100))
    people.clear()
    assert not people.present(0)
