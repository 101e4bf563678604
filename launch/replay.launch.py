"""Replay a bag through the emotion perception graph, on the time of the bag.

ros2 launch mer_ros replay.launch.py bag:=recording image_topic:=/camera/image_raw rate:=2.0

Every argument of mer.launch.py may be given too.  The launch ends with the bag.
"""

from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    IncludeLaunchDescription,
    OpaqueFunction,
    SetLaunchConfiguration,
    Shutdown,
)
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution, ThisLaunchFileDir
from launch_ros.actions import Node

from mer_ros.bags import BagReader
from mer_ros.nodes.replay.replay_topics import inputs

ARGUMENTS = (
    DeclareLaunchArgument(
        'bag', description='the bag (required): a folder, or a .mcap or .db3 file'),
    DeclareLaunchArgument(
        'rate', default_value='1.0', description='playback rate'),
    DeclareLaunchArgument(
        'start', default_value='0.0', description='offset from the beginning (s)'),
    DeclareLaunchArgument(
        'loop', default_value='false', choices=['true', 'false'],
        description='restart at the end, until interrupted'),
    DeclareLaunchArgument(
        'topics', default_value='',
        description='topics of the bag to replay, separated by commas; empty = the inputs of the '
                    'graph'),
)

EXACT_TAIL = 4.0
"""Seconds until all that config/exact.yaml lets wait is published."""


def player(context):
    """Return the action that replays the bag."""
    values = {name: LaunchConfiguration(name).perform(context)
              for name in ('bag', 'rate', 'start', 'loop', 'topics', 'exact')}
    topics = [name.strip() for name in values['topics'].split(',') if name.strip()]
    if not topics:
        with BagReader(values['bag']) as bag:
            topics = inputs(bag.topics)
    exact = values['exact'] == 'true'
    return [Node(
        package='mer_ros', executable='replay', output='screen', emulate_tty=True,
        parameters=[{
            'bag': values['bag'], 'rate': float(values['rate']), 'start': float(values['start']),
            'loop': values['loop'] == 'true', 'topics': topics or [''], 'wait_for': 30.0,
            'progress': False,
            **({'reliable': True, 'tail': EXACT_TAIL} if exact else {})}],
        on_exit=Shutdown(reason='the bag has ended'))]


def generate_launch_description():
    graph = PathJoinSubstitution([ThisLaunchFileDir(), 'mer.launch.py'])
    return LaunchDescription([
        *ARGUMENTS,
        SetLaunchConfiguration('use_sim_time', 'true'),
        IncludeLaunchDescription(PythonLaunchDescriptionSource(graph)),
        OpaqueFunction(function=player),
    ])
