"""Bring up the emotion perception graph: one process a node, or all in one.

    ros2 launch mer_ros mer.launch.py image_topic:=/camera/image_raw audio_topic:=/microphone
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

ARGUMENTS = (
    DeclareLaunchArgument(
        'profile', default_value='lite', choices=['lite'],
        description='which models run: lite = built-in, offline, no torch'),
    DeclareLaunchArgument(
        'modalities', default_value='face,speech,text',
        description='modalities to fuse, separated by commas; those of face, speech and text '
                    'that are named are started, any other X is expected on X/logits'),
    DeclareLaunchArgument(
        'params_file', default_value='',
        description='YAML file of parameters that override the profile; root key /**'),
    DeclareLaunchArgument(
        'namespace', default_value='', description='namespace of all nodes and topics'),
    DeclareLaunchArgument(
        'use_sim_time', default_value='false', choices=['true', 'false'],
        description='take the time from /clock; needed when a bag is replayed'),
    DeclareLaunchArgument(
        'image_topic', default_value='image', description='camera images (sensor_msgs/Image)'),
    DeclareLaunchArgument(
        'image_transport', default_value='raw', choices=['raw', 'compressed'],
        description='raw: IMAGE_TOPIC; compressed: IMAGE_TOPIC/compressed'),
    DeclareLaunchArgument(
        'audio_topic', default_value='audio', description='sound (mer_ros/AudioChunk)'),
    DeclareLaunchArgument(
        'transcript_topic', default_value='transcript',
        description='words (mer_ros/Transcript or std_msgs/String)'),
    DeclareLaunchArgument(
        'log_level', default_value='info', choices=['debug', 'info', 'warn', 'error', 'fatal'],
        description='lowest level of the log'),
    DeclareLaunchArgument(
        'autostart', default_value='true', choices=['true', 'false'],
        description='configure and activate the nodes at start; false leaves it to a manager'),
    DeclareLaunchArgument(
        'single_process', default_value='false', choices=['true', 'false'],
        description='run all nodes in one process (executable bringup)'),
)

OWN_MODALITIES = ('face', 'speech', 'text')


def nodes(context):
    """Return the node actions for these arguments."""
    def value(name):
        return LaunchConfiguration(name).perform(context)

    modalities = [name.strip() for name in value('modalities').split(',') if name.strip()]
    image = value('image_topic')
    common = {
        'package': 'mer_ros',
        'namespace': value('namespace'),
        'output': 'screen',
        'emulate_tty': True,
        'ros_arguments': ['--log-level', value('log_level')],
        'parameters': [
            PathJoinSubstitution(
                [FindPackageShare('mer_ros'), 'config', f'{value("profile")}.yaml']),
            *([value('params_file')] if value('params_file') else []),
            {
                'use_sim_time': value('use_sim_time') == 'true',
                'autostart': value('autostart') == 'true',
            },
        ],
        'remappings': [
            ('image', image),
            ('image/compressed', f'{image}/compressed'),
            ('audio', value('audio_topic')),
            ('transcript', value('transcript_topic')),
        ],
    }
    only = {
        'fusion_node': {'modalities': modalities},
        'face_node': {'image_transport': value('image_transport')},
    }
    if value('single_process') == 'true':
        merged = {name: setting for settings in only.values() for name, setting in settings.items()}
        return [Node(executable='bringup',
                     **{**common, 'parameters': [*common['parameters'], merged]})]
    names = ['fusion_node', *(f'{name}_node' for name in modalities if name in OWN_MODALITIES)]
    return [
        Node(executable=name, name=name,
             **{**common, 'parameters': [*common['parameters'], only.get(name, {})]})
        for name in names
    ]


def generate_launch_description():
    return LaunchDescription([*ARGUMENTS, OpaqueFunction(function=nodes)])
