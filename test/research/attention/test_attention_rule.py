"""Learnable attention fusion as a rule, against its printed equations."""

import json
from math import exp, tanh

import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.fusion import fuse, RULES, untrained_rules
from mer_ros.research.attention.attention_model import COMBINATIONS, KIND, read_network
from mer_ros.research.attention.attention_rule import load_attention

FRAME = ('anger', 'fear', 'happiness', 'sadness')
NAMES = ('speech', 'face', 'text')
DRAW = np.random.default_rng(5)
LOGITS = {name: DRAW.normal(scale=2.0, size=len(FRAME)) for name in NAMES}


def content(combination='weighted', labels=FRAME, names=NAMES, seed=0):
    draw = np.random.default_rng(seed)
    count = len(labels)

    def layer(rows, columns):
        return [draw.normal(size=(rows, columns)).tolist(), draw.normal(size=rows).tolist()]

    return {
        'kind': KIND, 'labels': list(labels), 'inputs': 'logits', 'combination': combination,
        'about': {},
        'modalities': {name: {
            'columns': list(range(count)), 'mean': draw.normal(size=count).tolist(),
            'scale': draw.uniform(0.5, 2.0, size=count).tolist(),
            'layers': [layer(count, count)], 'attention': layer(5, count)} for name in names},
        'vector': draw.normal(size=5).tolist(),
        'head': [layer(6, count if combination == 'sum' else count * len(names)), layer(count, 6)]}


def written(folder, **options):
    path = folder / 'attention.json'
    path.write_text(json.dumps(content(**options)))
    return path


@pytest.fixture
def rule(tmp_path):
    return load_attention(written(tmp_path), labels=FRAME)


def by_hand(net, logits):
    """Follow section 3.1 number by number; return probabilities and attention."""
    def times(layer, x):
        return [sum(w * v for w, v in zip(row, x, strict=True)) + b
                for row, b in zip(*layer, strict=True)]

    z, score = {}, {}
    for name, values in logits.items():
        part = net['modalities'][name]
        mean = sum(values) / len(values)
        x = [(value - mean - m) / s
             for value, m, s in zip(values, part['mean'], part['scale'], strict=True)]
        raw = times(part['layers'][0], x)
        z[name] = [value - sum(raw) / len(raw) for value in raw]
        score[name] = sum(v * tanh(h) for v, h in zip(
            net['vector'], times(part['attention'], z[name]), strict=True))
    total = sum(exp(value) for value in score.values())
    alpha = {name: exp(value) / total for name, value in score.items()}
    share = {name: 1.0 if net['combination'] == 'concat' else len(z) * alpha[name] for name in z}
    blocks = [[share[name] * value for value in z[name]] if name in z else [0.0] * len(FRAME)
              for name in net['modalities']]
    fused = ([sum(column) for column in zip(*blocks, strict=True)]
             if net['combination'] == 'sum' else [value for block in blocks for value in block])
    hidden = [max(0.0, value) for value in times(net['head'][0], fused)]
    odds = [exp(value) for value in times(net['head'][1], hidden)]
    return [value / sum(odds) for value in odds], alpha


@pytest.mark.parametrize('combination', COMBINATIONS)
@pytest.mark.parametrize('names', [NAMES, ('face',), ('text', 'speech')])
def test_it_follows_the_equations_of_the_paper(tmp_path, combination, names):
    net = content(combination)
    given = {name: LOGITS[name] for name in names}
    rule = load_attention(written(tmp_path, combination=combination), labels=FRAME)
    opinion = fuse(given, rule=rule, output_temperature=1.0)
    probability, alpha = by_hand(net, given)
    np.testing.assert_allclose(opinion.probability, probability, rtol=1e-9)
    assert opinion.weights == pytest.approx(alpha, rel=1e-9)


def test_uncertainty_is_that_of_the_evidence_and_belief_the_rest(rule):
    for preset in ('paper', 'basic', 'calibrated'):
        attended, plain = (fuse(LOGITS, preset=preset, rule=name, reliability=0.8)
                           for name in (rule, 'dempster'))
        assert attended.uncertainty == pytest.approx(plain.uncertainty, rel=1e-9)
        np.testing.assert_allclose(attended.belief,
                                   (1 - plain.uncertainty) * attended.probability, rtol=1e-9)
        assert attended.conflict == pytest.approx(plain.conflict, rel=1e-9)
        assert attended.alpha.min() >= 1.0


