"""The fusion engine: windows of logits in, perceived emotions out."""

import math

import numpy as np
import pytest

from mer_ros.data import BadInput, Logits, nanoseconds, Speaker
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.temporal import TemporalFilter
from mer_ros.fusion import Affine, fuse
from mer_ros.window import WindowSettings

HAPPY = (0.0, 0.0, 0.0, 3.0, 0.0, 0.0, 0.0)
SAD = (0.0, 0.0, 0.0, 0.0, 0.0, 3.0, 0.0)


def s(seconds):
    return nanoseconds(seconds)


def logits(modality, seconds, values=HAPPY, labels=EMOTIONS, **more):
    return Logits(stamp=s(seconds), modality=modality, labels=labels,
                  logits=np.array(values, dtype=np.float64), **more)


def engine(modalities=('face', 'speech'), window=None, **fusion):
    fusion = {'reliability': 1.0, 'min_confidence': 0.0, **fusion}
    return FusionEngine(
        modalities=modalities, fusion=FusionSettings(**fusion),
        window=WindowSettings(**{'length': s(1), 'half_life': s(2), **(window or {})}))


def only(states):
    (state,) = states
    return state


def test_a_state_is_the_fusion_of_the_evidence_in_its_window():
    fusion = engine()
    fusion.add(logits('face', 10.0), s(10.0))
    state = only(fusion.add(logits('speech', 10.0, SAD), s(10.1)))
    opinion = fuse({'face': HAPPY, 'speech': SAD}, preset='calibrated', output_temperature=1.0,
                   doubt=True)
    np.testing.assert_array_equal(state.belief, opinion.belief)
    np.testing.assert_array_equal(state.probability, opinion.probability)
    np.testing.assert_array_equal(state.alpha, opinion.alpha)
    assert state.uncertainty == opinion.uncertainty
    assert state.conflict == opinion.lost_certainty > 0.4
    assert state.certain_conflict == opinion.pairwise_conflict['face', 'speech'] > 0.3
    assert state.labels == EMOTIONS
    assert state.missing == ()


@pytest.mark.parametrize('settings', [
    {}, {'preset': 'paper'}, {'preset': 'basic', 'rule': 'yager'},
    {'temperature': {'face': 0.5, 'text': 3.0}, 'reliability': {'speech': 0.25}},
    {'reference': {'face': -1.0, 'speech': 0.5, 'text': 0.0}}, {'output_temperature': 2.0},
    {'calibration': {'speech': Affine(2.0 * np.eye(7), np.arange(7.0))}}])
@pytest.mark.parametrize('rows', [('face', 'speech', 'text'), ('text',), ('face', 'text')])
def test_whatever_the_settings_the_state_is_what_fuse_says(settings, rows):
    modalities, known = ('face', 'speech', 'text'), EMOTIONS[:-1]
    fusion, draw = engine(modalities=modalities, **settings), np.random.default_rng(7)
    values = {name: draw.normal(scale=2.0, size=7) for name in rows}
    states = []
    for name in rows:
        labels = known if name == 'text' else EMOTIONS
        states += fusion.add(
            logits(name, 10.0, values[name][:len(labels)], labels=labels, quality=0.5), s(10.0))
    state = only(states + fusion.advance(s(11.0)))
    if 'text' in values:
        values['text'][-1] = values['text'][:-1].mean()
    opinion = fuse(
        {name: values.get(name) for name in modalities}, **{
            **fusion.settings.options,
            'reliability': {name: 0.5 * fusion.settings.reliability_of(name) for name in rows},
            'named': {name: np.array(EMOTIONS) != 'surprise' for name in rows if name == 'text'}})
    for field in ('belief', 'uncertainty', 'probability', 'alpha'):
        np.testing.assert_array_equal(getattr(state, field), getattr(opinion, field))
    assert state.conflict == opinion.lost_certainty
    assert state.certain_conflict == opinion.disagreement
    for part in state.modalities:
        each = opinion.per_modality[part.modality]
        np.testing.assert_array_equal(part.belief, each.belief)
        np.testing.assert_array_equal(part.probability, each.probability)


