"""What a bag holds of evidence that was perceived while it was recorded."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mer_ros.bags import BagReader
from mer_ros.data import BadInput, Emotion, Logits, Observation, Speaker
from mer_ros.engines.fused_stream import FusedStream
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline import MODALITIES
from mer_ros.messages.conversions import logits_from, speaker_from, voice_activity_from
from mer_ros.remarks import Remarks
from mer_ros.spilled import Spilled

READERS: dict[str, Callable[[Any], Observation | Speaker]] = {
    'mer_ros/msg/ModalityLogits': logits_from, 'mer_ros/msg/ActiveSpeaker': speaker_from,
    'mer_ros/msg/VoiceActivity': voice_activity_from}
"""How the messages of each type are read."""


class BagLogits:
    """The logits in a bag of whatever modality, who was the active speaker, when there was a voice.

    ``logits`` holds them as they were received, maybe none, read from a file each time; ``remarks``
    tells what could not be used.  ``modalities`` are those of the logits, the ones of this package
    first; ``origin`` is when the earliest evidence began, and ``end`` when the newest was, in
    nanoseconds, both 0 where there is none.

    Args:
        path: the bag.
        wanted: the topic of each modality that is used alone, '' for none; all others by default.

    Raises:
        BagError: the bag cannot be read.
    """

    def __init__(self, path: Path, wanted: Mapping[str, str] | None = None) -> None:
        self.remarks = Remarks()
        wanted = wanted or {}
        self.logits: Spilled[Logits] = Spilled()
        self._others: Spilled[Observation | Speaker] = Spilled()
        stamps, are_logits, names, self.origin, self.end = array('q'), array('b'), set(), 0, 0
        with BagReader(path) as reader:
            topics = [topic.name for topic in reader.topics
                      if topic.msgtype in READERS and topic.count]
            for message, content in reader.decoded(topics=topics) if topics else ():
                try:
                    item = READERS[message.msgtype](content)
                except BadInput as error:
                    self.remarks.count(error.reason, f'{message.topic}: {error}')
                    continue
                if not isinstance(item, Logits):
                    self._others.extend([item])
                elif message.topic == wanted.get(item.modality, message.topic):
                    begin = item.stamp - item.window
                    self.origin = min(self.origin, begin) if self.logits else begin
                    self.end = max(self.end, item.stamp)
                    names.add(item.modality)
                    self.logits.extend([item])
                else:
                    self.remarks.count('not_wanted', (
                        f'{message.topic} is not what was asked for of {item.modality}'))
                    continue
                stamps.append(item.stamp)
                are_logits.append(isinstance(item, Logits))
            for topic, number in reader.skipped.items():
                self.remarks.count('undecodable', f'{topic}: {reader.first_skipped[topic]}', number)
            for note in reader.notes:
                self.remarks.note(note)
        self.modalities: Sequence[str] = [
            *(name for name in MODALITIES if name in names), *sorted(names - {*MODALITIES})]
        self._are_logits = np.asarray(are_logits, np.bool_)
        # Whom the robot talked with at a moment is known before what was said then.
        self._order = np.lexsort((self._are_logits, np.asarray(stamps)))

    def states(self, fusion: FusionSettings) -> Iterator[Emotion]:
        """Yield what the fusion node makes of them in event time."""
        stream = FusedStream(FusionEngine(modalities=self.modalities, fusion=fusion))
        for item in self._items():
            if isinstance(item, Speaker):
                stream.note_speaker(item)
                continue
            try:
                yield from stream.add([item], item.stamp)
            except BadInput as error:
                self.remarks.count(error.reason, str(error))
        yield from stream.end(())
        stream.tell(self.remarks)

    def _items(self) -> Iterator[Observation | Speaker]:
        """Yield all that was received, in the order of the stamps."""
        places = np.where(self._are_logits, np.cumsum(self._are_logits),
                          np.cumsum(~self._are_logits)) - 1
        for index in self._order:
            yield (self.logits if self._are_logits[index] else self._others)[places[index]]