def test_uncertainty_rises_when_modalities_are_missing_or_doubted(rule):
    agreeing = dict.fromkeys(LOGITS, LOGITS['face'])

    def doubt(reliability, **missing):
        return fuse({**agreeing, **missing}, rule=rule, output_temperature=1.0, doubt=True,
                    reliability=reliability).uncertainty

    whole = doubt(1.0)
    assert whole < doubt(1.0, text=None) < doubt(1.0, text=None, speech=None)
    assert whole < doubt(0.7) < doubt(0.3) < doubt(0.0) == 1.0


def test_a_modality_of_no_reliability_is_a_missing_one(rule):
    masked = fuse(LOGITS, rule=rule, reliability={'text': 0.0}, output_temperature=1.0)
    absent = fuse({**LOGITS, 'text': None}, rule=rule, output_temperature=1.0)
    np.testing.assert_allclose(masked.probability, absent.probability, rtol=1e-12)
    assert masked.weights['text'] == 0.0
    assert absent.missing == ('text',)
    assert sum(absent.weights.values()) == pytest.approx(1.0)


def test_attention_falls_and_the_probability_fades_with_reliability(rule):
    attention = [fuse(LOGITS, rule=rule, reliability={'face': r}).weights['face']
                 for r in (1.0, 0.5, 0.1)]
    assert attention == sorted(attention, reverse=True)
    alone = fuse({'face': LOGITS['face']}, rule=rule).probability
    faded = fuse({'face': LOGITS['face']}, rule=rule, reliability=0.3).probability
    np.testing.assert_allclose(faded, 0.3 * alone + 0.7 / 4, rtol=1e-9)
    unheard = fuse(LOGITS, rule=rule, reliability=0.0)
    np.testing.assert_allclose(unheard.probability, 0.25, rtol=1e-12)
    assert unheard.uncertainty == 1.0


def test_nothing_at_all_is_ignorance(rule):
    opinion = fuse({'face': None, 'text': None}, rule=rule, classes=4)
    assert (opinion.probability == 0.25).all()
    assert opinion.uncertainty == 1.0
    assert opinion.weights is None


def test_classes_that_were_never_learned_keep_their_share_of_the_evidence(tmp_path):
    rule = load_attention(written(tmp_path), labels=EMOTIONS)
    logits = {name: DRAW.normal(size=7) for name in ('face', 'speech')}
    attended, plain = (fuse(logits, rule=name, output_temperature=1.0)
                       for name in (rule, 'dempster'))
    learned = [EMOTIONS.index(label) for label in FRAME]
    others = [index for index in range(7) if index not in learned]
    np.testing.assert_allclose(
        attended.probability[others], plain.probability[others], rtol=1e-9)
    probability, _ = by_hand(content(), {name: values[learned] for name, values in logits.items()})
    np.testing.assert_allclose(
        attended.probability[learned] / attended.probability[learned].sum(), probability, rtol=1e-9)


def test_a_class_that_a_modality_never_learned_does_not_count(rule):
    named = {'speech': np.array([True, True, True, False])}
    first, second = (fuse({**LOGITS, 'speech': [1.0, 0.0, 2.0, wild]}, rule=rule, named=named)
                     for wild in (0.0, 50.0))
    np.testing.assert_array_equal(first.probability, second.probability)
    mean = fuse({**LOGITS, 'speech': [1.0, 0.0, 2.0, 1.0]}, rule=rule)
    np.testing.assert_allclose(first.probability, mean.probability, rtol=1e-12)


def test_a_batch_is_its_rows(rule):
    batch = {name: DRAW.normal(size=(3, 2, 4)) for name in NAMES}
    trust = DRAW.uniform(size=(3, 2))
    whole = fuse(batch, rule=rule, reliability={'face': trust}, doubt=True, output_temperature=1.0)
    one = fuse({name: values[2, 1] for name, values in batch.items()}, rule=rule,
               reliability={'face': trust[2, 1]}, doubt=True, output_temperature=1.0)
    np.testing.assert_allclose(whole.probability[2, 1], one.probability, rtol=1e-9)
    np.testing.assert_allclose(whole.belief[2, 1], one.belief, rtol=1e-9)
    assert whole.weights['face'].shape == (3, 2)
    np.testing.assert_allclose(whole.weights['face'][2, 1], one.weights['face'], rtol=1e-9)