def test_agreeing_modalities_name_the_emotion_and_are_surer_together():
    fusion = engine()
    alone = only([*fusion.add(logits('face', 10.0), s(10.0)), *fusion.advance(s(11.0))])
    fusion.add(logits('face', 12.0), s(12.0))
    both = only(fusion.add(logits('speech', 12.0), s(12.0)))
    assert (alone.label, both.label) == ('happiness', 'happiness')
    assert both.confidence == both.probability.max() > alone.confidence
    assert both.uncertainty < alone.uncertainty


def test_stamps_and_frames_follow_from_the_evidence():
    fusion = engine()
    fusion.add(logits('speech', 9.9, frame_id='mic', window=s(3), person_id='ann'), s(10.5))
    state = only(fusion.add(logits('face', 10.2, frame_id='camera', person_id='ann'), s(10.5)))
    assert (state.stamp, state.window_start) == (s(10.2), s(6.9))
    assert (state.frame_id, state.person_id) == ('camera', 'ann')
    assert state.valid_for == s(10)


def test_the_frame_of_equally_new_evidence_does_not_depend_on_the_order():
    for order in (('face', 'speech'), ('speech', 'face')):
        fusion = engine()
        fusion.add(logits(order[0], 10.0, frame_id=order[0]), s(10.0))
        assert only(fusion.add(logits(order[1], 10.0, frame_id=order[1]), s(10.0))
                    ).frame_id == 'face'


def test_a_window_never_starts_before_time_does():
    fusion = engine(modalities=('speech',))
    assert only(fusion.add(logits('speech', 1.0, window=s(3)), s(1.0))).window_start == 0


def test_each_modality_is_described_in_the_configured_order():
    fusion = engine(modalities=('speech', 'text', 'face'), reliability={'face': 0.5})
    fusion.add(logits('face', 10.0, model='fer', quality=0.8), s(10.0))
    fusion.add(logits('speech', 10.5, model='ser'), s(10.5))
    state = only(fusion.advance(s(11.0)))
    speech, face = state.modalities
    assert (speech.modality, speech.model, speech.age, speech.weight) == ('speech', 'ser', 0, 1.0)
    assert (face.modality, face.model, face.age) == ('face', 'fer', s(0.5))
    assert face.weight == pytest.approx(0.5 * 0.8 * 2 ** -0.25)
    assert face.belief.sum() + face.uncertainty == pytest.approx(1.0)
    assert face.uncertainty > speech.uncertainty
    assert state.missing == ('text',)


@pytest.mark.parametrize('doubt', [{'quality': 0.4}, {'reliability': {'face': 0.4}}])
def test_weak_evidence_leaves_the_state_less_certain(doubt):
    sure = only(engine(modalities=('face',)).add(logits('face', 10.0), s(10.0)))
    doubted = only(
        engine(modalities=('face',), reliability=doubt.get('reliability', 1.0)).add(
            logits('face', 10.0, quality=doubt.get('quality', 1.0)), s(10.0)))
    assert doubted.uncertainty > sure.uncertainty
    assert doubted.confidence < sure.confidence


def test_old_evidence_fades_to_ignorance_and_then_the_state_is_unknown_once():
    fusion = engine(modalities=('face',), window={'trigger': 'timer', 'period': s(0.5)})
    states = [*fusion.add(logits('face', 10.0), s(10.0)), *fusion.advance(s(60.0))]
    fading, last = states[:-1], states[-1]
    assert [state.label for state in fading] == ['happiness'] * 20
    uncertainty = [state.uncertainty for state in fading]
    assert uncertainty == sorted(uncertainty)
    assert uncertainty[0] < 0.35 < 0.9 < uncertainty[-1]
    assert (last.label, last.stamp, last.missing) == ('unknown', s(20.0), ('face',))
    assert (last.uncertainty, last.conflict, last.valid_for) == (1.0, 0.0, 0)
    np.testing.assert_array_equal(last.alpha, np.ones(7))
    np.testing.assert_allclose(last.probability, np.full(7, 1 / 7))
    assert last.modalities == ()
    assert fusion.advance(s(100.0)) == []


