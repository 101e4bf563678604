"""What a meter shows."""

import pytest

from mer_ros.nodes.base.meter import Meter


def reading(*milliseconds):
    meter = Meter()
    for value in milliseconds:
        meter.took(value / 1e3)
    return meter.read(0.0)


def test_the_95th_percentile_lies_between_the_median_and_the_maximum():
    found = reading(*range(1, 21), 100)
    assert found.median_ms == 11.0
    assert 19.0 <= found.p95_ms <= 100.0
    assert reading(10, 20).p95_ms <= 20.0
    assert reading(7).p95_ms == reading(7).median_ms == 7.0
    assert reading().p95_ms == 0.0


def test_a_reading_tells_totals_and_what_is_new():
    meter = Meter()
    meter.count('dropped', 2)
    assert meter.read(0.0).recent['dropped'] == 2
    meter.count('dropped')
    found = meter.read(0.0)
    assert (found.totals['dropped'], found.recent['dropped']) == (3, 1)
    assert found.idle is None
    meter.received(5.0)
    assert meter.read(7.0).idle == 2.0


def test_the_load_is_the_processor_time_of_the_last_reading_to_this() -> None:
    meter = Meter()
    assert meter.read(10.0).load == 0.0
    meter.took(0.5, 0.2)
    meter.took(0.5, 0.1)
    assert meter.read(12.0).load == pytest.approx(0.15)
    assert meter.read(13.0).load == 0.0
