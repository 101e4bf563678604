"""Evaluation of labelled bags, with a pipeline whose answers are known."""

import gc
import json
import tracemalloc

import numpy as np
import pytest

from mer_ros.bags import BagWriter
from mer_ros.bags.input_bag import write_input
from mer_ros.data import AudioBlock, BadInput, Logits, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.evaluate_bag import evaluate_bag
from mer_ros.samples import SAMPLE_BAG

START = 1_000_000_000_000
SECOND = 1_000_000_000


class Listener:
    """Believes a word that names an emotion, and in sound it hears anger."""

    made = 0

    def __init__(self, profile):
        Listener.made += 1

    def perceive(self, item):
        if isinstance(item, AudioBlock):
            return [self.evidence(item.stamp, 'speech', 'anger', '')]
        if not item.text:
            raise BadInput('empty', 'no words')
        return [self.evidence(item.stamp, 'text', item.text, item.person_id)]

    def flush(self):
        return []

    def tell(self, remarks):
        remarks.count('no_face', 'nobody was there', 3)

    def evidence(self, stamp, modality, label, person):
        shares = np.full(7, 0.05)
        shares[EMOTIONS.index(label)] = 0.7
        return Logits(stamp, modality, EMOTIONS, np.log(shares), person_id=person)


def make_bag(folder, items, labels):
    with BagWriter(folder / 'bag') as bag:
        for item in items:
            write_input(bag, item)
    (folder / 'bag' / 'labels.csv').write_text(labels)
    return folder / 'bag'


def words(seconds, text, person=''):
    return Words(START + round(seconds * SECOND), text, person_id=person)


def sound(seconds):
    return AudioBlock(START + round(seconds * SECOND), np.zeros((1600, 1), np.float32), 16000)


def run(bag, **options):
    return evaluate_bag(bag, make=Listener, resamples=20, **options)


def test_a_span_is_decided_by_the_mean_of_its_states(tmp_path):
    bag = make_bag(tmp_path, [words(0, 'fear'), words(2, 'fear'), words(4, 'anger'),
                              words(7, 'anger')],
                   'start,end,label\n0,5,fear\n6,8,sadness\n')
    report, states = run(bag)
    assert len(states) == 4
    assert [row['decision'] for row in report['decisions']] == ['fear', 'anger']
    assert report['decisions'][0]['confidence'] == pytest.approx((0.7 + 0.7 + 0.05) / 3)
    assert report['fused']['accuracy'] == 0.5
    assert (report['states']['n'], report['states']['accuracy']) == (4, 0.5)
    assert report['origin'] == START


def test_a_state_on_a_border_belongs_to_the_span_that_ends(tmp_path):
    bag = make_bag(tmp_path, [words(0, 'fear'), words(2, 'fear'), words(4, 'anger')],
                   'start,end,label\n0,2,fear\n2,4,anger\n')
    assert [row['states'] for row in run(bag)[0]['decisions']] == [2, 1]


def test_a_span_in_which_nothing_was_perceived_counts_in_no_figure(tmp_path):
    bag = make_bag(tmp_path, [words(0, 'fear'), words(20, 'fear')],
                   'start,end,label\n0,1,fear\n14,16,anger\n')
    report, states = run(bag)
    assert [state.label for state in states] == ['fear', 'unknown', 'fear']
    assert report['decisions'][1]['decision'] is None, 'an expired state is no perception'
    assert report['fused']['n'] == 1
    assert report['fused']['accuracy'] == 1.0


def test_labels_of_a_person_judge_the_states_of_that_person(tmp_path):
    bag = make_bag(tmp_path, [words(0, 'fear', 'Ann'), words(1, 'anger', 'Bob')],
                   'start,end,label,person_id\n0,2,fear,Ann\n0,2,anger,Bob\n')
    assert run(bag)[0]['fused']['accuracy'] == 1.0


def test_each_modality_is_measured_without_the_messages_of_the_others(tmp_path):
    bag = make_bag(tmp_path, [words(0, 'fear'), sound(0.5)], 'start,end,label\n0,2,fear\n')
    report, _ = run(bag)
    assert report['modalities']['text']['accuracy'] == 1.0
    assert report['modalities']['speech']['accuracy'] == 0.0
    assert [row['modalities'] for row in report['subsets']] == [
        ['speech'], ['text'], ['speech', 'text']]
    assert [row['preset'] for row in report['presets']] == ['paper', 'basic', 'calibrated']
    assert len({row['nll'] for row in report['presets']}) == 3


def test_a_bag_is_perceived_once_and_fused_many_times(tmp_path):
    bag = make_bag(tmp_path, [words(0, 'fear'), sound(0.5)], 'start,end,label\n0,2,fear\n')
    before = Listener.made
    report, _ = run(bag)
    assert Listener.made == before + 1
    text, both = report['subsets'][1], report['subsets'][2]
    assert text['nll'] == pytest.approx(-np.log(0.7 / 1.0))
    assert both['mean_conflict'] > 0.0


def test_inputs_that_cannot_be_used_are_counted(tmp_path):
    bag = make_bag(tmp_path, [words(0, ''), words(1, 'fear')], 'start,end,label\n0,2,fear\n')
    assert run(bag)[0]['skipped'] == {'empty': 1, 'no_face': 3}


def test_labels_that_meet_no_state_are_refused(tmp_path):
    bag = make_bag(tmp_path, [words(0, 'fear')], 'start,end,label\n1000,1001,fear\n')
    with pytest.raises(ValueError, match='none of the 1 states lies in any of the 1 spans'):
        run(bag)


def test_the_report_is_plain_json(tmp_path):
    bag = make_bag(tmp_path, [words(0, 'fear'), sound(0.5)], 'start,end,label\n0,2,fear\n')
    assert json.dumps(run(bag)[0], allow_nan=False)


def test_the_pipeline_of_the_robot_is_what_is_evaluated(tmp_path):
    (tmp_path / 'sample.mcap').symlink_to(SAMPLE_BAG)
    (tmp_path / 'labels.csv').write_text('start,end,label\n0,4.5,happiness\n')
    report, states = evaluate_bag(tmp_path / 'sample.mcap', resamples=0)
    assert report['topics'].keys() == {'face', 'speech', 'text'}
    assert len(report['subsets']) == 7
    assert report['decisions'][0]['states'] <= len(states)
    assert report['fused']['accuracy'] == 1.0


def test_of_a_recording_of_four_times_the_length_next_to_no_more_is_kept(tmp_path):
    def kept(count):
        folder = tmp_path / f'{count}'
        folder.mkdir()
        bag = make_bag(folder, [words(second, 'fear') for second in range(count)],
                       'start,end,label\n0,1000,fear\n')
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            _, states = run(bag)
            assert len(states) == count
            gc.collect()
            return tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()

    kept(3)  # what is loaded and remembered once is not counted
    assert kept(400) - kept(100) < 300 * 500, 'a state takes more than that'