def test_a_model_that_knows_fewer_classes_neither_supports_nor_opposes_the_others():
    known = tuple(name for name in EMOTIONS if name != 'surprise')
    fusion = engine(modalities=('speech',), reliability={'speech': 0.9})
    values = {'happiness': 2.0, 'fear': -1.0}
    state = only(fusion.add(
        logits('speech', 10.0, [values.get(name, 0.0) for name in known], labels=known), s(10.0)))
    scores = np.log(state.alpha - 1 + 7)
    assert scores[-1] == pytest.approx(scores[:-1].mean())
    assert state.label == 'happiness'


def test_classes_are_put_in_order_by_name():
    straight = only(engine(modalities=('face',)).add(logits('face', 10.0), s(10.0)))
    turned = only(engine(modalities=('face',)).add(
        logits('face', 10.0, HAPPY[::-1], labels=EMOTIONS[::-1]), s(10.0)))
    np.testing.assert_array_equal(straight.belief, turned.belief)


def test_another_taxonomy_may_be_configured():
    fusion = FusionEngine(modalities=('face',), labels=('calm', 'stressed'),
                          window=WindowSettings())
    state = only(fusion.add(logits('face', 10.0, (0.0, 2.0), ('calm', 'stressed')), s(10.0)))
    assert (state.labels, state.label) == (('calm', 'stressed'), 'stressed')
    assert state.belief.shape == (2,)
    assert only(fusion.advance(s(60.0))).belief.shape == (2,)


@pytest.mark.parametrize(('threshold', 'label'), [
    ({}, 'happiness'), ({'min_confidence': 0.7}, 'happiness'), ({'min_confidence': 0.8}, 'unknown'),
    ({'max_uncertainty': 0.4}, 'happiness'), ({'max_uncertainty': 0.2}, 'unknown'),
])
def test_the_label_is_unknown_beyond_a_threshold(threshold, label):
    fusion = engine(modalities=('face',), **threshold)
    assert only(fusion.add(logits('face', 10.0), s(10.0))).label == label


@pytest.mark.parametrize('evidence', [
    {'values': (1.0,) * 7}, {'quality': 0.0}, {'values': (2, 0, 0, 2, 0, 0, 0)}])
def test_the_label_is_unknown_when_no_class_is_ahead(evidence):
    fusion = engine(modalities=('face',))
    assert only(fusion.add(logits('face', 10.0, **evidence), s(10.0))).label == 'unknown'


@pytest.mark.parametrize(('reason', 'wrong'), [
    ('labels', {'labels': (*EMOTIONS[:6], 'boredom')}),
    ('labels', {'labels': ('anger', *EMOTIONS[:6])}),
    ('labels', {'values': (1.0, 2.0)}),
    ('labels', {'values': [HAPPY]}),
    ('empty', {'labels': (), 'values': ()}),
    ('empty', {'values': ()}),
    ('not_finite', {'values': (*HAPPY[:6], math.nan)}),
    ('not_finite', {'values': (*HAPPY[:6], -math.inf)}),
    ('too_large', {'values': (*HAPPY[:6], 1.1e300)}),
    ('quality', {'quality': 1.01}),
    ('quality', {'quality': -0.01}),
    ('quality', {'quality': math.nan}),
    ('window', {'window': -1}),
])
def test_a_bad_message_is_refused_by_reason_and_changes_nothing(reason, wrong):
    fusion, untouched = engine(), engine()
    for one in (fusion, untouched):
        one.add(logits('face', 10.0), s(10.0))
    with pytest.raises(BadInput, match="modality 'speech'") as error:
        fusion.add(logits('speech', 10.1, **wrong), s(10.1))
    assert error.value.reason == reason
    assert fusion.next_deadline() == untouched.next_deadline() == s(11.0)
    assert not fusion.counts
    after, expected = (only(one.advance(s(11.0))) for one in (fusion, untouched))
    assert repr(after) == repr(expected)


