"""Bring up the emotion perception graph: one process a node, or all in one.

ros2 launch mer_ros mer.launch.py image_topic:=/camera/image_raw audio_topic:=/microphone
"""

from pathlib import Path

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution
from launch.utilities import perform_substitutions
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare
import yaml

ARGUMENTS = (
    DeclareLaunchArgument(
        'profile', default_value='lite', choices=['lite', 'paper'],
        description='models: lite = built-in, offline, no torch; paper = models of the multimodal '
                    'paper, need torch and downloaded weights'),
    DeclareLaunchArgument(
        'modalities', default_value='face,speech,text',
        description='modalities to fuse, separated by commas; nodes are started for face, speech, '
                    'text and av (the audio-visual network); any other X is expected on X/logits'),
    DeclareLaunchArgument(
        'params_file', default_value='',
        description='YAML file of parameters, root key /**; overrides the profile and all '
                    'arguments below that keep their default'),
    DeclareLaunchArgument(
        'namespace', default_value='', description='namespace of all nodes and topics'),
    DeclareLaunchArgument(
        'use_sim_time', default_value='false', choices=['true', 'false'],
        description='use the time of /clock; required with a replayed bag'),
    DeclareLaunchArgument(
        'exact', default_value='false', choices=['true', 'false'],
        description='process every input and wait for late ones (config/exact.yaml): a replayed '
                    'bag gives the same states at every rate, delayed by seconds'),
    DeclareLaunchArgument(
        'image_topic', default_value='image', description='camera images (sensor_msgs/Image)'),
    DeclareLaunchArgument(
        'image_transport', default_value='raw', choices=['raw', 'compressed'],
        description='raw: IMAGE_TOPIC; compressed: IMAGE_TOPIC/compressed'),
    DeclareLaunchArgument(
        'audio_topic', default_value='audio',
        description='sound, any type that speech_node reads'),
    DeclareLaunchArgument(
        'transcript_topic', default_value='transcript',
        description='transcripts, any type that text_node reads'),
    DeclareLaunchArgument(
        'people', default_value='one', choices=['one', 'many'],
        description='one = classify the largest face; many = track every face under its own id'),
    DeclareLaunchArgument(
        'humans', default_value='false', choices=['true', 'false'],
        description='use faces and voices of ROS4HRI (humans_node, needs hri_msgs) instead of '
                    'image, audio and transcript'),
    DeclareLaunchArgument(
        'response', default_value='true', choices=['true', 'false'],
        description='start response_node, which publishes replies'),
    DeclareLaunchArgument(
        'attention', default_value='false', choices=['true', 'false'],
        description='start attention_node, which fuses features by learned attention on '
                    'attention/emotion; the perception nodes then publish their features'),
    DeclareLaunchArgument(
        'lddu', default_value='false', choices=['true', 'false'],
        description='start lddu_node, which publishes several emotions at once on lddu/emotion; '
                    'the perception nodes then publish their features'),
    DeclareLaunchArgument(
        'respawn', default_value='true', choices=['true', 'false'],
        description='restart a node two seconds after it has exited'),
    DeclareLaunchArgument(
        'log_level', default_value='info', choices=['debug', 'info', 'warn', 'error', 'fatal'],
        description='minimum level of log messages'),
    DeclareLaunchArgument(
        'autostart', default_value='true', choices=['true', 'false'],
        description='configure and activate the nodes at start; false = leave it to a lifecycle '
                    'manager'),
    DeclareLaunchArgument(
        'single_process', default_value='false', choices=['true', 'false'],
        description='run all nodes in one process (executable bringup)'),
    DeclareLaunchArgument(
        'executor', default_value='auto', choices=['auto', 'single', 'events'],
        description='executor of rclpy: events needs less CPU, and rclpy calls it experimental; '
                    'auto takes it where rclpy has it'),
)

