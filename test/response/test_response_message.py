"""A response as a message of a bag, and back."""

import numpy as np

from mer_ros.bags import BagReader, BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.data import Emotion, nanoseconds, Response
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import response_from


def test_a_response_survives_a_bag_unchanged(tmp_path):
    stamp = nanoseconds(1000.5)
    values = np.full(7, 1 / 7)
    emotion = Emotion(
        stamp=stamp, window_start=stamp, person_id='ana', label='sadness', confidence=0.5,
        uncertainty=0.25, conflict=0.125, labels=EMOTIONS, belief=values, probability=values,
        alpha=values, frame_id='camera')
    with BagWriter(tmp_path / 'bag') as writer:
        writer.write('/response_details', to_message(
            Response(emotion, 'Wie geht es Ihnen?', 'de', 'template')), stamp)
    with BagReader(tmp_path / 'bag') as reader:
        ((_, message),) = reader.decoded()
    assert message.header == message.emotion.header
    found = response_from(message)
    assert (found.text, found.language, found.source) == ('Wie geht es Ihnen?', 'de', 'template')
    assert (found.stamp, found.person_id, found.frame_id) == (stamp, 'ana', 'camera')
    assert (found.emotion.label, found.emotion.conflict) == ('sadness', 0.125)
