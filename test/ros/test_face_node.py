"""The face node in a live graph, on real and on broken images."""

import cv2
import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import ActiveSpeaker, ModalityLogits
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CompressedImage, Image

from mer_ros.emotions import EMOTIONS
from mer_ros.nodes.face_node import FaceNode

EVERY_IMAGE = {'every': 1, 'selection': 'off', 'look_rate': 0.0}


def image(graph, pixels, encoding='rgb8'):
    pixels = np.ascontiguousarray(pixels)
    message = Image(height=pixels.shape[0], width=pixels.shape[1], encoding=encoding,
                    step=pixels.strides[0])
    message.data.frombytes(pixels.tobytes())
    message.header.stamp = graph.probe.get_clock().now().to_msg()
    message.header.frame_id = 'camera_optical'
    return message


def refused(node):
    return {name.removeprefix('refused.') for name in node.meter.read(0.0).totals
            if name.startswith('refused.')}


def test_a_face_becomes_logits_stamped_with_the_time_of_the_image(graph, portrait):
    graph.start(FaceNode, **EVERY_IMAGE)
    logits = graph.collect(ModalityLogits, 'face/logits')
    message = image(graph, portrait)

    graph.publisher(Image, 'image').publish(message)
    graph.wait(lambda: logits, 'logits')

    assert logits[0].header == message.header
    assert (logits[0].modality, list(logits[0].labels)) == ('face', list(EMOTIONS))
    assert np.isfinite(logits[0].logits).all()
    assert 0.0 < logits[0].quality <= 1.0


@pytest.mark.parametrize('encoding', ['bgr8', 'rgba8', 'bgra8', 'mono8'])
def test_every_common_encoding_gives_nearly_the_same_scores(graph, portrait, encoding):
    convert = {'bgr8': cv2.COLOR_RGB2BGR, 'rgba8': cv2.COLOR_RGB2RGBA,
               'bgra8': cv2.COLOR_RGB2BGRA, 'mono8': cv2.COLOR_RGB2GRAY}
    graph.start(FaceNode, **EVERY_IMAGE)
    logits = graph.collect(ModalityLogits, 'face/logits')
    topic = graph.publisher(Image, 'image')

    topic.publish(image(graph, portrait))
    graph.wait(lambda: len(logits) == 1, 'logits of rgb8')
    later = image(graph, cv2.cvtColor(portrait, convert[encoding]), encoding)
    later.header.stamp.sec += 1  # when faces are searched for again, not followed
    topic.publish(later)
    graph.wait(lambda: len(logits) == 2, f'logits of {encoding}')

    # Without colour the detector may draw the box a pixel elsewhere.
    atol = 0.5 if encoding == 'mono8' else 1e-6
    np.testing.assert_allclose(logits[1].logits, logits[0].logits, atol=atol)


def test_compressed_images_are_taken_when_asked_for(graph, portrait):
    graph.start(FaceNode, image_transport='compressed', **EVERY_IMAGE)
    logits = graph.collect(ModalityLogits, 'face/logits')
    topic = graph.publisher(CompressedImage, 'image/compressed', qos_profile_sensor_data)
    message = CompressedImage(format='jpeg')
    message.header.stamp = graph.probe.get_clock().now().to_msg()
    message.data.frombytes(
        cv2.imencode('.jpg', cv2.cvtColor(portrait, cv2.COLOR_RGB2BGR))[1].tobytes())
    topic.publish(message)
    graph.wait(lambda: logits, 'logits')


def test_images_on_the_other_transport_are_pointed_out(graph):
    node = graph.start(FaceNode)
    graph.probe.create_publisher(CompressedImage, 'image/compressed', 10)
    graph.wait(lambda: 'set image_transport to compressed' in node._report()[1], 'the hint')


def test_of_every_five_images_one_is_evaluated(graph, portrait):
    node = graph.start(FaceNode, selection='off')
    logits = graph.collect(ModalityLogits, 'face/logits')
    topic = graph.publisher(Image, 'image')
    for number in range(10):
        topic.publish(image(graph, portrait))
        graph.wait(lambda number=number: node.meter.read(0.0).totals['received'] > number,
                   'the image')
        graph.settle(0.1)
    graph.wait(lambda: len(logits) == 2, 'two results')


def wrong_encoding(message):
    message.encoding = 'yuv999'


def truncated(message):
    message.data = message.data[:1000]


def no_pixels(message):
    message.height = message.width = message.step = 0
    message.data = message.data[:0]


def lying_about_its_size(message):
    message.height = 2**31
    message.width = 2**31


def unstamped(message):
    message.header.stamp.sec = message.header.stamp.nanosec = 0


@pytest.mark.parametrize('spoil', [
    wrong_encoding, truncated, no_pixels, lying_about_its_size, unstamped])
def test_broken_images_are_counted_and_the_next_good_one_is_seen(graph, portrait, spoil):
    node = graph.start(FaceNode, **EVERY_IMAGE)
    logits = graph.collect(ModalityLogits, 'face/logits')
    topic = graph.publisher(Image, 'image')
    bad = image(graph, portrait)
    spoil(bad)

    topic.publish(bad)
    graph.wait(lambda: refused(node), 'the refusal')
    assert logits == []

    topic.publish(image(graph, portrait))
    graph.wait(lambda: logits, 'logits of the good image')
    assert node.meter.read(0.0).totals['errors'] == 0


