"""The response node in a live graph."""

import importlib.util
from threading import Event

import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray
from mer_ros.msg import EmotionState, Response, Transcript
import numpy as np
from rclpy.parameter import Parameter
from rclpy.time import Time
from rosgraph_msgs.msg import Clock
from std_msgs.msg import Bool, String
from std_srvs.srv import SetBool

from mer_ros.data import Emotion, nanoseconds, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import response_from, to_ros
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.response_node import ResponseNode
from mer_ros.nodes.text_node import TextNode
from mer_ros.response import generator
from mer_ros.response.templates import load_languages
from mer_ros.response.wording import Mood

ENGLISH = load_languages()['en']
SAD = ENGLISH.sentences(Mood('sadness', 'high', True))
T = 1000.0


def state(seconds, label='sadness', *, person='', uncertainty=0.1):
    values = np.full(7, 0.1 / 6)
    values[EMOTIONS.index(label)] = 0.9
    return to_ros(Emotion(
        stamp=nanoseconds(seconds), window_start=nanoseconds(seconds), person_id=person,
        label=label, confidence=0.9, uncertainty=uncertainty, conflict=0.0, labels=EMOTIONS,
        belief=values * (1 - uncertainty), probability=values, alpha=values + 1,
        valid_for=nanoseconds(5.0), frame_id='camera'))


def words(seconds, text='I lost my job today', *, person='', language='en'):
    return to_ros(Words(nanoseconds(seconds), text, person_id=person, language=language))


class Conversation:
    """A person in front of the node, under a clock that the test owns."""

    def __init__(self, graph, **parameters):
        self.graph = graph
        self.node = graph.start(ResponseNode, use_sim_time=True, **parameters)
        self.details = graph.collect(Response, 'response_details')
        self.spoken = graph.collect(String, 'response')
        self.clock = graph.publisher(Clock, '/clock')
        self.emotion = graph.publisher(EmotionState, 'emotion')
        self.transcript = graph.publisher(Transcript, 'transcript')

    def received(self):
        return self.node.meter.read(0.0).totals['received']

    def give(self, publisher, message):
        before = self.received()
        publisher.publish(message)
        self.graph.wait(lambda: self.received() > before, 'the input')

    def set(self, seconds):
        self.clock.publish(Clock(clock=Time(nanoseconds=nanoseconds(seconds)).to_msg()))
        self.graph.wait(lambda: self.node.now == nanoseconds(seconds), 'the clock')

    def feel(self, seconds, *arguments, **more):
        self.give(self.emotion, state(seconds, *arguments, **more))

    def say(self, seconds, *arguments, **more):
        self.give(self.transcript, words(seconds, *arguments, **more))

    def replies(self, count):
        self.graph.wait(lambda: len(self.details) >= count and len(self.spoken) >= count,
                        f'{count} replies')
        return self.texts()

    def texts(self):
        return [message.text for message in self.details]


def test_words_are_answered_with_the_emotion_perceived_in_them(graph):
    talk = Conversation(graph)
    talk.set(T)
    talk.say(T, person='ana')
    talk.feel(T + 0.1, person='ana')
    talk.replies(1)
    response = response_from(talk.details[0])
    assert talk.spoken[0].data == response.text
    assert response.text in SAD
    assert (response.person_id, response.language, response.source) == ('ana', 'en', 'template')
    assert (response.stamp, response.frame_id) == (nanoseconds(T + 0.1), 'camera')
    assert response.emotion.label == 'sadness'
    assert talk.details[0].header == talk.details[0].emotion.header


def test_the_node_waits_for_an_emotion_by_the_clock_of_the_graph(graph):
    talk = Conversation(graph)
    talk.set(T)
    talk.say(T)
    graph.settle(1.3)
    assert talk.texts() == []
    talk.set(T + 1.0)
    assert talk.replies(1)[0] in ENGLISH.unknown
    assert talk.details[0].emotion.label == 'unknown'


def test_nothing_is_said_before_the_clock_starts(graph):
    talk = Conversation(graph, wait_for_emotion=0.0)
    talk.say(T)
    talk.feel(T)
    graph.settle()
    assert talk.texts() == []
    talk.set(T + 0.1)
    talk.replies(1)