def test_dropped_messages_are_counted():
    fusion = engine()
    fusion.add(logits('thermal', 10.0), s(10.0))
    fusion.add(logits('face', 99.0), s(10.0))
    assert fusion.counts == {'unknown_modality': 1, 'future': 1}


def test_after_a_reset_nothing_is_left():
    fusion = engine()
    fusion.add(logits('face', 10.0), s(10.0))
    fusion.reset()
    assert fusion.next_deadline() is None
    assert fusion.advance(s(100.0)) == []


def test_other_settings_take_effect_at_the_next_state_and_keep_what_is_gathered():
    fusion = engine(modalities=('face', 'speech'))
    fusion.add(logits('face', 10.0), s(10.0))
    fusion.configure(FusionSettings(preset='paper', rule='averaging'))
    state = only(fusion.add(logits('speech', 10.0, SAD), s(10.0)))
    expected = fuse({'face': HAPPY, 'speech': SAD}, preset='paper', rule='averaging')
    np.testing.assert_array_equal(state.alpha, expected.alpha)


@pytest.mark.parametrize('wrong', [
    {'rule': 'majority'}, {'evidence': 'square'}, {'temperature': {'face': 0.0}},
    {'temperature': {'thermal': 1.0}}, {'reliability': {'face': 1.5}},
    {'reliability': {'thermal': 0.5}}, {'reliability': math.nan}, {'output_temperature': 0.0},
    {'reference': 'local'},
])
def test_settings_that_are_not_allowed_leave_the_old_ones_in_force(wrong):
    fusion = engine()
    before = fusion.settings
    with pytest.raises(ValueError, match=str(next(iter(wrong)))[:4]):
        fusion.configure(FusionSettings(**wrong))
    assert fusion.settings is before


@pytest.mark.parametrize('wrong', [
    {'preset': 'best'}, {'min_confidence': 1.1}, {'max_uncertainty': math.nan}])
def test_settings_check_themselves(wrong):
    with pytest.raises(ValueError, match=str(next(iter(wrong)))):
        FusionSettings(**wrong)


def test_repeated_classes_are_refused():
    with pytest.raises(ValueError, match='repeats'):
        FusionEngine(modalities=('face',), labels=('calm', 'calm'))


def test_no_state_holds_a_nan_except_for_unknown_valence_and_arousal():
    fusion = engine(modalities=('face',))
    for step, values in enumerate([(1e300,) * 7, (-1e300, 1e300, 0, 0, 0, 0, 0), (0,) * 7]):
        state = only(fusion.add(logits('face', 10.0 + step, values), s(10.0 + step)))
        numbers = [*state.belief, *state.probability, *state.alpha, state.confidence,
                   state.uncertainty, state.conflict]
        assert np.isfinite(numbers).all()


def test_valence_and_arousal_are_known_as_long_as_there_is_evidence():
    fusion = engine(modalities=('face',))
    state = only(fusion.add(logits('face', 10.0), s(10.0)))
    assert state.valence > 0.3
    assert state.arousal > 0.2
    assert np.isnan(fusion.nothing_known('', s(11)).valence)


def test_words_of_nobody_are_those_of_the_active_speaker_at_their_time():
    fusion = engine(modalities=('text',))
    fusion.note_speaker(Speaker(s(9), 'face_1'))
    fusion.note_speaker(Speaker(s(10), 'face_2'))
    states = [only(fusion.add(logits('text', at, person_id=who), s(10)))
              for at, who in ((9.5, ''), (10.2, ''), (10.3, 'ada'))]
    assert [state.person_id for state in states] == ['face_1', 'face_2', 'ada']


