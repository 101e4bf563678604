"""Running a model over a list of inputs."""

import numpy as np
import pytest

from mer_ros.evaluation.predict import BATCH, named_softmax, predict_logits


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


def test_the_softmax_leaves_out_unlearned_classes():
    probability = named_softmax(np.array([[1.0, 5.0, 0.0]]), np.array([True, False, True]))
    assert probability[0] == pytest.approx([np.e / (1 + np.e), 0.0, 1 / (1 + np.e)])


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_a_model_that_is_not_finite_is_named(value):
    with pytest.raises(ValueError, match="'counting' returned"):
        predict_logits(Counting(value), ['x'])
