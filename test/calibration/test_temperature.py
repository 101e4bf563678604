"""Temperature scaling."""

import numpy as np
import pytest

from mer_ros.calibration.temperature import fit_temperature


def test_the_temperature_undoes_a_known_overconfidence():
    random = np.random.default_rng(0)
    logits = random.normal(size=(20_000, 7)) * 2
    truth = (logits + random.gumbel(size=logits.shape)).argmax(axis=1)
    grid = np.geomspace(0.2, 5.0, 321)
    assert fit_temperature(3 * logits, truth, grid) == pytest.approx(3.0, rel=0.05)
