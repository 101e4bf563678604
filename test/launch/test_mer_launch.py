"""The launch file, with real processes."""

import os
import signal
import time

import numpy as np
import pytest
import yaml

pytest.importorskip('launch_pytest')

from ament_index_python.packages import get_package_share_directory
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
import launch
from launch.actions import IncludeLaunchDescription, RegisterEventHandler
from launch.event_handlers import OnProcessExit, OnProcessStart
from launch.launch_description_sources import PythonLaunchDescriptionSource
import launch_pytest
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from mer_ros.msg import EmotionState, ModalityLogits, Transcript
from rcl_interfaces.srv import GetParameters, SetParameters
from rclpy.parameter import Parameter, parameter_value_to_python

from mer_ros.data import Logits
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import to_ros

PATIENCE = 100.0
"""Seconds that processes get to start in, on a machine that is busy; never a measure of speed."""

FILE = f'{get_package_share_directory("mer_ros")}/launch/mer.launch.py'
NODES = ('face_node', 'fusion_node', 'response_node', 'speech_node', 'text_node')


class Processes:
    """The launch description under test, and what became of its processes."""

    def __init__(self, arguments):
        self.started = []
        self.pids = {}
        self.exits = {}
        self.description = launch.LaunchDescription([
            RegisterEventHandler(OnProcessStart(on_start=self._on_start)),
            RegisterEventHandler(OnProcessExit(on_exit=self._on_exit)),
            IncludeLaunchDescription(
                PythonLaunchDescriptionSource(FILE), launch_arguments=arguments.items()),
        ])

    def _on_start(self, event, context):
        name = event.process_name.rpartition('-')[0]
        self.started.append(name)
        self.pids[name] = event.pid

    def _on_exit(self, event, context):
        self.exits[event.process_name.rpartition('-')[0]] = event.returncode


@pytest.fixture
def processes(request, domain, tmp_path, monkeypatch):
    arguments = dict(request.param)
    if 'params_file' in arguments:
        path = tmp_path / 'parameters.yaml'
        path.write_text(yaml.safe_dump(arguments['params_file']))
        arguments['params_file'] = str(path)
    monkeypatch.setenv('ROS_LOG_DIR', str(tmp_path / 'log'))
    monkeypatch.setenv('MER_ROS_CACHE', str(tmp_path / 'cache'))
    return Processes(arguments)


@launch_pytest.fixture
def launched(processes):
    return processes.description


def launches(**arguments):
    """Mark a test that runs beside the launch file with these arguments."""
    def decorate(test):
        with_arguments = pytest.mark.parametrize(
            'processes', [arguments], indirect=True, ids=[','.join(arguments) or 'default'])
        return pytest.mark.launch(fixture=launched)(with_arguments(test))
    return decorate


def call(graph, kind, name, request):
    """Call a service until it answers; it cannot answer a caller that it has not discovered yet."""
    client = graph.probe.create_client(kind, name)
    graph.wait(client.service_is_ready, f'the service {name}', PATIENCE)
    calls = []
    asked_at = -PATIENCE

    def answered():
        nonlocal asked_at
        if time.monotonic() - asked_at > 3.0:
            asked_at = time.monotonic()
            calls.append(client.call_async(request))
        return any(call.done() for call in calls)

    graph.wait(answered, f'an answer of {name}', PATIENCE)
    graph.probe.destroy_client(client)
    return next(call.result() for call in calls if call.done())


def wait_for_state(graph, state, *nodes):
    """Wait until each node has reported this lifecycle state."""
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    awaited = set(nodes)

    def reached():
        for status in (status for report in reports for status in report.status):
            if KeyValue(key='lifecycle state', value=state) in status.values:
                awaited.discard(status.name.removeprefix('emotion_perception/'))
        return not awaited

    graph.wait(reached, f'{nodes} to become {state}', PATIENCE)


def wait_until_active(graph, *nodes):
    wait_for_state(graph, 'active', *nodes)


def wait_for_messages(graph, *nodes):
    """Return what each node says of itself once it reports an error."""
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    told = {}

    def reached():
        told.update({status.name.removeprefix('emotion_perception/'): status.message
                     for report in reports for status in report.status
                     if status.level == DiagnosticStatus.ERROR})
        return told.keys() >= set(nodes)

    graph.wait(reached, f'errors of {nodes}', PATIENCE)
    return told


def parameter(graph, node, name):
    answer = call(graph, GetParameters, f'{node}/get_parameters',
                  GetParameters.Request(names=[name]))
    return parameter_value_to_python(answer.values[0])


