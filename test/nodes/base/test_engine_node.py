"""What every node does: states, the switch, diagnostics, and going on whatever happens."""

import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters, SetParametersAtomically
from rclpy.executors import SingleThreadedExecutor
from rclpy.qos import QoSProfile, ReliabilityPolicy
from std_msgs.msg import String
from std_srvs.srv import SetBool

from mer_ros.data import nanoseconds
from mer_ros.nodes.base import worker as worker_module
from mer_ros.nodes.base.clock_watch import ClockWatch

PATIENCE = 20.0


def call(graph, kind, service, request):
    client = graph.probe.create_client(kind, service)
    graph.wait(client.service_is_ready, service)
    answer = client.call_async(request)
    graph.wait(answer.done, f'the answer of {service}')
    return answer.result()


def enable(graph, on):
    return call(graph, SetBool, 'tiny_node/enable', SetBool.Request(data=on))


def change(graph, number, label=''):
    request = ChangeState.Request(transition=Transition(id=number, label=label))
    return call(graph, ChangeState, 'tiny_node/change_state', request).success


def wait_for(graph, tiny, words):
    tiny.hear(words)
    graph.wait(lambda: words in tiny.published, f'what was perceived in {words!r}')


def forget_by_switch(graph, node):
    enable(graph, False)
    enable(graph, True)


def forget_by_deactivation(graph, node):
    assert change(graph, Transition.TRANSITION_DEACTIVATE)
    assert change(graph, Transition.TRANSITION_ACTIVATE)


def forget_by_clean_up(graph, node):
    assert change(graph, Transition.TRANSITION_DEACTIVATE)
    assert change(graph, Transition.TRANSITION_CLEANUP)
    assert node.autostart()


def forget_by_clock(graph, node):
    now = [nanoseconds(100.0)]
    node._clock_watch = ClockWatch(lambda: now[0], lambda: 0)
    now[0] = 0
    node._watch_clock()


def test_timers_go_on_when_the_systems_time_was_set_back(graph, tiny):
    tiny.every(3600.0, lambda: None)
    *_, timer = tiny.timers
    graph.settle(0.1)
    before = timer.time_until_next_call()
    forget_by_clock(graph, tiny)
    assert timer.time_until_next_call() > before, 'it is timed afresh'


@pytest.mark.parametrize('forget', [
    forget_by_switch, forget_by_deactivation, forget_by_clean_up, forget_by_clock])
def test_nothing_perceived_before_is_published_after(graph, tiny, monkeypatch, forget):
    monkeypatch.setattr(worker_module, 'DEADLINE', 0.05)
    engine = tiny.engine
    tiny.hear('wait')
    graph.wait(tiny.begun.is_set, 'the model to begin')
    tiny.hear('waiting')
    forget(graph, tiny)
    tiny.hear('after')  # which must not push the forgetting out of the queue
    tiny.hear('after too')
    tiny.go_on.set()
    graph.wait(lambda: tiny.published[-1:] == ['after too'], 'what came after')
    assert tiny.published == ['after', 'after too']
    assert tiny.engine is not engine or engine.counts['reset'] == 1
    assert [words for words, _ in tiny.engine.held] == ['after', 'after too']
    assert tiny.meter.read(0.0).totals['discarded'] == (
        0 if forget is forget_by_clean_up else 1) + (forget is forget_by_clean_up)


def test_switched_off_it_takes_nothing(graph, tiny):
    assert enable(graph, False).success
    received = tiny.meter.read(0.0).totals['received']
    tiny.hear('secret')
    assert tiny.meter.read(0.0).totals['received'] == received
    enable(graph, True)
    wait_for(graph, tiny, 'public')
    assert tiny.published == ['public']


def test_off_stays_off_when_the_node_is_made_again(graph, tiny_node):
    first = graph.start(tiny_node)
    enable(graph, False)
    graph.executor.remove_node(first)
    first.close()
    second = graph.start(tiny_node)
    assert not second.enabled
    assert second._report()[:2] == ('ok', 'switched off')
    assert graph.start(tiny_node, namespace='/other').enabled


def test_a_node_may_start_switched_off(graph, tiny_node):
    node = graph.start(tiny_node, enabled=False)
    node.hear('secret')
    assert node.meter.read(0.0).totals['received'] == 0


@pytest.mark.parametrize(('number', 'label'), [
    (Transition.TRANSITION_ACTIVATE, ''), (Transition.TRANSITION_CONFIGURE, ''),
    (Transition.TRANSITION_CLEANUP, ''), (Transition.TRANSITION_CREATE, ''), (255, ''),
    (0, 'activate'), (0, 'no such thing')])
def test_a_transition_that_is_not_possible_is_refused_and_the_node_goes_on(
    graph, tiny, number, label
):
    assert not change(graph, number, label)
    assert tiny.state == 'active'
    wait_for(graph, tiny, 'hello')


def test_a_transition_by_its_label_is_done(graph, tiny):
    assert change(graph, 0, 'deactivate')
    assert tiny.state == 'inactive'


