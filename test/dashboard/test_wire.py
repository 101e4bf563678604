"""What the browser is told."""

from dataclasses import replace
import json

from mer_ros.dashboard.wire import hello_text, state_text, time_text
from mer_ros.data import NANOSECONDS


def test_a_state_is_told_in_seconds_with_its_colours(anna):
    told = json.loads(state_text(anna))
    assert told['type'] == 'state'
    assert abs(told['stamp'] - 1_700_000_000.123456) < 1e-5
    assert told['valid_for'] == 2.0
    assert told['uncertainty'] == 0.1235
    assert told['colours'][1] == '#D55E00'
    assert told['colours'][0].startswith('#')
    (face,) = told['modalities']
    assert (face['name'], face['age'], face['belief']) == ('face', 0.5, [0.5, 0.25])
    assert told['missing'] == ['text']
    assert face['doubts'] == ['a language that was not learned', 'made up']
    assert (told['conflict'], told['certain_conflict']) == (0.5, 0.25)
    assert (told['prediction_set'], told['prediction_set_coverage']) == (['calm', 'anger'], 0.9)


def test_what_is_no_number_is_null_as_json_has_none(anna):
    told = json.loads(state_text(replace(anna, valence=float('nan'), arousal=float('inf'))))
    assert told['valence'] is None
    assert told['arousal'] is None


def test_the_time_comes_with_who_is_present():
    assert json.loads(time_text(NANOSECONDS, ['', 'ben'])) == {
        'type': 'time', 'now': 1.0, 'people': ['', 'ben']}
    assert json.loads(hello_text('/emotion'))['topic'] == '/emotion'


def test_several_emotions_at_once_come_with_their_uncertainty(ben):
    told = json.loads(state_text(ben))
    assert told['multi_label']
    assert told['probability'] == [0.9, 0.6]
    assert told['label_uncertainty'] == [0.5, 0.25]
    assert told['belief'] == []
    assert told['present'] == ['joy']
