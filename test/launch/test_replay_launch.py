"""A bag replayed through the graph by the launch file, with real processes."""

from threading import Thread

import pytest

pytest.importorskip('launch_ros')

from ament_index_python.packages import get_package_share_directory
import launch
from launch.actions import IncludeLaunchDescription, RegisterEventHandler
from launch.event_handlers import OnProcessExit
from launch.launch_description_sources import PythonLaunchDescriptionSource
from mer_ros.msg import EmotionState
from std_msgs.msg import String

from mer_ros.bags import BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.input_bag import BAG_START, write_input
from mer_ros.bags.typestore import typestore
from mer_ros.bags.writer import STORAGES
from mer_ros.data import NANOSECONDS, Words
from mer_ros.messages.conversions import emotion_from

PATIENCE = 100.0

GATE = '/gate'

FILE = f'{get_package_share_directory("mer_ros")}/launch/replay.launch.py'


@pytest.fixture
def bags(tmp_path):
    """Return the same words as bags of either storage."""
    for storage in STORAGES:
        with BagWriter(tmp_path / storage, storage=storage) as bag:
            for second, text in enumerate(('I am so happy today', 'how wonderful', 'I hate you')):
                write_input(bag, Words(BAG_START + second * NANOSECONDS, text))
            bag.write(GATE, typestore().types['std_msgs/msg/String'](data='open'), BAG_START)
    return [tmp_path / storage for storage in STORAGES]


def as_bytes(state):
    """Return the bytes of a state; rclpy would leave what was in memory where it aligns fields."""
    return typestore().serialize_cdr(to_message(emotion_from(state)), 'mer_ros/msg/EmotionState')


def launched(arguments):
    """Run the launch file in this process until it ends; return the exit status of each process."""
    exits = {}
    service = launch.LaunchService(noninteractive=True)
    service.include_launch_description(launch.LaunchDescription([
        RegisterEventHandler(OnProcessExit(on_exit=lambda event, context: exits.update(
            {event.process_name.rpartition('-')[0]: event.returncode}))),
        IncludeLaunchDescription(
            PythonLaunchDescriptionSource(FILE), launch_arguments=arguments.items()),
    ]))
    assert service.run() == 0
    return exits


def test_bags_of_both_storages_run_through_the_graph_exactly_and_end_it(
        graph, bags, tmp_path, monkeypatch):
    monkeypatch.setenv('ROS_LOG_DIR', str(tmp_path / 'log'))

    def listen():
        """Collect the states of one launch; the bag waits until somebody listens to the gate."""
        heard = graph.collect(EmotionState, 'emotion', 100)
        gate = graph.probe.create_subscription(String, GATE, lambda _: None, 1)
        graph.wait(lambda: exits, 'the end of the launch', PATIENCE)
        graph.probe.destroy_subscription(gate)
        rounds.append([as_bytes(state) for state in heard])

    rounds = []
    for bag in bags:
        exits = {}
        listening = Thread(target=listen)
        listening.start()
        exits.update(launched({
            'bag': str(bag), 'topics': f'/transcript, {GATE}', 'rate': '5.0', 'exact': 'true',
            'modalities': 'text'}))
        listening.join()
        assert exits == {'fusion_node': 0, 'response_node': 0, 'text_node': 0, 'replay': 0}
    assert len(rounds[0]) == 3
    assert rounds[0] == rounds[1]
