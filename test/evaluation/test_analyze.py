"""What is shown of a bag without a graph."""

import json

from click.testing import CliRunner
import numpy as np
import pytest

from mer_ros.bags import BagError, BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.input_bag import BAG_START, write_input
from mer_ros.bags.writer import STORAGES
from mer_ros.cli import main
from mer_ros.data import Logits, NANOSECONDS, Speaker, VoiceHeard, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.analyze import analyze
from mer_ros.samples import SAMPLE_BAG

WORDS = (Words(BAG_START, 'I am so happy, what a wonderful day!', person_id='Ann'),
         Words(BAG_START + 2 * NANOSECONDS, 'I hate you, you idiot!', person_id='Bob'))


def bag_of(folder, *items, storage='mcap'):
    with BagWriter(folder / 'bag', storage=storage) as bag:
        for item in items:
            write_input(bag, item)
    return folder / 'bag'


def evidence(seconds, modality, label, person=''):
    scores = np.where(np.array(EMOTIONS) == label, 4.0, 0.0)
    return Logits(BAG_START + round(seconds * NANOSECONDS), modality, EMOTIONS, scores,
                  person_id=person)


def recorded(folder, *items):
    """Write evidence as the nodes publish it, received in the order given."""
    with BagWriter(folder / 'bag') as bag:
        for index, item in enumerate(items):
            topic = ('active_speaker' if isinstance(item, Speaker) else
                     'speech/voice_activity' if isinstance(item, VoiceHeard) else
                     f'{item.modality}/logits')
            bag.write(f'/{topic}', to_message(item), BAG_START + index)
    return folder / 'bag'


def said(states):
    """Return who felt what, by which modalities."""
    return [(state.person_id, state.label, [one.modality for one in state.modalities])
            for state in states if state.modalities]


@pytest.mark.parametrize('storage', STORAGES)
def test_the_command_reports_a_bag_as_a_table_a_file_and_a_picture(tmp_path, storage):
    bag = bag_of(tmp_path, *WORDS, storage=storage)
    result = CliRunner().invoke(
        main, ['replay', str(bag), '--report', '--output', str(tmp_path)], terminal_width=100)
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.output.splitlines()]
    assert ['0.00', '1.00', 'Ann', '■', 'happiness'] in [row[:5] for row in rows]
    assert ['2.00', '2.00', 'Bob', '■', 'anger'] in [row[:5] for row in rows]
    states = json.loads((tmp_path / 'states.json').read_text())
    assert [(state['person_id'], state['label']) for state in states[:2]] == [
        ('Ann', 'happiness'), ('Bob', 'anger')]
    assert (tmp_path / 'timeline.png').read_bytes().startswith(b'\x89PNG')


@pytest.mark.parametrize(('options', 'reason'), [
    (['--report', '--rate', '2'], 'rate'),
    (['--people', 'many'], 'people'),
])
def test_options_of_playing_and_of_a_report_do_not_mix(tmp_path, options, reason):
    result = CliRunner().invoke(main, ['replay', str(bag_of(tmp_path, *WORDS)), *options])
    assert result.exit_code == 2
    assert reason in result.output


def test_the_same_bag_is_reported_the_same_in_both_storages(tmp_path):
    for storage in STORAGES:
        (tmp_path / storage).mkdir()
        bag = bag_of(tmp_path / storage, *WORDS, storage=storage)
        analyze(bag, output=tmp_path / storage)
    first, second = ((tmp_path / storage / 'states.json').read_bytes() for storage in STORAGES)
    assert first == second


def test_where_only_evidence_was_recorded_it_is_fused_whatever_the_modality(tmp_path):
    bag = recorded(tmp_path, evidence(0.2, 'gesture', 'anger'), evidence(0.0, 'face', 'anger'),
                   evidence(5.0, 'gesture', 'fear', 'Ann'))
    assert said(analyze(bag, output=tmp_path)) == [
        ('', 'anger', ['face', 'gesture']), ('Ann', 'fear', ['gesture'])]


def test_recorded_evidence_of_nobody_is_about_the_active_speaker(tmp_path):
    bag = recorded(tmp_path, evidence(1.0, 'speech', 'sadness'),
                   Speaker(BAG_START + NANOSECONDS // 2, 'Bob'))
    assert said(analyze(bag, output=tmp_path)) == [('Bob', 'sadness', ['speech'])]


def silence(seconds):
    """Return what a microphone says that hears nobody until then."""
    quarter = NANOSECONDS // 4
    return [VoiceHeard(BAG_START + index * quarter, quarter, 0)
            for index in range(1, 4 * seconds + 1)]


@pytest.mark.parametrize('listens', [True, False])
def test_recorded_words_of_a_silent_room_count_for_nothing(tmp_path, capsys, listens):
    bag = recorded(tmp_path, *(silence(8) if listens else ()), evidence(6.0, 'text', 'sadness'))
    [state] = analyze(bag, output=tmp_path)
    [opinion] = state.modalities
    assert (opinion.weight, opinion.doubts) == ((0.0, ('no_voice',)) if listens else (1.0, ()))
    assert state.label == ('unknown' if listens else 'sadness')
    assert ('1 x no_voice: ' in capsys.readouterr().out) == listens


def test_what_cannot_be_used_is_counted_and_the_rest_reported(tmp_path, capsys):
    bag = recorded(tmp_path, evidence(0.0, 'face', 'anger'),
                   Logits(BAG_START, 'face', ('calm',), np.zeros(1)))
    assert said(analyze(bag, output=tmp_path)) == [('', 'anger', ['face'])]
    assert '1 x labels: ' in capsys.readouterr().out


def test_every_face_is_followed_on_demand(tmp_path):
    people = {state.person_id for state in analyze(SAMPLE_BAG, output=tmp_path, people='many')}
    assert {'face_1', 'face_2'} <= people


def test_a_bag_without_anything_to_perceive_says_what_it_has(tmp_path):
    with pytest.raises(BagError, match='active_speaker'):
        analyze(recorded(tmp_path, Speaker(BAG_START, 'Bob')), output=tmp_path)


def test_a_bag_in_which_nothing_was_perceived_is_an_error_with_the_reasons(tmp_path):
    with pytest.raises(ValueError, match=r'nothing was perceived.*from /transcript.*1 x empty'):
        analyze(bag_of(tmp_path, Words(BAG_START, ' ')), output=tmp_path)


def test_words_of_the_user_do_not_go_with_a_bag(tmp_path):
    with pytest.raises(ValueError, match='brings its own words'):
        analyze(SAMPLE_BAG, output=tmp_path, transcript='hello')


def test_every_line_about_the_input_says_what_it_means(tmp_path):
    analyze(SAMPLE_BAG, output=tmp_path)
    told = json.loads((tmp_path / 'inputs.json').read_text())
    assert told['topics'][0].startswith('face from /image/compressed ')
    assert told['counts'], 'nobody is seen in every image of the sample'
    assert all(one['count'] and one['first'] for one in told['counts'].values()), told


def test_what_is_said_last_is_in_the_report_and_the_report_ends_with_its_input(tmp_path):
    """Words that end with the recording, after a window of the face that is still open."""
    states = analyze(bag_of(tmp_path, *WORDS, Words(BAG_START + round(2.01 * NANOSECONDS),
                                                    'what a lovely day', person_id='Cleo')),
                     output=tmp_path)
    assert {state.person_id for state in states if state.modalities} == {'Ann', 'Bob', 'Cleo'}
    assert max(state.stamp for state in states) <= BAG_START + round(2.01 * NANOSECONDS)