def parameters():
    good = ParameterValue(type=ParameterType.PARAMETER_INTEGER, integer_value=3)
    return [Parameter(name='level', value=ParameterValue(type=255)),
            Parameter(name='level', value=good)]


def test_a_parameter_of_an_unknown_type_is_refused_and_the_others_are_set(graph, tiny):
    answer = call(graph, SetParameters, 'tiny_node/set_parameters',
                  SetParameters.Request(parameters=parameters()))
    assert [result.successful for result in answer.results] == [False, True]
    assert '255' in answer.results[0].reason
    assert tiny.get_parameter('level').value == 3


def test_parameters_that_belong_together_are_refused_together(graph, tiny):
    answer = call(graph, SetParametersAtomically, 'tiny_node/set_parameters_atomically',
                  SetParametersAtomically.Request(parameters=parameters()))
    assert not answer.result.successful
    assert tiny.get_parameter('level').value == 1


def test_a_service_that_fails_answers_all_the_same(graph, tiny):
    def fail(request, response):
        raise RuntimeError('broken')

    tiny.create_service(SetBool, '~/broken', fail)
    assert not call(graph, SetBool, 'tiny_node/broken', SetBool.Request()).success
    assert tiny._report()[:2] == (
        'error', 'service ~/broken: RuntimeError: broken')


def test_an_activation_that_fails_leaves_the_node_inactive_and_says_why(
    graph, tiny_node, capfd
):
    node = graph.add(tiny_node)
    node.fails_to_start = True
    assert not node.autostart()
    level, message, values = node._report()
    assert (level, values['lifecycle state'], node.state) == ('error', 'inactive', 'inactive')
    assert 'cannot be activated: RuntimeError: no such topic' in message
    assert 'conftest.py' in capfd.readouterr().err, 'the log says where it failed'
    graph.told(node.get_subscriptions_info_by_topic, '/words', 0)
    node.fails_to_start = False
    assert change(graph, Transition.TRANSITION_ACTIVATE)
    assert node._report()[:2] == ('ok', 'perceiving')


def test_quality_of_service_that_cannot_be_leaves_the_node_inactive(graph, tiny_node):
    node = graph.add(tiny_node, **{'qos_overrides./words.subscription.reliability': 'bogus'})
    assert not node.autostart()
    assert node.state == 'inactive'
    assert 'bogus' in node._report()[1]


def test_the_cause_of_a_failure_ends_with_it(graph, tiny_node):
    node = graph.add(tiny_node)
    node.fails_to_start = True
    assert not node.autostart()
    assert change(graph, Transition.TRANSITION_CLEANUP)
    assert node._report()[:2] == ('warn', 'unconfigured')


@pytest.mark.parametrize('where', ['stop', 'free', 'forget'])
def test_a_node_that_cannot_tidy_up_can_be_started_again(graph, tiny, where):
    def fail():
        raise RuntimeError('stuck')

    setattr(tiny, where, fail)
    assert change(graph, Transition.TRANSITION_DEACTIVATE)
    assert change(graph, Transition.TRANSITION_CLEANUP)
    assert tiny._report()[0] == 'error'
    delattr(tiny, where)
    assert tiny.autostart()
    wait_for(graph, tiny, 'hello')


def test_what_fails_in_a_timer_is_counted_and_it_goes_on(graph, tiny):
    calls = []

    def tick():
        calls.append(1)
        raise ValueError('boom')

    tiny.every(0.01, tick)
    graph.wait(lambda: len(calls) > 2, 'further ticks')
    assert tiny._report()[:2] == ('error', 'timer: ValueError: boom')


def test_a_report_that_fails_does_not_end_the_reports(graph, tiny, monkeypatch):
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    tiny.describe = lambda reading: 1 / 0
    graph.wait(lambda: tiny.meter.read(0.0).totals['errors'], 'a report that fails')
    del tiny.describe
    count = len(reports)
    graph.wait(lambda: len(reports) > count, 'the next report')


def test_a_model_that_fails_is_an_error_with_its_place_in_the_log(graph, tiny, capfd):
    tiny.hear('fail')
    wait_for(graph, tiny, 'hello')
    assert tiny._report()[:2] == ('error', 'an input could not be processed: RuntimeError: the '
                                           'accelerator is gone')
    log = capfd.readouterr().err
    assert 'the accelerator is gone' in log
    assert 'in perceive' in log
    assert tiny._report()[:2] == ('ok', 'perceiving'), 'an error ends when nothing fails'


def test_failures_in_a_row_are_counted_all_and_logged_once(graph, tiny, capfd):
    for _ in range(5):
        tiny.hear('fail')
        graph.wait(tiny.idle, 'the worker')
    wait_for(graph, tiny, 'hello')
    assert tiny.meter.read(0.0).totals['errors'] == 5
    assert capfd.readouterr().err.count('RuntimeError: the accelerator is gone') == 1