def test_the_order_of_the_modalities_and_a_constant_do_not_matter(rule):
    turned = {name: LOGITS[name] + 3.0 for name in reversed(NAMES)}
    np.testing.assert_allclose(fuse(turned, rule=rule).probability,
                               fuse(LOGITS, rule=rule).probability, rtol=1e-9)


@pytest.mark.parametrize('size', [1e-300, 1e5, 1e300])
def test_no_logit_makes_it_nan(rule, size):
    with np.errstate(all='raise', under='ignore'):
        opinion = fuse({name: size * np.sign(values) for name, values in LOGITS.items()}, rule=rule,
                       output_temperature=0.1, doubt=True, reliability=0.9)
    for values in (opinion.probability, opinion.belief, opinion.uncertainty, opinion.alpha):
        assert np.isfinite(values).all()
    assert opinion.probability.sum() == pytest.approx(1.0)


def test_an_output_temperature_is_a_power_of_the_probability(rule):
    plain = fuse(LOGITS, rule=rule).probability
    flat = fuse(LOGITS, rule=rule, output_temperature=2.0).probability
    np.testing.assert_allclose(flat, plain ** 0.5 / (plain ** 0.5).sum(), rtol=1e-9)


def test_modalities_that_were_not_trained_are_named_with_those_that_were(rule):
    with pytest.raises(ValueError, match=r"not trained on \['touch'\].*'speech', 'face', 'text'"):
        fuse({**LOGITS, 'touch': np.zeros(4)}, rule=rule)


def test_another_number_of_classes_is_refused(rule):
    with pytest.raises(ValueError, match='logits of 7 classes'):
        fuse({'face': np.zeros(7)}, rule=rule)


def test_a_frame_that_lacks_a_learned_class_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"trained on \['fear'\] too"):
        load_attention(written(tmp_path), labels=('anger', 'happiness', 'sadness'))


def test_a_network_of_features_is_no_rule(tmp_path):
    path = tmp_path / 'features.json'
    path.write_text(json.dumps({**content(), 'inputs': 'features'}))
    with pytest.raises(ValueError, match='fuses features, and a fusion rule gets logits'):
        load_attention(path)
    assert read_network(path).inputs == 'features'


@pytest.mark.parametrize('damage', [
    {'kind': 'soup'}, {'combination': 'stirred'}, {'vector': [1.0]}, {'vector': [float('nan')] * 5},
    {'labels': ['anger', 'fear']}, {'modalities': {}}, {'head': []}])
def test_a_damaged_file_is_refused(tmp_path, damage):
    path = tmp_path / 'damaged.json'
    path.write_text(json.dumps({**content(), **damage}))
    with pytest.raises(ValueError, match=r'damaged\.json is no attention fusion'):
        load_attention(path, labels=FRAME)


def test_a_file_that_is_not_there_or_no_json_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match='mer_ros train attention'):
        load_attention(tmp_path / 'nowhere.json')
    (tmp_path / 'text.json').write_text('hello')
    with pytest.raises(ValueError, match='no attention fusion'):
        load_attention(tmp_path / 'text.json')


def test_the_shipped_one_has_a_name_and_the_default_frame():
    assert 'attention' in RULES.names()
    assert 'attention' not in untrained_rules()
    happy = np.where(np.array(EMOTIONS) == 'happiness', 3.0, 0.0)
    opinion = fuse({'speech': happy, 'face': happy}, rule='attention', output_temperature=1.0)
    assert EMOTIONS[opinion.probability.argmax()] == 'happiness'
    assert opinion.belief.argmax() == opinion.probability.argmax()
    surprised = np.where(np.array(EMOTIONS) == 'surprise', 5.0, 0.0)
    opinion = fuse({'speech': surprised, 'face': surprised}, rule='attention')
    assert EMOTIONS[opinion.probability.argmax()] == 'surprise'
