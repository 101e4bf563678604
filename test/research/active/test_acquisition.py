import numpy as np
import pytest

from mer_ros.research.active.acquisition import ACQUISITIONS, entropy, margin, most_wanted, vacuity

RANDOM = np.random.default_rng(0)


def logits_of(*probabilities):
    return np.log(np.array(probabilities))


def test_entropy_is_in_bits():
    logits = logits_of([0.25] * 4, [0.5, 0.25, 0.125, 0.125], [1 - 3e-12, 1e-12, 1e-12, 1e-12])
    np.testing.assert_allclose(entropy(logits + 50, RANDOM), [2.0, 1.75, 0.0], atol=1e-9)


def test_entropy_of_certainty_is_zero_and_finite():
    assert entropy(np.array([[1e6, 0.0, -1e6], [0.0, 0.0, -1e9]]), RANDOM).tolist() == [0.0, 1.0]


def test_margin_looks_at_the_two_best_classes_alone():
    logits = logits_of([0.5, 0.5, 1e-9], [0.4, 0.3, 0.3], [0.98, 0.01, 0.01])
    np.testing.assert_allclose(margin(logits, RANDOM), [0.0, -0.1, -0.97], atol=1e-6)


def test_vacuity_is_that_of_the_papers_evidence():
    # Evidence above the smallest logit: 0 + 1 + 5 = 6 of K = 3, and none.
    np.testing.assert_allclose(vacuity(np.array([[2.0, 3.0, 7.0], [4.0, 4.0, 4.0]]), RANDOM),
                               [3 / 9, 1.0])


def test_two_likely_classes_are_wanted_by_entropy_and_not_by_vacuity():
    torn, ignorant = [9.0, 9.0, 0.0], [1.1, 0.0, 0.0]
    logits = np.array([torn, ignorant])
    assert most_wanted('margin', logits, 1, RANDOM) == [0]
    assert most_wanted('vacuity', logits, 1, RANDOM) == [1]


@pytest.mark.parametrize('name', sorted(set(ACQUISITIONS) - {'random'}))
def test_the_less_sure_sample_comes_first_and_the_first_of_equals(name):
    logits = np.array([[5.0, 0.0, 0.0], [0.5, 0.0, 0.0], [9.0, 0.0, 0.0], [0.5, 0.0, 0.0]])
    assert most_wanted(name, logits, 4, RANDOM).tolist() == [1, 3, 0, 2]


def test_chance_looks_at_nothing_but_the_seed():
    def drawn(seed, logits):
        return most_wanted('random', logits, 5, np.random.default_rng(seed)).tolist()

    sure = np.zeros((50, 3))
    sure[:, 0] = np.arange(50)
    assert drawn(1, sure) == drawn(1, np.zeros((50, 3)))
    assert drawn(1, sure) != drawn(2, sure)


@pytest.mark.parametrize(('name', 'logits', 'count', 'problem'), [
    ('doubt', np.zeros((4, 3)), 1, 'doubt.*entropy'),
    ('entropy', np.full((4, 3), np.nan), 1, 'NaN'),
    ('entropy', np.zeros(4), 1, r'\(4,\)'),
    ('entropy', np.zeros((4, 1)), 1, 'K >= 2'),
    ('entropy', np.zeros((4, 3)), 5, '5 samples are wanted of 4'),
])
def test_what_cannot_be_scored_is_refused(name, logits, count, problem):
    with pytest.raises(ValueError, match=problem):
        most_wanted(name, logits, count, RANDOM)