def happy(graph, modality):
    """Return hand-made logits that say happiness, stamped now."""
    scores = np.where(np.array(EMOTIONS) == 'happiness', 3.0, 0.0)
    return to_ros(Logits(
        graph.probe.get_clock().now().nanoseconds, modality, EMOTIONS, scores, model='test'))


@launches()
def test_every_node_comes_up_active_and_ends_with_status_0(graph, processes):
    wait_until_active(graph, *NODES)
    assert sorted(processes.started) == sorted(NODES)
    yield
    assert processes.exits == dict.fromkeys(NODES, 0)


@launches(params_file={'/**': {'ros__parameters': {'window.length': 10.0}}})
def test_words_and_logits_become_an_emotion(graph, processes):
    wait_until_active(graph, *NODES)
    states = graph.collect(EmotionState, 'emotion')
    topics = {name: graph.publisher(ModalityLogits, f'{name}/logits')
              for name in ('face', 'speech')}
    words = Transcript(text='I am so happy, this is wonderful')
    transcript = graph.publisher(Transcript, 'transcript')

    words.header.stamp = graph.probe.get_clock().now().to_msg()
    transcript.publish(words)
    for name, topic in topics.items():
        topic.publish(happy(graph, name))
    graph.wait(lambda: states, 'a state', PATIENCE)

    assert states[-1].label == 'happiness'
    assert [opinion.modality for opinion in states[-1].modalities] == ['face', 'speech', 'text']


@launches(namespace='robot', modalities='gesture', response='false')
def test_a_modality_of_ones_own_is_fused_inside_the_namespace(graph, processes):
    wait_until_active(graph, 'robot/fusion_node')
    states = graph.collect(EmotionState, 'robot/emotion')

    graph.publisher(ModalityLogits, 'robot/gesture/logits').publish(happy(graph, 'gesture'))
    graph.wait(lambda: states, 'a state', PATIENCE)

    assert states[-1].label == 'happiness'
    assert processes.started == ['fusion_node']


@launches(namespace='robot', image_topic='camera/image_raw', image_transport='compressed',
          audio_topic='/microphone', transcript_topic='/recogniser/words')
def test_topics_are_remapped(graph, processes):
    wait_until_active(graph, *(f'robot/{name}' for name in NODES))

    for topic, nodes in (('robot/camera/image_raw/compressed', 1), ('microphone', 1),
                         ('recogniser/words', 2)):
        graph.wait(lambda topic=topic, nodes=nodes: graph.probe.count_subscribers(
            f'/{topic}') == nodes, f'{nodes} subscribers on {topic}', PATIENCE)
    for topic in ('image', 'image/compressed', 'audio', 'transcript'):
        assert graph.probe.count_subscribers(f'/robot/{topic}') == 0


@launches(modalities='face,text', params_file={
    '/**': {'ros__parameters': {
        'modalities': ['speech'], 'abstain.min_confidence': 0.25, 'autostart': False}}})
def test_parameters_come_from_arguments_then_from_the_file(graph, processes):
    assert parameter(graph, 'fusion_node', 'modalities') == ['face', 'text']
    assert parameter(graph, 'fusion_node', 'abstain.min_confidence') == 0.25
    assert parameter(graph, 'text_node', 'autostart') is False


@launches(params_file={'/**': {'fusion_node': {'ros__parameters': {
    'modalities': ['face', 'gesture'], 'fusion.preset': 'paper'}}}})
def test_the_file_overrides_arguments_that_are_left_at_their_default(graph, processes):
    assert parameter(graph, 'fusion_node', 'modalities') == ['face', 'gesture']
    assert parameter(graph, 'fusion_node', 'fusion.preset') == 'paper'


@launches(modalities='text')
def test_only_what_the_modalities_need_is_started(graph, processes):
    wait_until_active(graph, 'fusion_node', 'response_node', 'text_node')

    assert sorted(processes.started) == ['fusion_node', 'response_node', 'text_node']


@launches(modalities='text', response='false', lddu='true')
def test_several_emotions_at_once_are_told_from_the_features_of_the_others(graph, processes):
    wait_until_active(graph, 'fusion_node', 'lddu_node', 'text_node')

    assert sorted(processes.started) == ['fusion_node', 'lddu_node', 'text_node']
    states = graph.collect(EmotionState, 'lddu/emotion')
    words = graph.publisher(Transcript, 'transcript')
    said = Transcript(text='I am so happy, this is wonderful')
    said.header.stamp = graph.probe.get_clock().now().to_msg()
    words.publish(said)
    graph.wait(lambda: states, 'a state of several emotions', PATIENCE)
    assert states[0].multi_label


@launches(modalities='av', response='false')
def test_the_audio_visual_network_says_how_to_get_its_weights(graph, processes):
    told = wait_for_messages(graph, 'avnet_node')
    assert 'mer_ros train avnet' in told['avnet_node']


