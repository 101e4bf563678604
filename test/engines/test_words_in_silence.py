"""Words that nobody said, through the whole pipeline and its real models."""

import numpy as np
import pytest

from mer_ros.data import AudioBlock, NANOSECONDS, nanoseconds, Words
from mer_ros.engines.lanes import feed_ahead
from mer_ros.engines.pipeline import Pipeline, time_of
from mer_ros.remarks import Remarks

START = 100 * NANOSECONDS
RATE = 16_000


@pytest.fixture(scope='module')
def pipeline():
    return Pipeline()


def heard(samples, *, own=False):
    """Cut samples (n,) into blocks of 0.1 s."""
    return [AudioBlock(START + first * NANOSECONDS // RATE, samples[first:first + 1600, None],
                       RATE, own=own) for first in range(0, len(samples), 1600)]


def said(seconds, text='Thank you so much, I love it!'):
    return Words(START + nanoseconds(seconds), text)


def words_in(pipeline, *items):
    """Return weight and doubts of the words in each state that has any."""
    pipeline.reset()
    states = list(pipeline.run(sorted(items, key=time_of)))
    return [(one.weight, one.doubts) for state in states for one in state.modalities
            if one.modality == 'text']


NOISE = np.random.default_rng(3).normal(0, 0.002, 8 * RATE).astype(np.float32)


def test_what_a_recogniser_invents_in_silence_counts_for_nothing(pipeline):
    assert words_in(pipeline, *heard(NOISE), said(7.0)) == [(0.0, ('no_voice',))]
    remarks = Remarks()
    pipeline.tell(remarks)
    assert any(line.startswith('1 x no_voice: ') for line in remarks.lines())


def test_words_that_are_heard_count(pipeline, sentence):
    talk = np.concatenate([NOISE[:4 * RATE], sentence, NOISE[:RATE]])
    found = words_in(pipeline, *heard(talk), said(len(talk) / RATE - 2))
    assert found
    assert {doubts for _, doubts in found} == {()}
    assert max(weight for weight, _ in found) > 0.9


def test_typed_words_without_a_microphone_count(pipeline):
    assert words_in(pipeline, said(7.0)) == [(1.0, ())]


def test_words_count_where_the_microphone_has_died(pipeline):
    assert words_in(pipeline, *heard(NOISE[:4 * RATE]), said(7.0)) == [(1.0, ())]


def test_what_the_robot_itself_says_counts_for_nothing(pipeline, sentence):
    talk = np.concatenate([NOISE[:5 * RATE], sentence, NOISE[:RATE]])
    found = words_in(pipeline, *heard(talk, own=True), said(len(talk) / RATE - 2))
    assert found == [(0.0, ('no_voice',))]


def test_on_several_cores_the_states_are_the_same(pipeline, sentence):
    talk = np.concatenate([NOISE, sentence])
    items = sorted([*heard(talk), said(6.0), said(10.0)], key=time_of)
    pipeline.reset()
    one = [state for item in items for state in pipeline.feed(item)] + pipeline.finish()
    pipeline.reset()
    several = [state for _, states in feed_ahead(pipeline, items) for state in states]
    several += pipeline.finish()
    assert [(state.stamp, state.probability.tobytes(), state.modalities[-1].doubts)
            for state in several] == [
        (state.stamp, state.probability.tobytes(), state.modalities[-1].doubts) for state in one]
