"""What a bag holds of evidence that was perceived while it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mer_ros.bags import BagReader
from mer_ros.data import BadInput, Emotion, Logits, Observation, Speaker
from mer_ros.engines.fused_stream import FusedStream
from mer_ros.engines.fusion import FusionEngine
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline import MODALITIES
from mer_ros.messages.conversions import logits_from, speaker_from, voice_activity_from
from mer_ros.remarks import Remarks

READERS: dict[str, Callable[[Any], Observation | Speaker]] = {
    'mer_ros/msg/ModalityLogits': logits_from, 'mer_ros/msg/ActiveSpeaker': speaker_from,
    'mer_ros/msg/VoiceActivity': voice_activity_from}
"""How the messages of each type are read."""


class BagLogits:
    """The logits in a bag of whatever modality, who was the active speaker, when there was a voice.

    ``logits`` holds them as they were received, maybe none; ``remarks`` tells what could not be
    used.

    Args:
        path: the bag.
        wanted: the topic of each modality that is used alone, '' for none; all others by default.

    Raises:
        BagError: the bag cannot be read.
    """

    def __init__(self, path: Path, wanted: Mapping[str, str] | None = None) -> None:
        self.remarks = Remarks()
        wanted = wanted or {}
        items: list[Observation | Speaker] = []
        with BagReader(path) as reader:
            topics = [topic.name for topic in reader.topics
                      if topic.msgtype in READERS and topic.count]
            for message, content in reader.decoded(topics=topics) if topics else ():
                try:
                    item = READERS[message.msgtype](content)
                except BadInput as error:
                    self.remarks.count(error.reason, f'{message.topic}: {error}')
                    continue
                if not isinstance(item, Logits) or message.topic == wanted.get(
                        item.modality, message.topic):
                    items.append(item)
                else:
                    self.remarks.count('not_wanted', (
                        f'{message.topic} is not what was asked for of {item.modality}'))
            for topic, number in reader.skipped.items():
                self.remarks.count('undecodable', f'{topic}: {reader.first_skipped[topic]}', number)
            for note in reader.notes:
                self.remarks.note(note)
        self.logits = [item for item in items if isinstance(item, Logits)]
        # Whom the robot talked with at a moment is known before what was said then.
        self._items = sorted(items, key=lambda item: (item.stamp, isinstance(item, Logits)))

    @property
    def modalities(self) -> Sequence[str]:
        """The modalities of the logits, those of this package first."""
        names = {item.modality for item in self.logits}
        return [*(name for name in MODALITIES if name in names), *sorted(names - {*MODALITIES})]

    @property
    def origin(self) -> int:
        """When the earliest evidence began, in nanoseconds; 0 when there is none."""
        return min((item.stamp - item.window for item in self.logits), default=0)

    @property
    def end(self) -> int:
        """When the newest evidence was, in nanoseconds; 0 when there is none."""
        return max((item.stamp for item in self.logits), default=0)

    def states(self, fusion: FusionSettings) -> Iterator[Emotion]:
        """Yield what the fusion node makes of them in event time."""
        stream = FusedStream(FusionEngine(modalities=self.modalities, fusion=fusion))
        for item in self._items:
            if isinstance(item, Speaker):
                stream.note_speaker(item)
                continue
            try:
                yield from stream.add([item], item.stamp)
            except BadInput as error:
                self.remarks.count(error.reason, str(error))
        yield from stream.end(())
        stream.tell(self.remarks)
