"""What a recorded topic is published with when it is replayed."""

from collections.abc import Callable, Iterable

from rclpy.qos import QoSDurabilityPolicy, QoSProfile, QoSReliabilityPolicy
from rosbags.interfaces import Qos, QosDurability, QosReliability

from mer_ros.bags import BagReader, BagTopic
from mer_ros.messages.adapters import MODALITY_OF_TYPE
from mer_ros.nodes.base.typed_topic import message_class

CLOCK_TOPIC = '/clock'

_UNLATCHED_DEPTH = 100

LOGITS, _SPEAKER = 'mer_ros/msg/ModalityLogits', 'mer_ros/msg/ActiveSpeaker'
_VOICE = 'mer_ros/msg/VoiceActivity'


def inputs(topics: Iterable[BagTopic]) -> list[str]:
    """Return the names of the topics that the graph listens to and does not publish itself.

    Those are images, sound, words, whether the robot speaks, and the logits of each modality (and
    the active speaker, and when there was a voice) that the bag holds no input of.
    """
    found = [topic for topic in topics if topic.count]
    perceived = {MODALITY_OF_TYPE[topic.msgtype] for topic in found
                 if topic.msgtype in MODALITY_OF_TYPE}

    def wanted(topic: BagTopic) -> bool:
        *_, modality, name = ('', '', *topic.name.split('/'))
        if topic.msgtype == LOGITS:
            return modality not in perceived
        if topic.msgtype == _VOICE:
            return 'speech' not in perceived
        if topic.msgtype == _SPEAKER:
            return 'face' not in perceived
        return topic.msgtype in MODALITY_OF_TYPE or name == 'robot_speaking'

    return sorted({topic.name for topic in found if wanted(topic)})


def obstacle(topic: BagTopic, bag: BagReader, *, clock: bool) -> str:
    """Say why a topic cannot be replayed; '' when it can.  ``clock``: /clock is published too."""
    if not topic.count:
        return 'it has no messages'
    if topic.name == CLOCK_TOPIC and clock:
        return 'this node publishes the clock itself (parameter "clock")'
    if bag.redefines(topic.msgtype) and not bag.is_outdated(topic.msgtype):
        return f'it was recorded with another definition of {topic.msgtype}'
    try:
        message_class(topic.msgtype)
    except ImportError as error:
        return str(error)
    return ''


def offered_qos(topic: BagTopic, *, reliable: bool = False) -> QoSProfile:
    """Return the QoS to publish a topic with: as recorded, else RELIABLE and VOLATILE.

    Where several publishers were recorded, none is promised more than the least of them offered.
    A topic that is not latched keeps a longer history than it was recorded with, because replay
    may publish faster than a subscriber takes.  With ``reliable`` it is RELIABLE in any case.
    """
    def every(test: Callable[[Qos], bool]) -> bool:
        return bool(topic.qos) and all(map(test, topic.qos))

    latched = every(lambda qos: qos.durability is QosDurability.TRANSIENT_LOCAL)
    reliable = reliable or not topic.qos or every(
        lambda qos: qos.reliability is not QosReliability.BEST_EFFORT)
    return QoSProfile(
        depth=max(1, *(qos.depth for qos in topic.qos)) if latched else _UNLATCHED_DEPTH,
        reliability=(QoSReliabilityPolicy.RELIABLE if reliable
                     else QoSReliabilityPolicy.BEST_EFFORT),
        durability=(QoSDurabilityPolicy.TRANSIENT_LOCAL if latched
                    else QoSDurabilityPolicy.VOLATILE))
