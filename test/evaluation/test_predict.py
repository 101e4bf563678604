"""Running a model over a list of inputs."""

import numpy as np
import pytest

from mer_ros.evaluation.predict import BATCH, predict_logits, predict_probabilities


class Counting:
    """A model of two classes, in an order of its own, that notes the size of its batches."""

    name = 'counting'
    labels = ('sadness', 'anger')

    def __init__(self, value=1.0):
        self.sizes = []
        self.value = value

    def logits(self, batch):
        self.sizes.append(len(batch))
        return np.tile(np.array([self.value, 0.0], dtype=np.float32), (len(batch), 1))


def test_long_lists_are_cut_into_batches():
    model = Counting()
    assert predict_logits(model, ['x'] * (BATCH + 1)).shape == (BATCH + 1, 2)
    assert model.sizes == [BATCH, 1]


def test_probabilities_go_by_name_and_leave_out_unlearned_classes():
    probability = predict_probabilities(Counting(), ['x'])
    assert probability[0, 5] == pytest.approx(np.e / (1 + np.e))
    assert probability[0, 0] == pytest.approx(1 / (1 + np.e))
    assert probability[0, [1, 2, 3, 4, 6]].tolist() == [0.0] * 5


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_a_model_that_is_not_finite_is_named(value):
    with pytest.raises(ValueError, match="'counting' returned"):
        predict_logits(Counting(value), ['x'])