def test_an_utterance_is_whose_it_was_in_its_middle():
    fusion = engine(modalities=('speech',))
    fusion.note_speaker(Speaker(s(8), 'face_1'))
    fusion.note_speaker(Speaker(s(9.8), 'face_2'))
    state = only(fusion.add(logits('speech', 10.0, window=s(2)), s(10)))
    assert state.person_id == 'face_1'


def test_after_a_reset_nobody_is_the_speaker():
    fusion = engine(modalities=('text',))
    fusion.note_speaker(Speaker(s(9), 'face_1'))
    fusion.reset()
    assert only(fusion.add(logits('text', 9.5), s(10))).person_id == ''


def test_with_a_memory_states_follow_slowly_while_modalities_say_what_they_said():
    plain, steady = (
        FusionEngine(modalities=('face',), temporal=temporal)
        for temporal in (None, TemporalFilter(half_life=2.0)))
    for fusion in (plain, steady):
        fusion.add(logits('face', 10.0, HAPPY), s(10.0))
    fast, slow = (only(fusion.add(logits('face', 11.0, SAD), s(11.0)))
                  for fusion in (plain, steady))
    assert fast.label == 'sadness'
    assert slow.label == 'happiness'
    np.testing.assert_array_equal(slow.modalities[0].belief, fast.modalities[0].belief)
    assert slow.belief.sum() + slow.uncertainty == pytest.approx(1.0)


def test_a_memory_ends_when_the_evidence_has_expired():
    fusion = FusionEngine(modalities=('face',), temporal=TemporalFilter(half_life=100.0))
    fusion.add(logits('face', 10.0, HAPPY), s(10.0))
    assert [state.label for state in fusion.advance(s(60))] == ['unknown']
    state = only(fusion.add(logits('face', 61.0, SAD), s(61.0)))
    assert state.label == 'sadness'


def test_the_speaker_of_long_ago_is_not_whose_words_they_are():
    fusion = engine(modalities=('text',))
    fusion.note_speaker(Speaker(s(9), 'face_1'))
    assert only(fusion.add(logits('text', 11.1), s(11.1))).person_id == ''


def test_a_speaker_from_the_future_is_refused_as_messages_are():
    fusion = engine(modalities=('text',), window={'max_future': s(2)})
    fusion.note_speaker(Speaker(s(12), 'face_1'), s(10))
    with pytest.raises(BadInput, match='2 s'):
        fusion.note_speaker(Speaker(s(12.1), 'face_2'), s(10))
    assert only(fusion.add(logits('text', 12.2), s(12.2))).person_id == 'face_1'


def test_a_source_that_starts_again_brings_neither_speaker_nor_memory_along():
    fusion = FusionEngine(modalities=('text',), fusion=FusionSettings(reliability=1.0),
                          window=WindowSettings(), temporal=TemporalFilter(half_life=1e6))
    fusion.note_speaker(Speaker(s(49), 'face_1'))
    fusion.add(logits('text', 100.0, HAPPY, person_id='face_1'), s(100.0))
    for step in range(10):
        states = fusion.add(logits('text', 49.1 + step / 10, SAD, person_id='face_1'), s(101.0))
    assert [(state.label, state.stamp) for state in states] == [('sadness', s(50.0))]
    assert only(fusion.add(logits('text', 50.1), s(101.0))).person_id == ''


def test_everybody_who_had_a_state_has_it_withdrawn():
    fusion = engine(modalities=('face',))
    for person in ('bob', 'ann'):
        fusion.add(logits('face', 10.0, person_id=person), s(10.0))
    withdrawn = fusion.withdraw()
    assert [(state.person_id, state.label, state.stamp) for state in withdrawn] == [
        ('ann', 'unknown', s(10.0)), ('bob', 'unknown', s(10.0))]
    assert fusion.withdraw() == []
