"""What a bag holds for the engines, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from mer_ros.bags import BagError, BagReader
from mer_ros.bags.reader import BagMessage
from mer_ros.data import AudioBlock, BadInput
from mer_ros.engines.pipeline import Input
from mer_ros.messages.adapters import audio_from, MODALITY_OF_TYPE, words_from
from mer_ros.messages.conversions import image_from
from mer_ros.perception.mute import Mute
from mer_ros.perception.sound import PcmDecoder

ROBOT_SPEAKING = 'robot_speaking'
"""The last part of the name of the topic that tells when the robot itself talks."""


class BagInputs:
    """The inputs in a bag, in the order in which they were received.

    ``topics`` names the one topic that is used of each modality, ``skipped`` counts by reason
    what was not used when the inputs were last read: ``robot_speaking`` is sound that may be the
    robot's own, by the topics of that name.

    Raises:
        BagError: the bag cannot be read, or holds nothing that can be perceived.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.skipped: Counter[str] = Counter()
        self.topics: dict[str, str] = {}
        types = list(MODALITY_OF_TYPE)
        with BagReader(path) as reader:
            self._robot = [topic.name for topic in reader.topics
                           if topic.name.rpartition('/')[2] == ROBOT_SPEAKING
                           and topic.msgtype == 'std_msgs/msg/Bool']
            usable = [topic for topic in reader.topics if topic.msgtype in types and topic.count]
            for topic in sorted(usable, key=lambda topic: (types.index(topic.msgtype),
                                                           -topic.count)):
                self.topics.setdefault(MODALITY_OF_TYPE[topic.msgtype], topic.name)
            if not self.topics:
                raise BagError(f'{path} holds nothing that can be perceived; it has '
                               f'{sorted((topic.name, topic.msgtype) for topic in reader.topics)}, '
                               f'needed is one of {types}')

    def read(self, modalities: Collection[str]) -> Iterator[Input]:
        """Yield the inputs of some modalities; what cannot be used is counted and left out."""
        self.skipped.clear()
        decoder, mute = PcmDecoder(), Mute()
        with BagReader(self.path) as reader:
            for message, content in reader.decoded(
                    topics=[*(self.topics[name] for name in modalities), *self._robot]):
                if message.topic in self._robot:
                    mute.tell(message.stamp, speaking=content.data)
                    continue
                try:
                    item = _item(message, content, decoder)
                except BadInput as error:
                    self.skipped[error.reason] += 1
                    continue
                if isinstance(item, AudioBlock) and mute.covers(item.stamp, item.end):
                    self.skipped[ROBOT_SPEAKING] += 1
                elif item is not None:
                    yield item
            self.skipped['undecodable'] += sum(reader.skipped.values())


def _item(message: BagMessage, content: Any, decoder: PcmDecoder) -> Input | None:
    """Return an input; None where nothing final was said."""
    modality = MODALITY_OF_TYPE[message.msgtype]
    if modality == 'face':
        return image_from(content)
    if modality == 'speech':
        return audio_from(content, decoder, kind=message.msgtype, arrival=message.stamp)
    return words_from(content, kind=message.msgtype, arrival=message.stamp)
