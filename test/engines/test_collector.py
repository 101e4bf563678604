"""Which segments are kept for labelling, where, and for how long."""

import json
import os
from pathlib import Path
import wave

import cv2
import numpy as np
import pytest

from mer_ros.data import Logits, Media, NANOSECONDS
from mer_ros.engines.collector import Collector, DAY
from mer_ros.engines.segment_folder import Collection
from mer_ros.fusion.logspace import entropy_bits

LABELS = ('anger', 'happiness', 'neutral', 'sadness')
NOW = 1_700_000_000.0


def segment(second: float, margin: float, **changes: object) -> Logits:
    """Return evidence that is the surer the larger the margin; 0 knows nothing at all."""
    fields: dict[str, object] = {
        'stamp': round(second * NANOSECONDS), 'modality': 'speech', 'labels': LABELS,
        'logits': np.array([margin, 0.0, 0.0, 0.0]), 'model': 'test', 'window': NANOSECONDS // 2,
        'features': np.full((2, 3), second, dtype=np.float32)}
    return Logits(**{**fields, **changes})  # type: ignore[arg-type]


def collector(folder: Path, **options: object) -> Collector:
    return Collector(folder / 'kept', **{'min_entropy': 0.0, **options})  # type: ignore[arg-type]


def seconds(kept: Collector) -> list[float]:
    """Return the stamps of what is kept, in seconds."""
    return sorted(item.stamp / NANOSECONDS for item in kept.items())


def test_a_segment_is_kept_with_what_the_model_made_of_it(tmp_path: Path) -> None:
    kept = collector(tmp_path)
    assert kept.offer(segment(7, 1.0, person_id='face_1'))
    [item] = kept.items()
    assert (item.stamp, item.modality, item.person_id, item.model, item.label, item.predicted) == (
        7 * NANOSECONDS, 'speech', 'face_1', 'test', '', 'anger')
    assert item.entropy == pytest.approx(entropy_bits(np.array([1.0, 0, 0, 0])), abs=1e-6)
    # A Dirichlet distribution of K classes with evidence K (exp(l) - 1) has vacuity K / sum(alpha).
    assert item.uncertainty == pytest.approx(4 / (4 * np.exp(1.0) - 4 + 4), abs=1e-6)
    assert (item.features, item.media) == (f'{item.id}.npz', '')
    with np.load(tmp_path / 'kept' / item.features) as file:
        assert list(file) == ['features']
        assert file['features'].dtype == np.float32
        np.testing.assert_array_equal(file['features'], np.full((2, 3), 7.0))


def test_the_index_is_a_line_of_json_a_segment(tmp_path: Path) -> None:
    kept = collector(tmp_path, clock=lambda: NOW)
    kept.offer(segment(7, 1.0, person_id='a, "b" c'))
    header, line = (tmp_path / 'kept' / 'index.jsonl').read_text().splitlines()
    row = json.loads(line)
    assert json.loads(header) == {'mer_ros_segments': 1}
    assert tuple(row) == (
        'id', 'stamp', 'modality', 'person_id', 'model', 'label', 'predicted', 'entropy',
        'uncertainty', 'features', 'media', 'stored')
    assert (row['stamp'], row['person_id'], row['stored']) == (7 * NANOSECONDS, 'a, "b" c', NOW)


def test_what_the_model_is_sure_of_is_not_kept(tmp_path: Path) -> None:
    kept = collector(tmp_path, min_entropy=1.0)
    assert not kept.offer(segment(1, 9.0))
    assert kept.offer(segment(2, 1.0))
    assert seconds(kept) == [2]


def test_when_it_is_full_the_least_uncertain_makes_room(tmp_path: Path) -> None:
    kept = collector(tmp_path, capacity=3)
    for second, margin in ((1, 2.0), (2, 1.0), (3, 1.5)):
        assert kept.offer(segment(second, margin))
    assert not kept.offer(segment(4, 2.5))
    assert not kept.offer(segment(5, 2.0))
    assert kept.offer(segment(6, 0.5))
    assert seconds(kept) == [2, 3, 6]
    assert len(list((tmp_path / 'kept').glob('*.npz'))) == 3