def test_a_clock_that_jumps_back_clears_conversations(graph):
    talk = Conversation(graph)
    talk.set(T)
    talk.say(T)
    talk.set(T - 500.0)
    talk.set(T + 60.0)
    graph.settle()
    assert talk.texts() == []
    talk.say(T - 400.0)
    talk.feel(T - 400.0)
    talk.replies(1)
    assert talk.node.engine.counts['restart'] == 0


def test_a_person_is_not_answered_twice_within_the_least_interval(graph):
    talk = Conversation(graph, min_interval=10.0)
    talk.set(T)
    for seconds, person in ((T, 'ana'), (T + 5.0, 'ana'), (T + 5.0, 'ben'), (T + 10.0, 'ana')):
        talk.say(seconds, person=person)
        talk.feel(seconds, person=person)
    talk.replies(3)
    graph.settle()
    assert [message.person_id for message in talk.details] == ['ana', 'ben', 'ana']
    assert talk.details[0].text != talk.details[2].text


def test_replies_are_held_while_the_robot_speaks_and_dropped_in_the_end(graph):
    talk = Conversation(graph, hold_timeout=3.0, min_interval=0.0)
    robot = graph.publisher(Bool, 'robot_speaking')

    def answered():
        return talk.node.engine.counts['held']

    talk.set(T)
    robot.publish(Bool(data=True))
    graph.wait(lambda: talk.node._gate.speaking, 'the robot to speak')
    talk.feel(T)
    talk.say(T)
    graph.wait(lambda: answered() == 1, 'the reply to be held')
    talk.set(T + 3.1)
    graph.wait(lambda: talk.node.engine.counts['hold_timeout'] == 1, 'the reply to be dropped')
    talk.feel(T + 4.0)
    talk.say(T + 4.0)
    graph.wait(lambda: answered() == 2, 'the second reply to be held')
    assert talk.texts() == []
    robot.publish(Bool(data=False))
    talk.replies(1)
    assert talk.details[0].header.stamp.sec == round(T) + 4


def test_a_robot_that_never_says_it_is_silent_is_believed_to_be_after_a_while(graph):
    talk = Conversation(graph, min_interval=0.0)
    robot = graph.publisher(Bool, 'robot_speaking')
    talk.set(T)
    robot.publish(Bool(data=True))
    graph.wait(lambda: talk.node._gate.speaking, 'the robot to speak')
    talk.set(T + 31.0)
    graph.wait(lambda: not talk.node._gate.speaking, 'the node to doubt it')
    talk.feel(T + 31.0)
    talk.say(T + 31.0)
    talk.replies(1)


def test_a_reply_that_was_held_does_not_stop_the_next_after_a_pause(graph):
    talk = Conversation(graph, min_interval=0.0)
    robot = graph.publisher(Bool, 'robot_speaking')
    talk.set(T)
    robot.publish(Bool(data=True))
    graph.wait(lambda: talk.node._gate.speaking, 'the robot to speak')
    for second, label in ((T, 'held'), (T + 1.0, 'said')):
        talk.set(second)
        talk.feel(second)
        talk.say(second)
        if label == 'held':
            graph.wait(lambda: talk.node.engine.counts['held'] == 1, 'the reply to be held')
            talk.node.trigger_deactivate()
            talk.node.trigger_activate()
            graph.wait(lambda: talk.transcript.get_subscription_count()
                       and talk.emotion.get_subscription_count(), 'the node')
            robot.publish(Bool(data=True))
            graph.wait(lambda: talk.node._gate.speaking, 'the robot to speak on')
    graph.wait(lambda: talk.node.engine.counts['held'] == 2, 'the second reply to be held')
    robot.publish(Bool(data=False))
    talk.replies(1)
    assert [message.header.stamp.sec for message in talk.details] == [round(T) + 1]


def test_a_change_of_emotion_is_spoken_about_only_where_asked_for(graph):
    talk = Conversation(graph)

    def feel(begin):
        for index, label in enumerate(['neutral'] * 4 + ['sadness'] * 4):
            talk.feel(begin + index / 2, label)

    talk.set(T)
    feel(T)
    graph.settle()
    assert talk.texts() == []
    (result,) = talk.node.set_parameters([Parameter('speak_first', value=True)])
    assert result.successful
    feel(T + 10.0)
    assert talk.replies(1)[0] in SAD


