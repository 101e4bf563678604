"""Keeping the segments that a model is least sure of, so that people can label them.

Uncertainty-based learning (Radoi and Cioroiu, IEEE Access 2024, section III.C) trains on what the
model finds hardest; on a robot that is what it meets.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
import io
from pathlib import Path
import time
import wave

import cv2
import numpy as np
from numpy.typing import NDArray
import soxr

from mer_ros.data import Logits, Media, SAMPLE_RATE
from mer_ros.engines.segment_folder import Collection, Item
from mer_ros.fusion import fuse
from mer_ros.fusion.logspace import entropy_bits

PEOPLE = 32
"""Of how many people the last kept segment is remembered."""

DAY = 86_400
"""Seconds in a day."""

Seen = Callable[[Logits], NDArray[np.float32] | None]
"""Returns what the model saw of a segment, (T, D) or (D,); None where it cannot tell."""


@dataclass(frozen=True, slots=True)
class _Kept:
    start: int
    stamp: int
    id: str


class Collector:
    """Keeps the most uncertain segments in a folder, see `Collection`, within bounds.

    Of segments of one person whose evidence overlaps only the most uncertain is kept: they show
    the same moment.  Where the folder is full the least uncertain one without a label makes room.

    Args:
        folder: where to keep them; made where it is missing.
        seen: what is kept as features.
        capacity: the most segments that are kept.
        retention_days: older ones are deleted by `expire`, labelled or not.
        media: keep picture, sound or words too, for those who label.
        min_entropy: what the model is surer of is never kept, in bits.
        clock: tells the time, in seconds since 1970.

    Raises:
        ValueError: the folder holds other things, or a bound makes no sense.
    """

    def __init__(
        self, folder: Path, *, seen: Seen = lambda logits: logits.features, capacity: int = 500,
        retention_days: float = 30.0, media: bool = False, min_entropy: float = 1.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if capacity < 1 or not retention_days > 0.0 or not min_entropy >= 0.0:
            raise ValueError(f'capacity {capacity}, retention_days {retention_days} and '
                             f'min_entropy {min_entropy} cannot be used; needed is capacity >= 1, '
                             f'retention_days > 0 and min_entropy >= 0')
        self._collection = Collection(folder, create=True)
        self._seen = seen
        self._capacity = capacity
        self._retention = retention_days * DAY
        self._media = media
        self._min_entropy = min_entropy
        self._clock = clock
        self._last: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    def items(self) -> list[Item]:
        """Return what is kept."""
        return self._collection.items()

    def offer(self, logits: Logits) -> bool:
        """Keep a segment if it is among the most uncertain; return whether it was kept."""
        entropy = round(float(entropy_bits(logits.logits)), 6)  # as the index tells it
        if entropy < self._min_entropy:
            return False
        with self._collection.edit() as items:
            displaced = self._displaced(logits, entropy, items)
            if displaced is None:
                return False
            new = self._collection.new_id(items)
            item = self._store(new, logits, entropy)
            if not item.files:
                return False
            for old in displaced:
                del items[old]
            items[new] = item
        self._remember(logits, new)
        return True

    def expire(self) -> int:
        """Delete what is older than it may get; return how many segments that were.

        What was kept while the clock was ahead counts as kept now, so that it does not stay
        longer.  Where the index cannot be understood the age of the files decides.
        """
        now, old = self._clock(), 0
        try:
            with self._collection.edit() as items:
                files = self._collection.files()
                for item in list(items.values()):
                    if now - item.stored > self._retention or not files.issuperset(item.files):
                        del items[item.id]
                        old += 1
                    elif item.stored > now:
                        items[item.id] = replace(item, stored=now)
            self._collection.sweep()
        except ValueError:
            self._collection.delete_older(now - self._retention)
            raise
        return old

    def _displaced(self, logits: Logits, entropy: float, items: Mapping[str, Item]
                   ) -> list[str] | None:
        """Return the ids of the segments that this one takes the place of, None for no place."""
        twin = self._overlapping(logits, items)
        if twin is not None:
            better = not twin.label and entropy > twin.entropy
            return [twin.id] if better else None
        if len(items) < self._capacity:
            return []
        unlabelled = sorted((item for item in items.values() if not item.label),
                            key=lambda item: item.entropy)
        over = unlabelled[:len(items) - self._capacity + 1]
        if len(items) - len(over) >= self._capacity or over[-1].entropy >= entropy:
            return None
        return [item.id for item in over]

    def _overlapping(self, logits: Logits, items: Mapping[str, Item]) -> Item | None:
        last = self._last.get((logits.modality, logits.person_id))
        if (last is None or last.stamp <= logits.stamp - logits.window
                or logits.stamp <= last.start):
            return None
        return items.get(last.id)

    def _remember(self, logits: Logits, name: str) -> None:
        whose = logits.modality, logits.person_id
        self._last[whose] = _Kept(logits.stamp - logits.window, logits.stamp, name)
        self._last.move_to_end(whose)
        if len(self._last) > PEOPLE:
            self._last.popitem(last=False)

    def _store(self, name: str, logits: Logits, entropy: float) -> Item:
        write = self._collection.write
        features = self._seen(logits)
        kept = '' if features is None else write(f'{name}.npz', _npz(features))
        media = [] if logits.media is None or not self._media else [
            write(f'{name}.{kind}', content) for kind, content in _contents(logits.media).items()]
        return Item(
            id=name, stamp=logits.stamp, modality=logits.modality, person_id=logits.person_id,
            model=logits.model, label='', predicted=logits.labels[int(np.argmax(logits.logits))],
            entropy=entropy,
            uncertainty=round(float(fuse({logits.modality: logits.logits}).uncertainty), 6),
            features=kept, media=' '.join(media), stored=self._clock())


def _npz(features: NDArray[np.float32]) -> bytes:
    file = io.BytesIO()
    np.savez(file, features=np.asarray(features, dtype=np.float32))
    return file.getvalue()


def _contents(media: Media) -> dict[str, bytes]:
    """Return the files of media by the end of their names."""
    found = {}
    if media.picture is not None:
        done, jpeg = cv2.imencode('.jpg', cv2.cvtColor(media.picture, cv2.COLOR_RGB2BGR))
        assert done, 'a picture with pixels can be encoded'
        found['jpg'] = jpeg.tobytes()
    if media.sound is not None:
        found['wav'] = _wav(media.sound, media.sample_rate)
    if media.words is not None:
        found['txt'] = media.words.encode()
    return found


def _wav(sound: NDArray[np.float32], sample_rate: int) -> bytes:
    if sample_rate != SAMPLE_RATE:
        sound = soxr.resample(sound, sample_rate, SAMPLE_RATE)
    file = io.BytesIO()
    with wave.open(file, 'wb') as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(SAMPLE_RATE)
        writer.writeframes(np.round(np.clip(sound, -1.0, 1.0) * 32767.0).astype('<i2').tobytes())
    return file.getvalue()
