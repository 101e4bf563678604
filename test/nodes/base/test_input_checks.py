"""What a node says of the time of its input, and of input that comes under another name."""

import pytest

pytest.importorskip('rclpy')

from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import String

from mer_ros.data import nanoseconds
from mer_ros.nodes.face_node import FaceNode
from mer_ros.nodes.text_node import TextNode


def says(node, *ages, name='image'):
    """Return the report of a node that took in inputs of these ages in seconds."""
    for age in ages:
        node.note_age(name, node.now - nanoseconds(age))
    return node._report()[:2]


@pytest.mark.parametrize(('age', 'words'), [
    (3600.0, 'image is 3600.0 s old: synchronise the clocks, check use_sim_time'),
    (-3600.0, 'image is stamped 3600.0 s in the future: synchronise the clocks, check use_sim'),
    (-0.7, 'image is stamped 0.7 s in the future')])
def test_stamps_of_another_clock_are_a_warning_that_says_by_how_much(
        graph, tiny, capfd, age, words):
    level, message = says(tiny, age, age, 0.0, name='image')
    assert level == 'warn'
    assert words in message
    assert words in capfd.readouterr().err
    assert says(tiny) == ('ok', 'perceiving'), 'it ends when no such input comes any more'


def test_usual_delays_and_single_odd_stamps_are_no_trouble(tiny):
    assert says(tiny, 1.5, 1.5, 3600.0) == ('ok', 'perceiving')
    assert says(tiny, -0.2, 0.0) == ('ok', 'perceiving')


def test_each_input_is_judged_on_its_own(tiny):
    for _ in range(9):
        tiny.note_age('audio', tiny.now)
    assert 'image is 60.0 s old' in says(tiny, 60.0)[1]


@pytest.mark.parametrize('name', ['transcript', 'logits', 'features'])
def test_what_is_told_of_when_it_is_over_may_be_old_and_not_from_the_future(tiny, name):
    assert says(tiny, 30.0, name=name) == ('ok', 'perceiving')
    assert f'{name} is stamped 30.0 s in the future' in says(tiny, -30.0, name=name)[1]


def test_input_that_waited_for_the_model_is_not_blamed_on_the_clocks(graph, tiny):
    for words in ('wait', 'a', 'b'):
        tiny.hear(words)
        graph.wait(lambda: tiny.begun.is_set(), 'the model to begin')
    assert 'image is 5.0 s old: the node cannot keep up' in says(tiny, 5.0)[1]


def test_simulated_time_that_nobody_tells_is_a_warning(graph, tiny_node):
    node = graph.start(tiny_node, use_sim_time=True)
    level, message = says(node, 0.0)
    assert level == 'warn'
    assert message.startswith('no /clock: use_sim_time is true')
    assert 'future' not in message
    clock = graph.publisher(Clock, '/clock')
    clock.publish(Clock(clock=Time(seconds=100).to_msg()))
    graph.wait(lambda: node.now, 'the clock')
    assert says(node) == ('ok', 'perceiving')


def test_who_publishes_what_cannot_be_heard_is_named(graph, tiny):
    qos = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    graph.probe.create_publisher(String, 'words', qos)
    graph.told(graph.probe.get_publishers_info_by_topic, '/words', 1)
    graph.wait(lambda: says(tiny)[0] == 'warn', 'the warning')
    message = says(tiny)[1]
    assert 'probe publishes /words with a quality of service that cannot be heard' in message
    assert 'qos_overrides./words.subscription' in message
    graph.publisher(String, 'words')
    assert says(tiny) == ('ok', 'perceiving'), 'somebody is heard'


def test_images_that_come_under_other_names_are_named(graph):
    node = graph.start(FaceNode)
    assert 'no image yet' in node._report()[1]
    assert 'topics of that type' not in node._report()[1], 'its own annotated images are no input'
    graph.probe.create_publisher(CompressedImage, 'packed', 1)
    graph.probe.create_subscription(Image, 'wanted', print, 1)
    graph.probe.create_publisher(Image, 'rear', 1)
    graph.probe.create_publisher(Image, '/camera/color/image_raw', 1)
    named = ('no image yet (nothing on /image; topics of that type: /camera/color/image_raw, '
             '/rear: remap, as with `-r image:=/camera/color/image_raw`, or set image_topic')
    graph.wait(lambda: named in node._report()[1], 'the names')


def test_of_many_names_some_are_listed(graph):
    node = graph.start(FaceNode)
    for number in range(7):
        graph.probe.create_publisher(Image, f'camera_{number}', 1)
    graph.wait(lambda: '/camera_3, /camera_4 and 2 more:' in node._report()[1], 'the names')


def test_words_that_come_under_other_names_are_named_and_the_replies_of_the_robot_are_not(graph):
    node = graph.start(TextNode)
    graph.probe.create_publisher(String, 'response', 1)
    graph.probe.create_publisher(String, 'heard', 1)
    graph.wait(lambda: 'nobody publishes transcript (nothing on /transcript; topics of that type: '
               '/heard: remap' in node._report()[1], 'the name')
