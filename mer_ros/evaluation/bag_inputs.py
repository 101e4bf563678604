"""What a bag holds for the engines, as plain data."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from mer_ros.bags import BagReader
from mer_ros.bags.choose_topics import choose_topics, speaking_topics
from mer_ros.bags.reader import BagMessage
from mer_ros.data import AudioBlock, BadInput, CameraImage, UndecodedImage
from mer_ros.engines.pipeline import Input
from mer_ros.evaluation.clocks import Clocks
from mer_ros.messages.adapters import AUDIO_INFO, MODALITY_OF_TYPE, words_from
from mer_ros.messages.border import stamp_of
from mer_ros.messages.conversions import image_from
from mer_ros.messages.sound_reader import SoundReader
from mer_ros.perception.mute import Mute
from mer_ros.remarks import Remarks

ROBOT_SPEAKING = 'robot_speaking'
"""The reason for which sound is not judged that may be the robot's own, by topics of that name."""


class BagInputs:
    """The inputs in a bag, in the order in which they were received.

    ``topics`` names the one topic that is used of each modality, ``choice`` says why; ``remarks``
    tells what was not used when the inputs were last read, and where clocks disagree.

    Args:
        path: the bag.
        wanted: topics by modality that are used instead of the likely ones, '' for none.
        audio: what the bytes of AudioData are, see `SoundReader`; else what audio_info says.

    Raises:
        BagError: the bag cannot be read, or holds nothing that can be perceived.
    """

    def __init__(self, path: Path, wanted: Mapping[str, str] | None = None,
                 audio: Mapping[str, Any] | None = None) -> None:
        self.path = path
        self.remarks = Remarks()
        self._audio = audio
        with BagReader(path) as reader:
            self.choice = choose_topics(reader, wanted)
            self._robot = speaking_topics(reader)
        self.topics = self.choice.names
        self._info = [topic.name for topic in reader.topics
                      if topic.msgtype == AUDIO_INFO and 'speech' in self.topics
                      and _space(topic.name) == _space(self.topics['speech'])]

    def read(self, modalities: Collection[str], *, decode: bool = True) -> Iterator[Input]:
        """Yield the inputs of some modalities; what cannot be used is remarked and left out.

        Without ``decode`` images come as UndecodedImage, since most are passed over.
        """
        self.remarks.clear()
        sound, mute = SoundReader(self._audio), Mute()
        clocks = Clocks()
        with BagReader(self.path) as reader:
            for _, info in islice(reader.decoded(topics=self._info), 1 if self._info else 0):
                sound.inform(info)
            for message, content in reader.decoded(
                    topics=[*(self.topics[name] for name in modalities), *self._robot]):
                if message.topic in self._robot:
                    mute.tell(message.stamp, speaking=content.data)
                    continue
                try:
                    item = _item(message, content, sound, decode=decode)
                except BadInput as error:
                    self.remarks.count(error.reason, f'{message.topic}: {error}')
                    continue
                if item is None:
                    continue
                clocks.see(message.topic, item, message.stamp)
                if isinstance(item, AudioBlock) and mute.covers_block(item):
                    self.remarks.count(ROBOT_SPEAKING, 'sound may be the robot\'s own')
                    item = replace(item, own=True)
                yield item
            for topic, number in reader.skipped.items():
                self.remarks.count('undecodable', f'{topic}: {reader.first_skipped[topic]}', number)
            for note in (*reader.notes, *clocks.notes()):
                self.remarks.note(note)


def _space(topic: str) -> str:
    return topic.rpartition('/')[0]


def _item(message: BagMessage, content: Any, sound: SoundReader, *, decode: bool
          ) -> Input | None:
    """Return an input; None where nothing final was said."""
    modality = MODALITY_OF_TYPE[message.msgtype]
    if modality == 'face':
        return image_from(content) if decode else UndecodedImage(
            stamp_of(content), partial(_decoded, message.topic, content))
    if modality == 'speech':
        return sound.read(content, kind=message.msgtype, arrival=message.stamp)
    return words_from(content, kind=message.msgtype, arrival=message.stamp)


def _decoded(topic: str, content: Any) -> CameraImage:
    try:
        return image_from(content)
    except BadInput as error:
        raise BadInput(error.reason, f'{topic}: {error}') from error
