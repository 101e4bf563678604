"""What the graph perceives, as a bag holds it."""

from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.writer import BagWriter
from mer_ros.data import AudioBlock, CameraImage, NANOSECONDS, Words

IMAGE_TOPIC = '/image/compressed'
AUDIO_TOPIC = '/audio'
TRANSCRIPT_TOPIC = '/transcript'

BAG_START = 1_000_000_000 * NANOSECONDS
"""Event time (ns) of the first moment of a media file: fixed, so that the same file always gives
the same bag; and not 0, which in ROS means that there is no time yet."""


def write_input(bag: BagWriter, item: CameraImage | AudioBlock | Words) -> str:
    """Write an item to the topic on which the graph listens for it, and return that topic.

    It counts as received when it was complete: a block of sound at its end.
    """
    if isinstance(item, CameraImage):
        topic, received = IMAGE_TOPIC, item.stamp
    elif isinstance(item, AudioBlock):
        topic, received = AUDIO_TOPIC, item.end
    else:
        topic, received = TRANSCRIPT_TOPIC, item.stamp
    bag.write(topic, to_message(item), received)
    return topic