def test_a_result_that_cannot_be_published_does_not_end_the_worker(graph, tiny):
    publish = tiny._publisher.publish

    def fail(message):
        tiny._publisher.publish = publish
        raise AssertionError('a field out of range')

    tiny._publisher.publish = fail
    tiny.hear('unlucky')
    graph.wait(lambda: tiny.published == ['unlucky'] and tiny.idle(), 'the failure')
    assert tiny._report()[:2] == ('error', 'a job failed: AssertionError: a field out of range')
    wait_for(graph, tiny, 'hello')


def test_a_model_that_hangs_is_an_error_and_services_answer(graph, tiny, monkeypatch):
    monkeypatch.setattr('mer_ros.nodes.base.report.HUNG_AFTER', 0.0)
    monkeypatch.setattr(worker_module, 'DEADLINE', 0.05)
    tiny.hear('wait')
    graph.wait(tiny.begun.is_set, 'the model to begin')
    level, message, values = tiny._report()
    assert level == 'error'
    assert 'working on one input' in message
    assert values['job in progress (s)'] > 0.0
    for transition in (Transition.TRANSITION_DEACTIVATE, Transition.TRANSITION_CLEANUP,
                       Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE):
        assert change(graph, transition)
    wait_for(graph, tiny, 'hello')
    assert tiny.published == ['hello']


def test_a_quiet_room_is_no_trouble_and_a_stream_that_pauses_is(graph, tiny, monkeypatch):
    monkeypatch.setattr('mer_ros.nodes.base.report.STREAM_TIMEOUT', 0.0)
    wait_for(graph, tiny, 'hello')
    assert tiny._report()[:2] == ('ok', 'perceiving')
    camera = tiny.subscribe(String, 'pictures', lambda message: None, 10, stream=True)
    assert tiny._report()[:2] == ('warn', 'no pictures yet')
    camera.callback(String())
    level, message, _ = tiny._report()
    assert (level, message.partition(' for')[0]) == ('warn', 'no pictures')
    monkeypatch.setattr('mer_ros.nodes.base.report.STREAM_TIMEOUT', 3600.0)
    assert tiny._report()[:2] == ('ok', 'perceiving')
    enable(graph, False)
    assert tiny._report()[:2] == ('ok', 'switched off')


def test_a_node_that_is_ready_says_so_in_one_line(graph, tiny_node, capfd):
    graph.start(tiny_node)
    (line,) = [line for line in capfd.readouterr().err.splitlines() if 'listens to' in line]
    assert line.endswith(
        'ready; model: tiny; listens to /words; publishes /tiny/logits')


def test_reports_are_of_the_state_of_the_lifecycle(graph, tiny):
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    change(graph, Transition.TRANSITION_DEACTIVATE)
    count = len(reports)
    graph.wait(lambda: len(reports) > count + 1, 'a report')
    status = reports[-1].status[0]
    assert (status.level, status.message) == (DiagnosticStatus.WARN, 'inactive')


def test_nothing_is_left_after_going_around(graph, tiny):
    import threading

    threads = threading.active_count()
    for _ in range(3):
        change(graph, Transition.TRANSITION_DEACTIVATE)
        change(graph, Transition.TRANSITION_CLEANUP)
        assert tiny.autostart()
    assert threading.active_count() == threads
    graph.told(tiny.get_subscriptions_info_by_topic, '/words', 1)
    graph.told(tiny.get_publishers_info_by_topic, '/tiny/logits', 1)


@pytest.mark.parametrize('graph', ['events', 'single'], indirect=True)
def test_what_was_on_its_way_to_a_node_that_is_deactivated_is_not_perceived(graph, tiny):
    words = graph.publisher(String, 'words')
    ticks = []
    tiny.every(0.01, lambda: ticks.append('tick'))
    words.publish(String(data='before'))
    graph.wait(lambda: ticks and tiny.published == ['before'], 'the first words')
    bystander, arrived = graph.stranger(), []
    bystander.create_subscription(String, 'words', arrived.append, 10)
    graph.wait(lambda: words.get_subscription_count() == 2, 'the bystander')
    executor = SingleThreadedExecutor(context=bystander.context)
    executor.add_node(bystander)
    words.publish(String(data='on its way'))
    while not arrived:
        executor.spin_once(timeout_sec=PATIENCE)
    executor.shutdown()
    received, ticked = tiny.meter.read(0.0).totals['received'], len(ticks)
    tiny.trigger_deactivate()
    graph.settle()
    assert tiny.meter.read(0.0).totals['received'] == received
    assert len(ticks) == ticked
    tiny.trigger_activate()
    graph.settle()
    assert tiny.published == ['before']


@pytest.mark.parametrize('graph', ['events', 'single'], indirect=True)
def test_an_event_for_what_was_just_destroyed_does_not_end_the_process(graph, tiny):
    unfit = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    other = graph.stranger()
    publishers = [other.create_publisher(String, 'words', unfit)]
    graph.told(graph.probe.get_publishers_info_by_topic, '/words', 1)
    for _ in range(20):
        tiny.trigger_deactivate()
        tiny.trigger_activate()
        publishers.append(other.create_publisher(String, 'words', unfit))
        tiny.trigger_deactivate()
        graph.settle(0.02)
        tiny.trigger_activate()
        graph.settle(0.02)
    assert tiny.state == 'active'
