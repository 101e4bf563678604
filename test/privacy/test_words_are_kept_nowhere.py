"""What people say is in no log, on no topic but those meant for it, and in no cache when off."""

from typing import Any

import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray
from mer_ros.msg import ModalityLogits, Transcript
from rcl_interfaces.msg import Log

from mer_ros.data import BadInput, NANOSECONDS, Words
from mer_ros.engines.text import TextEngine
from mer_ros.messages.conversions import to_ros
from mer_ros.models import load_model
from mer_ros.models.text import text_features, text_marks
from mer_ros.nodes.response_node import ResponseNode
from mer_ros.nodes.text_node import TextNode

STAMP = 1_700_000_000 * NANOSECONDS
NUMBERS = ('4111 1111 1111 1111', '0176 5550199', '1984-05-23', '7741', '٤٣٢١', '€ 250.-',
           '+1 (555) 01')
SECRET = 'xylophone diagnosis'


@pytest.mark.parametrize('number', NUMBERS)
def test_a_text_without_letters_is_described_but_not_quoted(number: str) -> None:
    with pytest.raises(BadInput) as caught:
        TextEngine(load_model('text', 'lite')).process(Words(STAMP, number))
    digits = ''.join(filter(str.isdigit, number))
    assert not [part for part in number.split() if part in str(caught.value)]
    assert f'{len(digits)} digits' in str(caught.value)


def test_no_log_and_no_diagnostics_quote_what_is_said(graph: Any, capfd: Any) -> None:
    said = [*NUMBERS, SECRET, f'{SECRET} ' * 9000, f'{SECRET}\x1b[2J']
    logs = graph.probe.create_subscription
    heard: list[str] = []
    logs(Log, '/rosout', lambda message: heard.append(message.msg), 1000)
    logs(DiagnosticArray, '/diagnostics', lambda message: heard.append(str(message)), 100)
    graph.start(TextNode, lossless=True)
    graph.start(ResponseNode)
    logits = graph.collect(ModalityLogits, 'text/logits', 100)
    speak = graph.publisher(Transcript, 'transcript')
    graph.wait(lambda: speak.get_subscription_count() == 2, 'both nodes')
    now = graph.probe.get_clock().now().nanoseconds
    for text in said:
        for confidence in (1.0, 7.0):
            message = to_ros(Words(now, text, language='en'))
            message.confidence = confidence
            speak.publish(message)
            graph.settle(0.05)
    speak.publish(to_ros(Words(now, 'I am happy')))
    graph.wait(lambda: len(logits) >= 3, 'the last words')
    graph.wait(lambda: any('refused' in line for line in heard), 'the diagnostics')
    everything = '\n'.join((*heard, *capfd.readouterr()))
    assert 'digits' in everything, 'the log was not heard'
    assert not [secret for secret in (*NUMBERS, 'xylophone') if secret in everything]


def test_no_word_stays_in_memory_when_the_engine_forgets() -> None:
    engine = TextEngine(load_model('text', 'lite'))
    engine.process(Words(STAMP, SECRET))
    caches = (text_features._part_hashes, text_marks.clusters_of)
    assert all(cache.cache_info().currsize for cache in caches)
    engine.reset()
    assert not any(cache.cache_info().currsize for cache in caches)