def test_a_plain_string_is_answered_too(graph):
    graph.start(ResponseNode, wait_for_emotion=0.0)
    spoken = graph.collect(String, 'response')
    graph.publisher(String, 'transcript', by=graph.stranger()).publish(String(data='Hello robot'))
    graph.wait(lambda: spoken, 'the reply')
    assert spoken[0].data in ENGLISH.unknown


def test_the_language_is_that_of_the_transcript(graph):
    talk = Conversation(graph)
    talk.set(T)
    talk.feel(T)
    talk.say(T, 'Ich habe meine Stelle verloren', language='de-DE')
    talk.replies(1)
    assert talk.details[0].language == 'de'


def test_somebody_who_needs_a_human_is_told_so_whatever_the_limits(graph):
    talk = Conversation(graph, min_interval=100.0)
    talk.set(T)
    talk.say(T, 'hello')
    talk.feel(T)
    talk.replies(1)
    talk.say(T + 1.0, 'I want to die.')
    assert talk.replies(2)[1] == ENGLISH.crisis_reply


def test_switched_off_it_hears_nothing_and_forgets(graph):
    talk = Conversation(graph)
    talk.set(T)
    talk.say(T)
    client = graph.probe.create_client(SetBool, 'response_node/enable')
    assert client.wait_for_service(20.0)
    future = client.call_async(SetBool.Request(data=False))
    graph.wait(future.done, 'the switch')
    before = talk.received()
    talk.emotion.publish(state(T))
    talk.set(T + 9.0)
    graph.settle()
    assert talk.received() == before
    assert talk.texts() == []


@pytest.mark.parametrize(('parameter', 'value', 'reason'), [
    ('language', 'xx', 'known'), ('wording.medium', 0.9, 'above high'), ('min_interval', -1.0, ''),
    ('wording.max_uncertainty', 0.1, 'sure_uncertainty'), ('seed', 3, 'fixed')])
def test_a_change_that_makes_no_sense_is_refused_and_the_old_value_kept(
        graph, parameter, value, reason):
    node = graph.start(ResponseNode)
    before = node.get_parameter(parameter).value
    (result,) = node.set_parameters([Parameter(parameter, value=value)])
    assert not result.successful
    assert reason in result.reason
    assert node.get_parameter(parameter).value == before


@pytest.mark.parametrize(('parameters', 'reason'), [
    ({'language': 'xx'}, "no sentences for the language 'xx'"),
    ({'templates': 'nowhere'}, 'holds no file'),
    ({'generator_languages': ['yy']}, "'yy'"),
    ({'wording__high': 0.1}, 'above high')])
def test_what_it_cannot_do_keeps_the_node_unconfigured_with_a_reason(graph, parameters, reason):
    node = graph.add(ResponseNode, **parameters)
    assert not node.autostart()
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    graph.wait(lambda: any(reason in array.status[0].message for array in reports), 'the reason')


def test_a_language_may_change_while_it_runs(graph):
    talk = Conversation(graph, min_interval=0.0)
    talk.node.set_parameters([Parameter('language', value='fr')])
    talk.set(T)
    talk.feel(T)
    talk.say(T)
    talk.replies(1)
    assert talk.details[0].language == 'fr'


def test_nothing_that_was_said_is_logged(graph, capfd):
    talk = Conversation(graph)
    talk.set(T)
    talk.feel(T)
    talk.say(T, 'my password is swordfish')
    talk.replies(1)
    captured = capfd.readouterr()
    assert 'swordfish' not in captured.out + captured.err


class Slow:
    """A generator that writes when it is let."""

    name = 'slow'

    def __init__(self):
        self.asked, self.may_write = Event(), Event()

    def reply(self, prompt):
        self.asked.set()
        self.may_write.wait()
        return 'I am sorry about that.'


@pytest.fixture
def slow(monkeypatch):
    made = Slow()
    monkeypatch.setitem(generator.GENERATORS._loaded, 'dialogpt', lambda: made)
    yield made
    made.may_write.set()


def test_a_slow_generator_does_not_hold_up_the_executor(graph, slow):
    talk = Conversation(graph, generator='dialogpt')
    talk.set(T)
    talk.feel(T)
    talk.say(T)
    graph.wait(slow.asked.is_set, 'the generator')
    talk.feel(T + 0.5)
    assert talk.texts() == []
    slow.may_write.set()
    assert talk.replies(1) == ['I am sorry about that.']
    assert talk.details[0].source == 'slow'


