import numpy as np

from mer_ros.data import Features, NANOSECONDS, nanoseconds
from mer_ros.research.features.feature_window import FeatureWindow

LENGTH = 10 * NANOSECONDS


def item(seconds: float, *values: float, modality: str = 'text') -> Features:
    return Features(nanoseconds(seconds), modality, 'lite',
                    np.array(values, dtype=np.float32)[:, np.newaxis])


def window_of(*items: Features, max_frames: int = 5) -> FeatureWindow:
    window = FeatureWindow(length=LENGTH, max_frames=max_frames)
    for one in items:
        window.put(one)
    return window


def test_rows_stand_in_order_of_event_time_not_of_arrival():
    window = window_of(item(2, 3.0, 4.0), item(1, 1.0, 2.0))
    assert window.rows()['text'].ravel().tolist() == [1.0, 2.0, 3.0, 4.0]
    assert (window.start, window.newest.stamp) == (NANOSECONDS, 2 * NANOSECONDS)


def test_what_left_the_window_is_dropped_whatever_the_modality():
    window = window_of(item(1, 1.0), item(2, 2.0, modality='face'), item(11.5, 3.0))
    assert {name: rows.ravel().tolist() for name, rows in window.rows().items()} == {
        'text': [3.0], 'face': [2.0]}
    assert set(window_of(item(2, 2.0, modality='face'), item(12, 3.0)).rows()) == {'text'}


def test_the_newest_rows_are_kept_when_there_are_too_many():
    window = window_of(item(1, 1.0, 2.0, 3.0), item(2, 4.0, 5.0), item(3, 6.0))
    assert window.rows()['text'].ravel().tolist() == [2.0, 3.0, 4.0, 5.0, 6.0]
    window.put(item(4, *range(7, 107)))
    assert window.rows()['text'].ravel().tolist() == [102.0, 103.0, 104.0, 105.0, 106.0]
    assert len(window._items['text']) == 1
    assert window._items['text'][0].values.base is None


def test_what_lies_before_the_window_is_late():
    window = window_of(item(20, 1.0))
    assert window.put(item(10, 2.0)) == 'late'
    assert window.put(item(10.001, 2.0)) is None


def test_the_same_stamp_again_replaces():
    window = window_of(item(1, 1.0))
    assert window.put(item(1, 2.0)) == 'duplicate'
    assert window.rows()['text'].ravel().tolist() == [2.0]


def test_an_empty_window_has_no_newest_item():
    window = window_of()
    assert window.newest is None
    assert window.newest_of('text') == 0
    assert window.rows() == {}
