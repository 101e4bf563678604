"""Which topics of a bag are what the robot saw, heard and was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
import re
from typing import Any

import numpy as np
from rosbags.interfaces import QosDurability

from mer_ros.bags.errors import BagError
from mer_ros.bags.reader import BagMessage, BagReader, BagTopic
from mer_ros.data import BadInput
from mer_ros.messages.adapters import MODALITY_OF_TYPE
from mer_ros.messages.sound_reader import SoundReader
from mer_ros.perception.images import canonical, to_rgb

PROBED = 5
"""How many messages of a topic are looked at."""

_TYPES = list(MODALITY_OF_TYPE)
_STRING = 'std_msgs/msg/String'
_MEDIA_TYPE = re.compile('image|video|packet|audio|sound|speech|transcri|utter', re.IGNORECASE)
_SPEAKING = 'std_msgs/msg/Bool'

_COLOUR = {'color', 'colour', 'rgb', 'bgr'}
_USUAL = {'raw', 'image', 'main', 'front', 'head', 'face'}
_UNUSUAL = {'left': 1, 'right': 1, 'ir': 2, 'infra': 2, 'infra1': 2, 'infra2': 2, 'infrared': 2,
            'fisheye': 2, 'rear': 2, 'back': 2, 'down': 2, 'bottom': 2, 'floor': 2, 'wrist': 2,
            'gripper': 2, 'thermal': 3, 'annotated': 3, 'debug': 3, 'overlay': 3, 'result': 3,
            'visualization': 3, 'viz': 3, 'detections': 3}
_NO_PICTURE = {'depth', 'compresseddepth', 'disparity', 'mask', 'masks', 'heatmap', 'heat',
               'segmentation', 'semantic', 'label', 'labels', 'costmap', 'map', 'flow', 'range'}
_CAMERA = {'camera', 'cam', 'sensor', 'kinect', 'realsense'}

_WORDS = {'asr', 'stt', 'said', 'nlu', 'nlp', 'vosk', 'heard'}
_MAYBE_WORDS = {'text', 'word', 'words', 'speech', 'user', 'human', 'chat'}
"""What is said may be said by the robot, or not at all: such a name goes after a better one."""

_WORDY = ('transcri', 'recogni', 'utter', 'voice', 'dialog', 'caption', 'subtitle', 'sentence',
          'spoken', 'conversation', 'whisper', 'sphinx', 'hypothes', 'phrase', 'verbal', 'listen')
_NO_WORDS = {'rosout', 'tts', 'say', 'speak', 'robot', 'response', 'reply', 'answer', 'status',
             'state', 'event', 'log', 'debug', 'description', 'config', 'mode', 'diagnostics',
             'json', 'partial', 'interim', 'incremental'}
_LONGEST = 4000
_LOOKED_AT = 96
"""So many rows and columns of a picture are looked at, at most."""

_CLASSES = 8
"""A picture of at most so many colours is a mask."""

_Sample = tuple[BagMessage, Any]


@dataclass(frozen=True, slots=True)
class PassedTopic:
    """A topic that could have been input of a modality, and why it was not taken."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """The topic that was ``taken`` of each modality, and those that were ``passed`` over."""

    taken: Mapping[str, BagTopic]
    passed: Sequence[PassedTopic]

    @property
    def names(self) -> dict[str, str]:
        """The names of the taken topics, by modality."""
        return {modality: topic.name for modality, topic in self.taken.items()}

    def lines(self) -> list[str]:
        """Return a line for each taken topic, then one for each that was passed over."""
        return [*(f'{modality} from {topic.name} ({topic.msgtype}, {topic.count} messages)'
                  for modality, topic in self.taken.items()),
                *(f'not taken: {passed.name}: {passed.reason}' for passed in self.passed)]


def parse_topics(options: Sequence[str]) -> dict[str, str]:
    """Read options such as ``face=/camera/image_raw``; ``face=`` switches the modality off."""
    wanted: dict[str, str] = {}
    for option in options:
        modality, equals, topic = option.partition('=')
        if not (modality and equals) or modality in wanted:
            raise ValueError(f'the topic {option!r} cannot be used; write MODALITY=/TOPIC, each '
                             f'modality once, such as face=/camera/image_raw, or face= for none')
        wanted[modality] = topic
    return wanted


def choose_topics(reader: BagReader, wanted: Mapping[str, str] | None = None) -> TopicChoice:
    """Choose the topic of each modality that is most likely input of the robot's senses.

    The first messages of each candidate are looked at: pictures must show something (no depth),
    text must be words (no URDF, JSON or chatter of machines).  Colour goes before grey, usual
    names before unusual ones, and the number of messages counts last.

    Args:
        reader: the open bag.
        wanted: topics by modality that are taken instead, '' for none.

    Raises:
        BagError: the bag holds nothing that can be perceived, or a wanted topic is not in it.
    """
    wanted = wanted or {}
    if unknown := sorted(wanted.keys() - set(MODALITY_OF_TYPE.values())):
        raise BagError(f'no input is called {unknown}; known: '
                       f'{sorted(set(MODALITY_OF_TYPE.values()))}')
    taken: dict[str, BagTopic] = {}
    passed: list[PassedTopic] = []
    ranked: dict[str, list[tuple[Sequence[int], BagTopic]]] = {}
    for topic in reader.topics:
        modality = MODALITY_OF_TYPE.get(topic.msgtype)
        if modality is None:
            if _MEDIA_TYPE.search(topic.msgtype.rpartition('/')[2]):
                passed.append(PassedTopic(topic.name, f'the type {topic.msgtype} is not read'))
        elif modality in wanted:
            if wanted[modality] == topic.name:
                taken[modality] = topic
            else:
                passed.append(PassedTopic(topic.name, (
                    f'{wanted[modality]} was asked for' if wanted[modality]
                    else f'{modality} is switched off')))
        else:
            rank, problem = _judge(reader, topic, modality)
            if problem:
                passed.append(PassedTopic(topic.name, problem))
            else:
                ranked.setdefault(modality, []).append((rank, topic))
    for modality, topic_name in wanted.items():
        if topic_name and modality not in taken:
            types = [kind for kind in _TYPES if MODALITY_OF_TYPE[kind] == modality]
            raise BagError(f'{reader.path} has no topic {topic_name} of {modality}; it has '
                           f'{_listed(reader)}, needed is one of {types}')
    for modality in ('face', 'speech', 'text'):
        candidates = sorted(ranked.get(modality, ()),
                            key=lambda pair: (tuple(pair[0]), pair[1].name))
        for index, (_, topic) in enumerate(candidates):
            if not index:
                taken[modality] = topic
            else:
                passed.append(PassedTopic(topic.name, (
                    f'{taken[modality].name} is preferred; --topic {modality}={topic.name} '
                    f'takes it')))
    if not taken:
        reasons = '; '.join(f'{one.name}: {one.reason}' for one in passed)
        raise BagError(f'{reader.path} holds nothing that can be perceived; it has '
                       f'{_listed(reader)}, needed is one of {_TYPES}'
                       + (f' ({reasons})' if reasons else ''))
    order = [name for name in ('face', 'speech', 'text') if name in taken]
    return TopicChoice({name: taken[name] for name in order}, passed)


def speaking_topics(reader: BagReader) -> list[str]:
    """Return the topics that tell when the robot itself talks."""
    return [topic.name for topic in reader.topics
            if topic.name.rpartition('/')[2] == 'robot_speaking' and topic.msgtype == _SPEAKING]


def _listed(reader: BagReader) -> list[tuple[str, str]]:
    return sorted((topic.name, topic.msgtype) for topic in reader.topics)


def _judge(reader: BagReader, topic: BagTopic, modality: str) -> tuple[Sequence[int], str]:
    """Return a rank, least first, and why the topic cannot be taken, '' where it can."""
    if not topic.count:
        return (), 'it has no messages'
    samples = list(islice(reader.decoded(topics=[topic.name]), PROBED))
    if not samples:
        return (), f'none of its {topic.count} messages can be decoded as {topic.msgtype}'
    problem = ''
    try:
        if modality == 'face':
            problem = _no_picture(topic.name)
            rank = _picture_rank(topic, samples)
        elif modality == 'speech':
            sound = SoundReader()
            _first(samples, lambda message, content: sound.read(
                content, kind=message.msgtype, arrival=message.stamp))
            rank = ('tts' in _tokens(topic.name), _TYPES.index(topic.msgtype))
        else:
            if topic.msgtype == _STRING:
                problem = _no_words(topic, [content.data for _, content in samples])
            rank = (_TYPES.index(topic.msgtype), not _says_words(topic.name))
    except BadInput as error:
        return (), str(error)
    if problem:
        return (), f'{problem}; --topic {modality}={topic.name} takes it'
    return (*rank, -topic.count), ''


def _first(samples: Sequence[_Sample], read: Callable[[BagMessage, Any], Any]) -> Any:
    """Return what is read of the first message that can be used; raise as the first one does."""
    failed: list[BadInput] = []
    for message, content in samples:
        try:
            return read(message, content)
        except BadInput as error:
            failed.append(error)
    raise failed[0]


def _tokens(name: str) -> set[str]:
    spaced = re.sub('([a-z0-9])([A-Z])', r'\1_\2', name).lower()
    return {token for token in re.split('[^a-z0-9]+', spaced) if token}


def _no_picture(name: str) -> str:
    """Say why the name of a topic of images says that it shows no people, '' where it may."""
    parts = [_tokens(part) for part in name.split('/')[-3:]]
    # `depth_camera/color` is a camera, of which the colour image is meant.
    said = set[str]().union(*(part for part in parts if not part & _CAMERA))
    found = sorted(said & _NO_PICTURE)
    if found and (not said & _COLOUR or said & {'mask', 'masks', 'heatmap', 'segmentation'}):
        return f'its name says that it is no picture of people ({", ".join(found)})'
    return ''


def _picture_rank(topic: BagTopic, samples: Sequence[_Sample]) -> tuple[int, ...]:
    pixels = _first(samples, lambda _, content: to_rgb(content))
    encoding = getattr(samples[0][1], 'encoding', '')
    grey = (canonical(encoding).startswith('mono') if encoding
            else not np.ptp(pixels, axis=2).any())
    step = 1 + max(pixels.shape[:2]) // _LOOKED_AT
    levels = len(np.unique(pixels[::step, ::step].reshape(-1, 3), axis=0))
    names = _tokens(topic.name)
    unusual = [_UNUSUAL.get(name, 0) for name in names]
    return (1 < levels <= _CLASSES, max(unusual, default=0) > 2, grey,
            sum(unusual) - 2 * bool(names & _COLOUR) - bool(names & _USUAL),
            _TYPES.index(topic.msgtype))


def _says_words(name: str) -> bool:
    return any(token in _WORDS or token.startswith(_WORDY) for token in _tokens(name))


def _no_words(topic: BagTopic, texts: Sequence[str]) -> str:
    """Say why a topic of strings is not what people said, '' where it may be."""
    last = _tokens(topic.name.rpartition('/')[2])
    everywhere = _tokens(topic.name)
    if topic.qos and all(qos.durability is QosDurability.TRANSIENT_LOCAL for qos in topic.qos):
        return 'it is latched, as descriptions and settings are, not words'
    if last & _NO_WORDS or 'tts' in everywhere or 'text_to_speech' in topic.name.lower():
        return f'its name says that nobody said it ({topic.name})'
    if not everywhere & _MAYBE_WORDS and not _says_words(topic.name):
        return 'its name does not say that it holds words that people said'
    if chatter := next(filter(None, map(_chatter, texts)), ''):
        return chatter
    return ''


def _chatter(text: str) -> str:
    """Say what a text is that no person said, '' where one may have."""
    text = text.strip()
    if text[:1] in ('<', '{', '[') and text[-1:] in ('>', '}', ']') and len(text) > 2:
        return f'it holds data, not words ({text[:30]!r}...)'
    if len(text) > _LONGEST:
        return f'a message of {len(text)} characters is no sentence'
    odd = sum(not (character.isalpha() or character.isspace()) for character in text)
    if re.search('[A-Za-z0-9][_=][A-Za-z0-9]', text) or (
            len(text) > 3 and text.isascii() and odd > len(text) / 2):
        return f'it holds what machines tell each other ({text[:30]!r})'
    return ''
