"""Perceive with two cameras: each is a modality of its own, and the fusion weighs both.

ros2 launch mer_ros two_cameras.launch.py left_image:=/left/image_raw right_image:=/right/image_raw

Every argument of mer.launch.py may be given too, but modalities.  With people:=many the persons of
the cameras are told apart as left_face_1 and right_face_1; people:=one takes both cameras for
views of the one person in front of the robot.
"""

from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription, OpaqueFunction
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PathJoinSubstitution, ThisLaunchFileDir
from launch_ros.actions import Node
from launch_ros.substitutions import FindPackageShare

SIDES = ('left', 'right')


def cameras(context):
    """Return a face node for each camera."""
    def value(name):
        return LaunchConfiguration(name).perform(context)

    profile = PathJoinSubstitution([
        FindPackageShare('mer_ros'), 'config', f'{value("profile")}.yaml'])
    return [Node(
        package='mer_ros', executable='face_node', name=f'{side}_face_node',
        namespace=value('namespace'), output='screen', emulate_tty=True,
        parameters=[part for part in (profile, value('params_file'), {
            'modality': f'face_{side}', 'person_prefix': f'{side}_', 'people': value('people'),
            'image_transport': value('image_transport'),
            'use_sim_time': value('use_sim_time') == 'true'}) if part],
        remappings=[('image', value(f'{side}_image')),
                    ('image/compressed', f'{value(f"{side}_image")}/compressed')])
        for side in SIDES]


def generate_launch_description():
    graph = PathJoinSubstitution([ThisLaunchFileDir(), 'mer.launch.py'])
    faces = ','.join(f'face_{side}' for side in SIDES)
    return LaunchDescription([
        *(DeclareLaunchArgument(f'{side}_image', default_value=f'{side}/image',
                                description=f'images of the {side} camera') for side in SIDES),
        IncludeLaunchDescription(
            PythonLaunchDescriptionSource(graph),
            launch_arguments={'modalities': f'{faces},speech,text'}.items()),
        OpaqueFunction(function=cameras),
    ])