# The nodes of the package by the modality that they perceive.
PERCEIVING = {'face': 'face_node', 'speech': 'speech_node', 'text': 'text_node', 'av': 'avnet_node'}


def names_in(text):
    """Return the names in a list separated by commas."""
    return [name.strip() for name in text.split(',') if name.strip()]


# The arguments that are parameters of nodes, and how their text is read.
PARAMETERS = {
    'use_sim_time': 'true'.__eq__,
    'autostart': 'true'.__eq__,
    'image_transport': str,
    'people': str,
    'modalities': names_in,
}


def above(context):
    """Return the parameters that SetParameter and its kin set for all nodes, files as paths."""
    found = context.launch_configurations.get('global_params', None) or ()
    return [dict([one]) if isinstance(one, tuple) else one for one in found]


def check_parameters(file):
    """Raise ValueError, in one sentence, where a file of parameters cannot be read as one."""
    if not Path(file).is_file():
        raise ValueError(f'params_file {file!r} is not a file')
    try:
        content = yaml.safe_load(Path(file).read_text(encoding='utf-8'))
    except (yaml.YAMLError, UnicodeError) as error:
        reason = ' '.join(str(error).split())
        raise ValueError(f'params_file {file!r} is no YAML: {reason}') from None
    if not isinstance(content, dict) or 'ros__parameters' not in str(content):
        raise ValueError(f'params_file {file!r} holds no parameters; needed is a node name or /**, '
                         f'below it ros__parameters, and below that name: value')


def nodes(context):
    """Return the node actions for these arguments."""
    values = {argument.name: LaunchConfiguration(argument.name).perform(context)
              for argument in ARGUMENTS}
    defaults = {argument.name: perform_substitutions(context, argument.default_value)
                for argument in ARGUMENTS}
    modalities = names_in(values['modalities'])
    if not modalities:
        raise ValueError('modalities is empty; name at least one, such as face,speech,text')
    params_file = values['params_file']
    if params_file:
        check_parameters(params_file)

    given = {name: read(values[name]) for name, read in PARAMETERS.items()
             if values[name] != defaults[name]}
    if 'true' in (values['attention'], values['lddu']):
        given['publish_features'] = True
    settings = [values['profile'], *(['exact'] if values['exact'] == 'true' else [])]
    files = [PathJoinSubstitution([FindPackageShare('mer_ros'), 'config', f'{name}.yaml'])
             for name in settings]
    common = {
        'package': 'mer_ros',
        'namespace': values['namespace'],
        'output': 'screen',
        'emulate_tty': True,
        'respawn': values['respawn'] == 'true',
        'respawn_delay': 2.0,
        'ros_arguments': ['--log-level', values['log_level']],
        # The last one wins: SetParameter of a launch file that includes this one must win over
        # the profile, which spells out every default.
        'parameters': [source for source in (
            *files, *above(context), params_file, given) if source],
        'remappings': [
            ('image', values['image_topic']),
            ('image/compressed', f'{values["image_topic"]}/compressed'),
            ('audio', values['audio_topic']),
            ('audio_info', Path(values['audio_topic']).with_name('audio_info').as_posix()),
            ('transcript', values['transcript_topic']),
        ],
    }
    humans = values['humans'] == 'true'
    if values['single_process'] == 'true':
        return [Node(executable='bringup', arguments=[
            f'{name}:={values[name]}'
            for name in ('humans', 'attention', 'lddu', 'response', 'executor')], **common)]
    perceiving = ['humans_node'] if humans else [
        PERCEIVING[name] for name in modalities if name in PERCEIVING]
    names = ['fusion_node', *perceiving, *(
        f'{name}_node' for name in ('response', 'attention', 'lddu') if values[name] == 'true')]
    executor = f'executor:={values["executor"]}'
    return [Node(executable=name, name=name, arguments=[executor], **common) for name in names]


def generate_launch_description():
    return LaunchDescription([*ARGUMENTS, OpaqueFunction(function=nodes)])