def test_what_has_a_label_does_not_make_room(tmp_path: Path) -> None:
    kept = collector(tmp_path, capacity=2)
    kept.offer(segment(1, 3.0))
    kept.offer(segment(2, 2.0))
    label(tmp_path / 'kept', 1)
    assert kept.offer(segment(3, 1.0))
    assert seconds(kept) == [1, 3]
    label(tmp_path / 'kept', 3)
    assert not kept.offer(segment(4, 0.0))


class Clock:
    """Tells the time that it is set to."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def label(folder: Path, second: float) -> None:
    """Give the segment of a second a label, as another process does."""
    from dataclasses import replace

    with Collection(folder).edit() as items:
        for item in list(items.values()):
            if item.stamp == second * NANOSECONDS:
                items[item.id] = replace(item, label='neutral')


def test_a_smaller_capacity_takes_effect_with_the_next_segment(tmp_path: Path) -> None:
    large = collector(tmp_path)
    for second in range(1, 7):
        large.offer(segment(second, 0.5 * second))
    small = collector(tmp_path, capacity=2)
    assert small.offer(segment(9, 0.1))
    assert seconds(small) == [1, 9]


def test_of_segments_that_overlap_only_the_most_uncertain_is_kept(tmp_path: Path) -> None:
    kept = collector(tmp_path)
    assert kept.offer(segment(1.0, 2.0, window=NANOSECONDS))
    assert not kept.offer(segment(1.5, 3.0, window=NANOSECONDS))
    assert kept.offer(segment(1.6, 1.0, window=NANOSECONDS))
    assert seconds(kept) == [1.6]
    assert kept.offer(segment(2.6, 2.0, window=NANOSECONDS))
    assert seconds(kept) == [1.6, 2.6]


@pytest.mark.parametrize('changes', [{'person_id': 'face_2'}, {'modality': 'face'}])
def test_segments_of_others_do_not_overlap(tmp_path: Path, changes: dict[str, object]) -> None:
    kept = collector(tmp_path)
    assert kept.offer(segment(1.0, 2.0))
    assert kept.offer(segment(1.1, 3.0, **changes))
    assert len(kept.items()) == 2


def test_what_a_model_saw_is_only_asked_of_segments_that_are_kept(tmp_path: Path) -> None:
    asked: list[int] = []

    def seen(logits: Logits) -> np.ndarray:
        asked.append(logits.stamp)
        return np.zeros((1, 2), dtype=np.float32)

    kept = collector(tmp_path, seen=seen, min_entropy=1.0)
    kept.offer(segment(1, 9.0))
    kept.offer(segment(2, 0.0))
    assert asked == [2 * NANOSECONDS]


MEDIA = Media(picture=np.full((20, 30, 3), (200, 40, 10), np.uint8),
              sound=np.sin(np.arange(48000) * 0.05).astype(np.float32), sample_rate=48000,
              words='so they say')


def test_media_are_kept_only_when_asked_for(tmp_path: Path) -> None:
    kept = collector(tmp_path)
    kept.offer(segment(1, 1.0, media=MEDIA))
    assert kept.items()[0].media == ''
    assert {path.suffix for path in (tmp_path / 'kept').iterdir()} == {'.npz', '.jsonl', ''}


def test_media_can_be_looked_at_and_listened_to(tmp_path: Path) -> None:
    kept = collector(tmp_path, media=True)
    kept.offer(segment(1, 1.0, media=MEDIA, features=None))
    [item] = kept.items()
    assert item.features == ''
    picture, sound, words = (tmp_path / 'kept' / name for name in item.media.split())
    assert np.abs(cv2.imread(str(picture))[10, 10] - np.array([10.0, 40.0, 200.0])).max() < 8
    with wave.open(str(sound)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        assert file.getnframes() == 16000
        samples = np.frombuffer(file.readframes(16000), '<i2') / 32767
    expected = np.sin(np.arange(16000) * 0.15)
    np.testing.assert_allclose(samples[500:-500], expected[500:-500], atol=1e-3)
    assert words.read_text(encoding='utf-8') == 'so they say'


def test_a_segment_of_which_nothing_can_be_kept_is_not(tmp_path: Path) -> None:
    kept = collector(tmp_path)
    assert not kept.offer(segment(1, 0.0, features=None, media=MEDIA))
    assert kept.items() == []


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    kept = collector(tmp_path, media=True)
    kept.offer(segment(1, 1.0, media=MEDIA))
    folder = tmp_path / 'kept'
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_folder_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / 'kept'
    folder.mkdir(mode=0o755)
    collector(tmp_path)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / 'kept'
    folder.mkdir(mode=0o755)
    (folder / 'letter.txt').write_text('mine')
    with pytest.raises(ValueError, match='other files; give an empty folder'):
        collector(tmp_path)
    assert folder.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in folder.iterdir()] == ['letter.txt']


def test_what_is_too_old_is_deleted_labelled_or_not(tmp_path: Path) -> None:
    clock = Clock()
    kept = collector(tmp_path, retention_days=2.0, media=True, clock=clock)
    for second in (1, 2, 3):
        clock.now = NOW + (second == 3) * 2 * DAY
        kept.offer(segment(second, 1.0, media=MEDIA))
    label(tmp_path / 'kept', 1)
    clock.now = NOW + 3 * DAY
    assert kept.expire() == 2
    assert seconds(kept) == [3]
    assert len(list((tmp_path / 'kept').glob('*.wav'))) == 1
    clock.now = NOW + 5 * DAY
    assert kept.expire() == 1
    assert {path.name for path in (tmp_path / 'kept').iterdir()} == {'index.jsonl', '.lock'}


def test_what_was_kept_while_the_clock_was_ahead_does_not_stay_longer(tmp_path: Path) -> None:
    clock = Clock(NOW + 3650 * DAY)
    kept = collector(tmp_path, retention_days=2.0, clock=clock)
    kept.offer(segment(1, 1.0))
    for path in (tmp_path / 'kept').iterdir():
        os.utime(path, times=(clock.now, clock.now))
    clock.now = NOW
    assert kept.expire() == 0
    clock.now = NOW + 3 * DAY
    assert kept.expire() == 1


def test_a_crash_before_the_index_is_written_leaves_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = collector(tmp_path)
    kept.offer(segment(1, 1.0))
    before = (tmp_path / 'kept' / 'index.jsonl').read_bytes()
    replace = os.replace

    def crash(path: str, target: str, **folders: int) -> None:
        if target == 'index.jsonl':
            raise OSError(5, 'the power is gone')
        replace(path, target, **folders)

    with monkeypatch.context() as patch:
        patch.setattr(os, 'replace', crash)
        with pytest.raises(OSError, match='power'):
            kept.offer(segment(2, 0.5))
    assert (tmp_path / 'kept' / 'index.jsonl').read_bytes() == before
    assert len(list((tmp_path / 'kept').glob('*.npz'))) == 2

    again = collector(tmp_path)
    again.expire()
    assert seconds(again) == [1]
    assert {path.suffix for path in (tmp_path / 'kept').iterdir()} == {'.npz', '.jsonl', ''}
    assert len(list((tmp_path / 'kept').glob('*.npz'))) == 1


def test_several_nodes_may_share_a_folder(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def fill(number: int) -> None:
        kept = collector(tmp_path, capacity=1000)
        for second in range(10):
            kept.offer(segment(second, 1.0, person_id=f'face_{number}'))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, range(4)))
    items = Collection(tmp_path / 'kept').items()
    assert len(items) == 40
    assert len({item.id for item in items}) == 40
    assert all((tmp_path / 'kept' / item.features).is_file() for item in items)


def test_an_index_of_another_version_is_named(tmp_path: Path) -> None:
    kept = collector(tmp_path)
    kept.offer(segment(1, 1.0))
    (tmp_path / 'kept' / 'index.jsonl').write_text('{"mer_ros_segments": 2}\n')
    with pytest.raises(ValueError, match=r'index.jsonl begins with .*newer version'):
        kept.items()


@pytest.mark.parametrize('options', [
    {'capacity': 0}, {'retention_days': 0.0}, {'min_entropy': -1.0}])
def test_bounds_that_make_no_sense_are_refused(
    tmp_path: Path, options: dict[str, float]
) -> None:
    with pytest.raises(ValueError, match='cannot be used'):
        collector(tmp_path, **options)
    assert list(tmp_path.iterdir()) == []
