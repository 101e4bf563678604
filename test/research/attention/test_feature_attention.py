"""Attention over features: the network that ships, and the engine of its node."""

import json

import numpy as np
import pytest

from mer_ros.data import BadInput, Features, nanoseconds
from mer_ros.emotions import EMOTIONS, UNKNOWN
from mer_ros.models import load_model
from mer_ros.research.attention.attention_engine import AttentionEngine
from mer_ros.research.attention.attention_model import KIND, read_network
from mer_ros.research.attention.attention_rule import SHIPPED as LOGITS
from mer_ros.research.attention.feature_attention import FeatureAttention, SHIPPED

LABELS = ('anger', 'happiness', 'sadness')


def content(**changes):
    draw = np.random.default_rng(0)

    def layer(rows, columns):
        return [draw.normal(size=(rows, columns)).tolist(), draw.normal(size=rows).tolist()]

    return {'kind': KIND, 'labels': list(LABELS), 'inputs': 'features', 'combination': 'weighted',
            'about': {'dims': {'text': 5, 'face': 4}, 'models': {'text': 'lite', 'face': 'lite'}},
            'modalities': {name: {
                'columns': [0, 2], 'mean': [0.0, 0.5], 'scale': [1.0, 2.0],
                'layers': [layer(3, 2), layer(3, 3)], 'attention': layer(4, 3)}
                for name in ('text', 'face')},
            'vector': draw.normal(size=4).tolist(), 'head': [layer(6, 6), layer(3, 6)], **changes}


@pytest.fixture
def model(tmp_path):
    path = tmp_path / 'attention.json'
    path.write_text(json.dumps(content()))
    return FeatureAttention(path=path)


def features(modality, seconds=5.0, width=None, **options):
    dim = {'text': 5, 'face': 4}[modality] if width is None else width
    values = np.random.default_rng(1).normal(size=(3, dim)).astype(np.float32)
    return Features(nanoseconds(seconds), modality, 'lite', values, **options)


def test_the_probability_is_that_of_the_network_and_the_uncertainty_that_of_the_evidence(
    model, tmp_path
):
    rows = {'text': features('text').values, 'face': features('face').values}
    opinion = model.judge(rows)
    network = read_network(tmp_path / 'attention.json')
    logits, attention = network.judge(
        {name: one.mean(axis=0) for name, one in rows.items()}, np.ones(2))
    np.testing.assert_allclose(
        opinion.probability, np.exp(logits) / np.exp(logits).sum(), rtol=1e-6)
    assert list(opinion.weights.values()) == pytest.approx(attention.tolist(), rel=1e-6)
    np.testing.assert_allclose(
        opinion.belief, (1 - opinion.uncertainty) * opinion.probability, rtol=1e-9)


def test_a_state_tells_who_was_attended_to_and_who_was_missing(model):
    engine = AttentionEngine(model, period=0.0)
    (alone,) = engine.add(features('text', person_id='ana', frame_id='microphone'), None)
    assert (alone.person_id, alone.frame_id, alone.missing) == ('ana', 'microphone', ('face',))
    assert alone.labels == LABELS
    assert alone.label in LABELS
    assert not alone.multi_label
    assert [one.weight for one in alone.modalities] == [1.0]
    (both,) = engine.add(features('face', 5.1, person_id='ana'), None)
    assert both.missing == ()
    assert sum(one.weight for one in both.modalities) == pytest.approx(1.0)
    assert both.belief.sum() + both.uncertainty == pytest.approx(1.0)


def test_of_whom_nothing_is_known_is_vacuous(model):
    state = AttentionEngine(model).nothing_known('ana', 7)
    assert (state.label, state.uncertainty, state.missing) == (UNKNOWN, 1.0, ('text', 'face'))
    assert state.probability.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(('item', 'reason'), [
    (features('text', width=6), 'shape'), (features('text', 0.0), 'unstamped')])
def test_features_that_do_not_fit_are_refused(model, item, reason):
    with pytest.raises(BadInput) as caught:
        AttentionEngine(model).add(item, None)
    assert caught.value.reason == reason


def test_a_network_of_logits_or_of_unnamed_models_is_refused(tmp_path):
    with pytest.raises(ValueError, match='fuses logits; train one'):
        FeatureAttention(path=LOGITS)
    path = tmp_path / 'old.json'
    path.write_text(json.dumps(content(about={})))
    with pytest.raises(ValueError, match='fuses features of models it does not name'):
        FeatureAttention(path=path)


def test_the_network_that_ships_reads_what_the_built_in_models_see():
    model = FeatureAttention()
    assert SHIPPED.stat().st_size < 300_000
    assert set(model.labels) <= set(EMOTIONS)
    words = {text: load_model('text', 'lite').features(text)
             for text in ('I am so happy, this is the best day of my life!',
                          'I miss her so much, I cry all night')}
    assert {name: rows.shape[1] for name, rows in {'text': next(iter(words.values()))}.items()
            } == {'text': model.dims['text']}
    said = [model.labels[int(model.judge({'text': rows}).probability.argmax())]
            for rows in words.values()]
    assert said == ['happiness', 'sadness']
