"""Recorded evidence of any length is read in the same memory."""

import gc
import tracemalloc

import numpy as np

from mer_ros.bags import BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.data import Logits, NANOSECONDS, Speaker
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.bag_logits import BagLogits

START = 1000 * NANOSECONDS


def face(seconds, person=''):
    return Logits(START + round(seconds * NANOSECONDS), 'face', EMOTIONS, np.ones(len(EMOTIONS)),
                  person_id=person, window=NANOSECONDS // 2)


def write(bag, items):
    with BagWriter(bag) as writer:
        for index, item in enumerate(items):
            topic = '/active_speaker' if isinstance(item, Speaker) else '/face/logits'
            writer.write(topic, to_message(item), START + index)
    return bag


def test_evidence_comes_as_it_was_received_and_tells_when_and_of_what_it_is(tmp_path):
    recorded = BagLogits(write(tmp_path / 'bag', [
        face(2, 'Ann'), Speaker(START, 'Ben'), face(1, 'Ben'), face(3)]))
    assert [item.person_id for item in recorded.logits] == ['Ann', 'Ben', '']
    assert recorded.modalities == ['face']
    assert (recorded.origin, recorded.end) == (
        START + NANOSECONDS // 2, START + 3 * NANOSECONDS)


def test_who_talks_is_known_before_what_was_said_at_that_moment(tmp_path):
    recorded = BagLogits(write(tmp_path / 'bag', [
        face(2), face(1), Speaker(START + NANOSECONDS, 'Ben'), Speaker(START, 'Ann')]))
    assert [getattr(item, 'modality', item.person_id) for item in recorded._items()] == [
        'Ann', 'Ben', 'face', 'face']


def test_a_bag_without_evidence_has_none(tmp_path):
    recorded = BagLogits(write(tmp_path / 'bag', [Speaker(START, 'Ann')]))
    assert not recorded.logits
    assert not recorded.modalities
    assert (recorded.origin, recorded.end) == (0, 0)


def test_four_times_as_much_evidence_is_kept_in_next_to_no_more_memory(tmp_path):
    def kept(count):
        bag = write(tmp_path / f'{count}', [face(index / 10) for index in range(count)])
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            recorded = BagLogits(bag)
            assert len(recorded.logits) == count
            gc.collect()
            return tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()

    kept(10)  # what is loaded and remembered once is not counted
    assert kept(800) - kept(200) < 600 * 150, 'a message takes more than that'
