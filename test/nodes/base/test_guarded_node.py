"""No request and no message ends a node, whichever it is."""

import pytest

pytest.importorskip('rclpy')

from rcl_interfaces.msg import Parameter, ParameterValue
from rcl_interfaces.srv import SetParameters
from std_msgs.msg import String
from std_srvs.srv import SetBool

from mer_ros.nodes.base.guarded_node import GuardedNode
from mer_ros.nodes.camera import CameraNode
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.replay.replay_node import ReplayNode
from mer_ros.nodes.watch.emotion_watch import EmotionWatch
from mer_ros.nodes.watch.people_watch import PeopleWatch


@pytest.fixture
def node(graph):
    made = GuardedNode('plain', context=graph.context)
    graph.executor.add_node(made)
    yield made
    made.destroy_node()


def fail(*arguments):
    raise ZeroDivisionError('boom')


@pytest.mark.parametrize('kind', [
    FusionNode, ReplayNode, CameraNode, EmotionWatch, PeopleWatch])
def test_every_node_is_guarded(kind):
    assert issubclass(kind, GuardedNode)


def test_messages_that_cannot_be_handled_are_counted(graph, node):
    node.create_subscription(String, 'words', fail, 10)
    words = graph.publisher(String, 'words')
    for _ in range(3):
        words.publish(String())
    graph.wait(lambda: node.meter.read(0.0).totals['errors'] == 3, 'three failures')
    assert node.faults.last == 'words: ZeroDivisionError: boom'


def test_a_callback_that_takes_more_of_a_message_is_given_it(graph, node):
    taken = []
    node.create_subscription(String, 'words', lambda *both: taken.append(both), 10)
    node.create_subscription(
        String, 'words', lambda message, info: taken.append((message, info)), 10)
    graph.publisher(String, 'words').publish(String(data='hello'))
    graph.wait(lambda: len(taken) == 2, 'both')
    assert sorted(map(len, taken)) == [1, 2]


def test_requests_that_cannot_be_served_are_answered(graph, node):
    node.create_service(SetBool, 'broken', fail)
    for kind, name, request in (
        (SetBool, 'broken', SetBool.Request(data=True)),
        (SetParameters, 'plain/set_parameters', SetParameters.Request(parameters=[
            Parameter(name='use_sim_time', value=ParameterValue(type=255))]))):
        client = graph.probe.create_client(kind, name)
        graph.wait(client.service_is_ready, name)
        answer = client.call_async(request)
        graph.wait(answer.done, f'the answer of {name}')
        results = getattr(answer.result(), 'results', [answer.result()])
        assert not any(getattr(one, 'successful', getattr(one, 'success', None))
                       for one in results)
        assert results


def test_what_fails_while_the_context_ends_is_no_failure(graph, node):
    guarded = node.faults.guard('late', fail)
    guarded()
    graph.context.try_shutdown()
    guarded()
    assert node.meter.read(0.0).totals['errors'] == 1
