"""Nodes tell people what they do, and keep to what the site allows."""

from datetime import datetime, timedelta
import json

import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray
from mer_ros.msg import ModalityLogits, Transcript
from rclpy.qos import DurabilityPolicy, QoSProfile
from std_msgs.msg import String
from std_srvs.srv import SetBool

from mer_ros.nodes.base.audit import AuditLog
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.text_node import TextNode

LATCHED = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
SAID = 'What a lovely day, I am so happy!'


@pytest.fixture
def policy(tmp_path):
    def write(text):
        path = tmp_path / 'policy.yaml'
        path.write_text(text)
        return str(path)
    return write


def latest(notices, name):
    return next((notice.data for notice in reversed(notices)
                 if notice.data.startswith(f'{name} ')), '')


def say(graph, publisher=None):
    """Publish words, as of now; return the publisher."""
    publisher = publisher or graph.publisher(Transcript, 'transcript')
    message = Transcript(text=SAID, confidence=1.0)
    message.header.stamp = graph.probe.get_clock().now().to_msg()
    publisher.publish(message)
    return publisher


def now_closed():
    """Return hours of an hour that is not the present one, nor the next."""
    away = datetime.now().astimezone() + timedelta(hours=3)
    return f'"{away:%H}:00-{away:%H}:30"'


def test_who_comes_late_reads_what_every_node_does_and_how_to_switch_it_off(graph):
    graph.start(FusionNode)
    graph.start(TextNode)
    notices = graph.collect(String, 'notice', LATCHED)
    graph.wait(lambda: latest(notices, '/text_node') and latest(notices, '/fusion_node'), 'both')
    said = latest(notices, '/text_node')
    assert 'reads what people say' in said
    assert 'On disk it keeps nothing.' in said
    assert 'It publishes on /text/logits.' in said
    assert 'ros2 service call /text_node/enable' in said


def test_the_notice_stays_true_when_a_node_is_switched_off_and_when_it_ends(graph):
    node = graph.start(TextNode)
    notices = graph.collect(String, 'notice', LATCHED)
    node._on_enable(SetBool.Request(data=False), SetBool.Response())
    graph.wait(lambda: latest(notices, '/text_node') == (
        '/text_node perceives nothing: switched off'), 'off')
    node._on_enable(SetBool.Request(data=True), SetBool.Response())
    graph.wait(lambda: 'reads what' in latest(notices, '/text_node'), 'on')
    node.trigger_deactivate()
    graph.wait(lambda: latest(notices, '/text_node') == (
        '/text_node perceives nothing: it is not active'), 'the end')


def test_a_modality_that_the_site_switches_off_is_not_perceived_and_cannot_be_switched_on(
        graph, policy):
    node = graph.start(TextNode, site_policy=policy('{site: Foyer, modalities_off: [text]}'))
    logits = graph.collect(ModalityLogits, 'text/logits')
    notices = graph.collect(String, 'notice', LATCHED)
    say(graph)
    answer = node._on_enable(SetBool.Request(data=True), SetBool.Response())
    assert not answer.success
    assert answer.message == 'off by the site policy: text must not be perceived here'
    graph.wait(lambda: latest(notices, '/text_node'), 'a notice')
    assert latest(notices, '/text_node') == (
        '/text_node perceives nothing: off by the site policy: text must not be perceived here. '
        'site: Foyer. not perceived: text')
    graph.settle()
    assert logits == []


def test_outside_the_hours_nothing_is_perceived_and_within_them_it_is(graph, policy):
    node = graph.start(TextNode, site_policy=policy(f'hours: {now_closed()}'))
    logits = graph.collect(ModalityLogits, 'text/logits')
    publisher = say(graph)
    graph.settle()
    assert logits == []
    node.site.policy = graph.add(FusionNode).site.policy  # one without hours
    node._diagnostics.publish()
    say(graph, publisher)
    graph.wait(lambda: logits, 'logits')


def test_when_the_hours_end_all_that_is_held_is_forgotten(graph, policy, monkeypatch):
    node = graph.start(TextNode)
    forgotten = []
    monkeypatch.setattr(node, 'forget', lambda: forgotten.append(True))
    node.site.obey(policy(f'hours: {now_closed()}'))
    assert forgotten == [True]
    node.site.look()
    assert forgotten == [True]


def test_the_diagnostics_say_that_it_is_the_policy(graph, policy):
    graph.start(FusionNode, site_policy=policy('{use: education, prohibited_uses: [education]}'))
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    graph.wait(lambda: reports, 'diagnostics')
    assert reports[-1].status[0].message == (
        "off by the site policy: the use 'education' is prohibited here")


@pytest.mark.parametrize(('text', 'reason'), [
    ('modalties_off: [text]', 'allows nothing, since it is not understood'),
    (None, 'No such file')])
def test_a_policy_that_is_not_understood_lets_no_node_start(graph, policy, text, reason):
    path = '/no/such/policy.yaml' if text is None else policy(text)
    node = graph.add(TextNode, site_policy=path)
    assert not node.autostart()
    assert node.state == 'unconfigured'
    assert reason in node.failure


def test_nothing_is_collected_where_the_site_says_so(graph, policy, tmp_path):
    options = {'collect__folder': str(tmp_path / 'kept'), 'collect__consent': True}
    node = graph.add(TextNode, site_policy=policy('retention_days: 0'), **options)
    assert not node.autostart()
    assert 'nothing may be collected' in node.failure
    assert not (tmp_path / 'kept').exists()


def test_the_notice_says_what_is_collected_and_not_for_longer_than_the_site_allows(
        graph, policy, tmp_path):
    folder = tmp_path / 'kept'
    graph.start(TextNode, site_policy=policy('retention_days: 2'),
                collect__folder=str(folder), collect__consent=True)
    notices = graph.collect(String, 'notice', LATCHED)
    graph.wait(lambda: latest(notices, '/text_node'), 'a notice')
    assert f'On disk it keeps uncertain segments in {folder} for at most 2 days.' in (
        latest(notices, '/text_node'))


def test_the_audit_log_says_when_it_perceived_and_never_what_was_said(graph, policy):
    path = policy('site: Foyer')
    node = graph.start(TextNode, site_policy=path)
    logits = graph.collect(ModalityLogits, 'text/logits')
    say(graph)
    graph.wait(lambda: logits, 'logits')
    node._on_enable(SetBool.Request(data=False), SetBool.Response())
    node.close()
    text = AuditLog('/text_node').path.read_text()
    events = [json.loads(line) for line in text.splitlines()]
    assert [(event['event'], event['about'].partition(' sha256')[0]) for event in events] == [
        ('policy', path), ('perceiving', 'yes'), ('collecting', 'no'),
        ('perceiving', 'no: switched off'), ('perceiving', 'no: it is not active')]
    assert 'lovely' not in text


def test_without_a_policy_no_audit_log_is_written(graph):
    graph.start(TextNode).close()
    assert not AuditLog('/text_node').path.exists()