def test_a_broken_jpeg_is_counted(graph):
    node = graph.start(FaceNode, image_transport='compressed', **EVERY_IMAGE)
    topic = graph.publisher(CompressedImage, 'image/compressed', qos_profile_sensor_data)
    message = CompressedImage(format='jpeg', data=b'\xff\xd8 not a picture')
    message.header.stamp = graph.probe.get_clock().now().to_msg()
    topic.publish(message)
    graph.wait(lambda: refused(node) == {'undecodable'}, 'the refusal')


def test_an_image_without_a_face_gives_no_logits_but_a_count(graph):
    node = graph.start(FaceNode, **EVERY_IMAGE)
    logits = graph.collect(ModalityLogits, 'face/logits')
    graph.publisher(Image, 'image').publish(image(graph, np.full((240, 320, 3), 90, np.uint8)))
    graph.wait(lambda: node.engine.counts['no_face'], 'the count')
    assert logits == []


def test_a_model_that_fails_is_an_error_in_diagnostics_and_the_node_goes_on(graph, portrait):
    node = graph.start(FaceNode, **EVERY_IMAGE)
    logits = graph.collect(ModalityLogits, 'face/logits')
    topic = graph.publisher(Image, 'image')
    detect = node.engine._detector.detect

    def fail(pixels):
        node.engine._detector.detect = detect
        raise RuntimeError('the accelerator is gone')

    node.engine._detector.detect = fail
    topic.publish(image(graph, portrait))
    graph.wait(lambda: node.meter.read(0.0).totals['errors'], 'the error')
    assert 'the accelerator is gone' in node.faults.last
    topic.publish(image(graph, portrait))
    graph.wait(lambda: logits, 'logits of the next image')


def test_twice_around_the_lifecycle_leaves_nothing_behind(graph, portrait):
    import threading

    node = graph.add(FaceNode, **EVERY_IMAGE)
    threads = threading.active_count()
    for _ in range(2):
        assert node.autostart()
        logits = graph.collect(ModalityLogits, 'face/logits')
        graph.publisher(Image, 'image').publish(image(graph, portrait))
        graph.wait(lambda logits=logits: logits, 'logits')
        node.trigger_deactivate()
        node.trigger_cleanup()
        assert threading.active_count() == threads
        assert node.engine is None
        graph.told(node.get_subscriptions_info_by_topic, '/image', 0)
        graph.told(node.get_publishers_info_by_topic, '/face/logits', 0)


def test_diagnostics_say_how_old_images_are_when_work_on_them_begins(graph, portrait):
    node = graph.start(FaceNode, **EVERY_IMAGE)
    logits = graph.collect(ModalityLogits, 'face/logits')
    message = image(graph, portrait)
    message.header.stamp.sec -= 2
    graph.publisher(Image, 'image').publish(message)
    graph.wait(lambda: logits, 'logits')
    assert node.meter.read(0.0).age_ms > 2000.0


def test_of_many_people_each_face_has_a_name_and_the_nearest_is_the_active_speaker(
    graph, portrait
):
    graph.start(FaceNode, people='many', **EVERY_IMAGE)
    found = graph.collect(ModalityLogits, 'face/logits')
    speakers = graph.collect(ActiveSpeaker, 'active_speaker')
    small = cv2.resize(portrait, None, fx=0.6, fy=0.6)
    both = np.full((portrait.shape[0], portrait.shape[1] + small.shape[1], 3), 128, np.uint8)
    both[:, :portrait.shape[1]] = portrait
    both[:small.shape[0], portrait.shape[1]:] = small
    message = image(graph, both)
    graph.publisher(Image, 'image').publish(message)
    graph.wait(lambda: len(found) == 2 and speakers, 'the evidence of both faces')
    assert {logits.person_id for logits in found} == {'face_1', 'face_2'}
    assert speakers[0].header == message.header
    assert speakers[0].person_id in {'face_1', 'face_2'}


def test_an_annotated_image_is_published_while_somebody_looks(graph, portrait):
    graph.start(FaceNode, every=1)
    source = graph.publisher(Image, 'image')
    annotated = graph.collect(Image, 'face_node/annotated')
    message = image(graph, portrait)

    source.publish(message)
    graph.wait(lambda: annotated, 'the annotated image')

    assert annotated[0].header == message.header
    assert (annotated[0].encoding, annotated[0].width) == ('rgb8', message.width)
    drawn = np.frombuffer(annotated[0].data, np.uint8).reshape(portrait.shape)
    assert 0.01 < np.any(drawn != portrait, axis=2).mean() < 0.5


def test_of_several_cameras_each_has_a_modality_and_names_of_its_own(graph, portrait):
    graph.start(FaceNode, modality='face_left', person_prefix='left_', people='many',
                **EVERY_IMAGE)
    found = graph.collect(ModalityLogits, 'face_left/logits')
    graph.publisher(Image, 'image').publish(image(graph, portrait))
    graph.wait(lambda: found, 'the evidence')
    assert (found[0].modality, found[0].person_id) == ('face_left', 'left_face_1')


def test_a_modality_that_cannot_be_a_topic_is_refused(graph):
    node = graph.add(FaceNode, modality='face left')
    assert not node.autostart()


def test_diagnostics_say_how_small_a_face_is_found(graph):
    node = graph.start(FaceNode, detector='haar', **EVERY_IMAGE)
    grey = np.full((1080, 1920, 3), 99, np.uint8)
    graph.publisher(Image, 'image').publish(image(graph, grey))
    graph.wait(lambda: node.engine.counts['no_face'], 'the image to be searched')
    assert node.describe(node.meter.read(0.0))['smallest face (px)'] == 120
