"""One window in plain floats is fused as a batch of arrays is."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
import numpy as np
import pytest

from mer_ros.fusion import fuse
from mer_ros.fusion.one_window import MOST_CLASSES
from mer_ros.fusion.plain_opinion import PlainOpinion

NAMES = ('face', 'speech', 'text', 'gait')
ordinary = st.floats(-30.0, 30.0)
extreme = ordinary | st.floats(-1e300, 1e300) | st.sampled_from([0.0, 5e-324, 1e-12, 700.0, 1e16])
shares = st.floats(0.0, 1.0) | st.sampled_from([0.0, 1.0, 1e-300, 1.0 - 2.0 ** -53])

METHODS = {
    'paper': {'preset': 'paper'},
    'basic': {'preset': 'basic'},
    'calibrated': {'preset': 'calibrated'},
    'paper, own reference': {'preset': 'paper', 'reference': 'own'},
    'paper, softmax': {'preset': 'paper', 'output_temperature': 1.0},
    'calibrated, global reference': {'preset': 'calibrated', 'reference': 'global'},
    'calibrated, softmax': {'preset': 'calibrated', 'output_temperature': 1.0},
    'as a node': {'preset': 'calibrated', 'output_temperature': 1.0, 'doubt': True},
    'calibrated, temperature 2': {'preset': 'calibrated', 'output_temperature': 2.0,
                                  'doubt': True},
}


@st.composite
def windows(draw, values):
    """Draw the logits and the options of one window: 2 to 32 classes, 1 to 4 modalities."""
    classes = draw(st.integers(2, MOST_CLASSES))
    row = st.lists(values, min_size=classes, max_size=classes) | values.map(
        lambda value: [value] * classes)  # no evidence at all
    logits = draw(st.dictionaries(st.sampled_from(NAMES), row | st.none(), min_size=1).filter(
        lambda rows: any(row is not None for row in rows.values())))
    masks = st.lists(st.booleans(), min_size=classes, max_size=classes).filter(any)
    return logits, {
        'reliability': draw(shares | st.fixed_dictionaries(dict.fromkeys(logits, shares))),
        'temperature': draw(st.just(1.0) | st.fixed_dictionaries(
            dict.fromkeys(logits, st.floats(0.1, 10.0)))),
        'named': draw(st.none() | st.dictionaries(
            st.sampled_from(sorted(logits)), masks.map(np.array)))}


def by_arrays(logits, **options):
    """Fuse the window as a batch of one, which is never done in plain floats."""
    return fuse({name: None if row is None else [row] for name, row in logits.items()}, **options)


def check_same(plain, arrays, doubt):
    # Doubt as a double tells the uncertainty of a sure modality to 1e-16 only, and all that follows
    # from it is relative to it.
    least = min(arrays.uncertainty.min(), arrays.each.uncertainty.min())
    unsure = 1e-15 / max(least, 1e-14) if doubt else 0.0
    close = {'rtol': 1e-12 + unsure, 'atol': 1e-12}
    assert (plain.used, plain.missing) == (arrays.used, arrays.missing)
    for name in ('belief', 'uncertainty', 'probability', 'conflict', 'yager_uncertainty',
                 'disagreement'):
        np.testing.assert_allclose(getattr(plain, name), getattr(arrays, name)[0], **close,
                                   err_msg=name)
    for name in ('belief', 'uncertainty', 'probability'):
        np.testing.assert_allclose(getattr(plain.each, name), getattr(arrays.each, name)[:, 0],
                                   **close, err_msg=f'{name} of each')
    close = {'rtol': 1e-11 + unsure, 'atol': 1e-11}
    for name in ('log_scores', 'evidence', 'alpha', 'sources'):
        np.testing.assert_allclose(
            getattr(plain, name), np.squeeze(getattr(arrays, name), -2), **close, err_msg=name)
    assert plain.pairwise_conflict.keys() == arrays.pairwise_conflict.keys()


@pytest.mark.parametrize('method', METHODS)
@settings(max_examples=25)
@given(window=windows(ordinary) | windows(extreme))
@example(window=({'face': [0.0] * 18 + [24.0], 'speech': [0.0] * 17 + [12.0, 0.0]},
                 {'reliability': 1.0, 'temperature': 1.0, 'named': None}))
def test_plain_floats_and_arrays_agree_for_any_window(method, window):
    logits, options = window
    options = {**options, **METHODS[method]}
    plain, arrays = fuse(logits, **options), by_arrays(logits, **options)
    assert not isinstance(arrays, PlainOpinion)
    check_same(plain, arrays, options.get('doubt', False))


@pytest.mark.parametrize('method', METHODS)
@settings(max_examples=25)
@given(window=windows(ordinary))
def test_they_agree_on_the_certainty_that_is_lost(method, window):
    logits, options = window
    options = {**options, **METHODS[method]}
    plain, arrays = fuse(logits, **options), by_arrays(logits, **options)
    # The arrays round the certainty that there is to lose to about 1e-15.
    sure = np.max(arrays.each.probability.max(axis=-1) - 1.0 / arrays.log_scores.shape[-1])
    np.testing.assert_allclose(plain.lost_certainty, arrays.lost_certainty[0],
                               atol=max(1e-12, 1e-14 / max(sure, 1e-14)))


@pytest.mark.parametrize('method', METHODS)
def test_ordinary_windows_of_all_that_nodes_do_by_default_are_fused_in_plain_floats(method):
    logits = {'face': np.linspace(-1.0, 2.0, 7), 'speech': list(np.linspace(3.0, 0.0, 7)),
              'text': None}
    opinion = fuse(logits, reliability={'speech': 0.9}, temperature={'face': 1.5},
                   named={'speech': np.arange(7) < 6}, **METHODS[method])
    assert isinstance(opinion, PlainOpinion)


@pytest.mark.parametrize('options', [
    {'rule': 'yager'}, {'evidence': 'softplus'}, {'reference': 0.0}, {'reliability': [0.5]},
    {'calibration': {'a': (np.eye(2), np.zeros(2))}}])
def test_what_plain_floats_do_not_know_is_left_to_the_arrays(options):
    logits = {'a': [1.0, 0.0], 'b': [0.0, 2.0]}
    if 'reliability' in options:
        logits = {name: [row] for name, row in logits.items()}
    if 'calibration' in options:
        from mer_ros.fusion import Affine
        options = {'calibration': {'a': Affine(np.eye(2), np.zeros(2))}}
    assert not isinstance(fuse(logits, **options), PlainOpinion)


def test_a_window_that_is_surer_than_a_ratio_can_tell_is_left_to_the_arrays():
    opinion = fuse({'a': [1e3, 0.0], 'b': [0.0, 1.0]})
    assert not isinstance(opinion, PlainOpinion)
    assert opinion.log_scores.tolist() == [1e3, 1.0]


def test_an_opinion_in_plain_floats_shows_itself_and_what_each_modality_said():
    opinion = fuse({'a': [1.0, 0.0, 0.5], 'b': None}, preset='paper')
    assert 'log_scores=array' in repr(opinion)
    assert opinion.per_modality['b'].uncertainty == 1.0
    np.testing.assert_allclose(opinion.per_modality['a'].belief, opinion.belief, rtol=1e-15)
