"""Bring up the emotion perception graph under the lifecycle manager of Nav2.

ros2 launch mer_ros nav2_manager.launch.py bond_timeout:=0.0 single_process:=true

Every argument of mer.launch.py may be given too, but autostart.  The manager of Nav2 itself, with
its own nodes, is another one: neither waits for the other.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution, ThisLaunchFileDir
from launch_ros.actions import Node

PERCEIVING = {'face': 'face_node', 'speech': 'speech_node', 'text': 'text_node', 'av': 'avnet_node'}


def manager(context):
    """Return the manager of the nodes that these arguments start, in the order of activation."""
    def value(name):
        return LaunchConfiguration(name).perform(context)

    modalities = [name.strip() for name in value('modalities').split(',')]
    perceiving = (['humans_node'] if value('humans') == 'true' else
                  [node for modality, node in PERCEIVING.items() if modality in modalities])
    further = [f'{name}_node' for name in ('attention', 'lddu', 'response')
               if value(name) == 'true']
    return [Node(
        package='nav2_lifecycle_manager', executable='lifecycle_manager',
        name='lifecycle_manager_emotion', namespace=value('namespace'), output='screen',
        parameters=[{
            'autostart': True, 'node_names': ['fusion_node', *perceiving, *further],
            'bond_timeout': float(value('bond_timeout')),
            'use_sim_time': value('use_sim_time') == 'true'}])]


def generate_launch_description():
    graph = PathJoinSubstitution([ThisLaunchFileDir(), 'mer.launch.py'])
    return LaunchDescription([
        DeclareLaunchArgument(
            'bond_timeout', default_value='4.0',
            description='seconds without a heartbeat after which the manager takes a node for '
                        'dead; 0.0 where bondpy is not installed'),
        IncludeLaunchDescription(
            PythonLaunchDescriptionSource(graph), launch_arguments={'autostart': 'false'}.items()),
        OpaqueFunction(function=manager),
    ])