FALLBACK = {'/**': {'ros__parameters': {'fallback': True}}}


@launches(profile='paper')
def test_without_its_weights_the_profile_paper_says_how_to_get_them(graph, processes):
    wait_until_active(graph, 'fusion_node')
    told = wait_for_messages(graph, 'face_node', 'speech_node', 'text_node')

    assert all('are not on this machine' in message or 'pip install' in message
               for message in told.values()), told
    assert parameter(graph, 'fusion_node', 'fusion.preset') == 'paper'
    yield
    assert processes.exits == dict.fromkeys(NODES, 0)


@launches(profile='paper', single_process='true', params_file=FALLBACK)
def test_the_profile_paper_runs_in_one_process(graph, processes):
    wait_until_active(graph, *NODES)

    assert processes.started == ['bringup']
    for node, model in (('face_node', 'resemotenet'), ('speech_node', 'emotion2vec'),
                        ('text_node', 'distilroberta')):
        assert parameter(graph, node, 'model') == model
    assert parameter(graph, 'face_node', 'detector') == 'retinaface'
    assert parameter(graph, 'speech_node', 'mode') == 'utterance'


@launches(single_process='true', namespace='robot')
def test_all_nodes_fit_into_one_process(graph, processes):
    wait_until_active(graph, *(f'robot/{name}' for name in NODES))
    assert processes.started == ['bringup']
    yield
    assert processes.exits == {'bringup': 0}


@launches(single_process='true', modalities='text')
def test_only_what_the_modalities_need_is_started_in_one_process(graph, processes):
    wait_until_active(graph, 'fusion_node', 'response_node', 'text_node')

    assert sorted(graph.probe.get_node_names()) == [
        'fusion_node', 'probe', 'response_node', 'text_node']


@launches(modalities='face,text', response='false')
def test_a_node_that_is_killed_comes_back_and_the_others_go_on(graph, processes):
    wait_until_active(graph, 'face_node', 'fusion_node', 'text_node')
    states = graph.collect(EmotionState, 'emotion')
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    words = graph.publisher(Transcript, 'transcript')

    os.kill(processes.pids['face_node'], signal.SIGKILL)
    graph.wait(lambda: 'face_node' in processes.exits, 'the end of the face node', PATIENCE)
    said = Transcript(text='I am so happy, this is wonderful')
    said.header.stamp = graph.probe.get_clock().now().to_msg()
    words.publish(said)
    graph.wait(lambda: states, 'a state from the words alone', PATIENCE)
    assert list(states[-1].missing) == ['face']
    graph.wait(lambda: any('face is missing' in status.message for report in reports
                           for status in report.status), 'a warning', PATIENCE)

    graph.wait(lambda: processes.started.count('face_node') == 2, 'the node to return', PATIENCE)
    wait_until_active(graph, 'face_node')
    yield
    assert processes.exits == dict.fromkeys(('face_node', 'fusion_node', 'text_node'), 0)


@launches(autostart='false', modalities='text')
def test_without_autostart_a_manager_brings_the_nodes_up(graph, processes):
    wait_for_state(graph, 'unconfigured', 'fusion_node', 'text_node')

    request = SetParameters.Request(parameters=[
        Parameter('modalities', value=['text', 'gesture']).to_parameter_msg()])
    assert call(graph, SetParameters, 'fusion_node/set_parameters', request).results[0].successful
    for transition, state in ((Transition.TRANSITION_CONFIGURE, 'inactive'),
                              (Transition.TRANSITION_ACTIVATE, 'active')):
        request = ChangeState.Request(transition=Transition(id=transition))
        call(graph, ChangeState, 'fusion_node/change_state', request)
        wait_for_state(graph, state, 'fusion_node')

    assert parameter(graph, 'fusion_node', 'gesture.reliability') == 1.0
    wait_for_state(graph, 'unconfigured', 'text_node')


def start(arguments):
    """Return what the launch file would start with these arguments."""
    context = launch.LaunchContext()
    context.launch_configurations.update(arguments)
    description = PythonLaunchDescriptionSource(FILE).get_launch_description(context)
    return [entity.visit(context) for entity in description.entities]


@pytest.mark.parametrize(('arguments', 'message'), [
    ({'modalities': ' , '}, 'modalities is empty'),
    ({'params_file': 'missing.yaml'}, "params_file 'missing.yaml' is not a file"),
    ({'profile': 'heavy'}, "'lite'"),
])
def test_arguments_that_cannot_work_are_refused(arguments, message):
    with pytest.raises((RuntimeError, ValueError), match=message):
        start(arguments)