def test_what_is_generated_while_the_robot_begins_to_speak_is_held(graph, slow):
    talk = Conversation(graph, generator='dialogpt')
    robot = graph.publisher(Bool, 'robot_speaking')
    talk.set(T)
    talk.feel(T)
    talk.say(T)
    graph.wait(slow.asked.is_set, 'the generator')
    robot.publish(Bool(data=True))
    graph.wait(lambda: talk.node._gate.speaking, 'the robot to speak')
    slow.may_write.set()
    graph.wait(lambda: talk.node.engine.counts['held'] == 1, 'the reply to be held')
    assert talk.texts() == []
    robot.publish(Bool(data=False))
    talk.replies(1)


def test_what_was_generated_across_a_jump_of_the_clock_is_not_said(graph, slow):
    talk = Conversation(graph, generator='dialogpt')
    talk.set(T)
    talk.feel(T)
    talk.say(T)
    graph.wait(slow.asked.is_set, 'the generator')
    talk.set(10.0)
    slow.may_write.set()
    talk.feel(10.0)
    talk.say(10.0)
    talk.replies(1)
    graph.settle()
    assert [message.header.stamp.sec for message in talk.details] == [10]


def test_what_was_generated_while_the_node_was_switched_off_is_not_said(graph, slow):
    talk = Conversation(graph, generator='dialogpt')
    talk.set(T)
    talk.feel(T)
    talk.say(T)
    graph.wait(slow.asked.is_set, 'the generator')
    client = graph.probe.create_client(SetBool, 'response_node/enable')
    graph.wait(client.service_is_ready, 'the switch')
    for on in (False, True):
        answer = client.call_async(SetBool.Request(data=on))
        graph.wait(answer.done, 'the answer')
    slow.may_write.set()
    talk.set(T + 5.0)
    talk.feel(T + 5.0)
    talk.say(T + 5.0)
    talk.replies(1)
    graph.settle()
    assert [message.header.stamp.sec for message in talk.details] == [round(T) + 5]


@pytest.fixture(scope='session')
def checkpoint(repository, tmp_path_factory):
    """Write a small DialoGPT that has learned a reply; return its folder."""
    pytest.importorskip('transformers')
    path = repository / 'test' / 'response' / 'test_generator_transformers.py'
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.write_gpt2(tmp_path_factory.mktemp('generators') / 'tiny', module.DIALOGUES))


def test_a_transformer_answers_in_the_graph(graph, checkpoint):
    talk = Conversation(graph, generator='dialogpt', model_path=checkpoint, timeout=60.0,
                        temperature=0.0)
    talk.set(T)
    talk.feel(T)
    talk.say(T, 'my dog died')
    assert talk.replies(1) == ['i am so sorry about your dog.']
    assert talk.details[0].source == 'tiny'


def test_a_template_is_said_where_the_transformer_is_too_slow_and_diagnostics_say_so(
        graph, checkpoint):
    talk = Conversation(graph, generator='dialogpt', model_path=checkpoint, timeout=0.01,
                        max_new_tokens=1, temperature=0.0)
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    talk.set(T)
    talk.feel(T)
    talk.say(T, 'my dog died')
    assert talk.replies(1)[0] in SAD
    graph.wait(lambda: any('replaced by templates' in status.message for array in reports
                           for status in array.status), 'the warning')
    assert sum(talk.node.engine.counts[f'fallback.{reason}']
               for reason in ('slow', 'unfinished')) == 1


def test_a_generator_without_its_model_says_what_to_do(graph, tmp_path):
    pytest.importorskip('transformers')
    for folder, reason in (('', 'needs model_path'), (str(tmp_path), 'hf download')):
        node = graph.add(ResponseNode, generator='chat', model_path=folder)
        assert not node.autostart()
        assert reason in node.failure


def test_words_go_through_the_whole_graph_to_a_reply(graph):
    graph.start(FusionNode, modalities=['text'])
    graph.start(TextNode)
    graph.start(ResponseNode)
    details = graph.collect(Response, 'response_details')
    now = graph.probe.get_clock().now().nanoseconds
    topic = graph.publisher(Transcript, 'transcript')
    graph.wait(lambda: topic.get_subscription_count() == 2, 'both listeners')
    topic.publish(to_ros(Words(now, 'I am so sad, my grandmother died last week.', language='en')))
    graph.wait(lambda: details, 'the reply')
    assert details[0].emotion.label == 'sadness'
    assert details[0].text in SAD
