"""The fusion node with profile paper is the paper's equations (1) to (12)."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('rclpy')

from mer_ros.msg import EmotionState, ModalityLogits, VoiceActivity
from rclpy.parameter import Parameter

from mer_ros.data import Logits, NANOSECONDS, nanoseconds, VoiceHeard
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.profile_fusion import fusion_of, window_of
from mer_ros.messages.conversions import to_ros
from mer_ros.nodes.fusion_node import FusionNode
from mer_ros.nodes.fusion_parameters import fusion_settings, window_settings
from mer_ros.profiles import PROFILES

K = len(EMOTIONS)


def start(graph, profile='paper', **more):
    values = {name.replace('.', '__'): value
              for name, value in PROFILES[profile].get('fusion_node', {}).items()}
    return graph.start(FusionNode, **{**values, **more})


def equations(logits):
    """Return belief, uncertainty and probability by eqs. (1) to (12), step by step.

    ``logits`` are those of audio, video and text, None where one is missing.
    """
    least = min(values.min() for values in logits if values is not None)       # (1)
    masses = []
    for values in logits:
        evidence = np.zeros(K) if values is None else values - least           # (1)
        alpha = evidence + 1                                                   # (2)
        strength = alpha.sum()                                                 # (3)
        masses.append((evidence / strength, K / strength))                     # (4), (5)
    belief, uncertainty = masses[0]
    for other, doubt in masses[1:]:
        conflict = sum(belief[i] * other[j]
                       for i in range(K) for j in range(K) if i != j)          # (8)
        belief = (belief * other + belief * doubt + other * uncertainty) / (1 - conflict)  # (6)
        uncertainty = uncertainty * doubt / (1 - conflict)                     # (7)
    strength = K / uncertainty                                                 # (9)
    alpha = belief * strength + 1                                              # (10), (11)
    return belief, uncertainty, alpha / strength                               # (12)


def message(modality, stamp, logits, **more):
    return to_ros(Logits(stamp, modality, EMOTIONS, logits, **more))


@pytest.mark.parametrize('absent', [None, 'text', 'face'])
def test_an_utterance_is_fused_as_the_equations_say_whatever_its_quality_and_age(graph, absent):
    node = start(graph, window__length=5.0 if absent else 14.0)
    states = graph.collect(EmotionState, 'emotion')
    topics = {name: graph.publisher(ModalityLogits, f'{name}/logits')
              for name in ('face', 'speech', 'text') if name != absent}
    random = np.random.default_rng(7)
    said = {}
    end = graph.probe.get_clock().now().nanoseconds
    for person in ('ann', 'bob', 'cem', 'dan'):
        said[person] = dict(zip(('face', 'speech', 'text'), random.normal(0, 4, (3, K)),
                                strict=True))
        for name, age, quality, window in (('face', 2.0, 0.3, 0.0), ('text', 0.5, 0.5, 0.0),
                                           ('speech', 0.0, 0.6, 3.0)):
            if name != absent:
                topics[name].publish(message(
                    name, end - nanoseconds(age), said[person][name], quality=quality,
                    window=nanoseconds(window), person_id=person))
    graph.wait(lambda: len(states) == len(said), 'the state of every utterance')
    for state in states:
        logits = said[state.person_id]
        belief, uncertainty, probability = equations([
            None if name == absent else logits[name] for name in ('speech', 'face', 'text')])
        np.testing.assert_allclose(state.belief, belief, rtol=0, atol=1e-9)
        np.testing.assert_allclose(state.probability, probability, rtol=0, atol=1e-9)
        assert state.uncertainty == pytest.approx(uncertainty, abs=1e-9)
        assert state.label == EMOTIONS[int(probability.argmax())]
        assert list(state.missing) == ([] if absent is None else [absent])
    assert {state.person_id for state in states} == set(said)
    assert not node.engine.counts


def test_words_count_though_the_microphone_reports_that_it_heard_no_voice(graph):
    node = start(graph)
    states = graph.collect(EmotionState, 'emotion')
    end = graph.probe.get_clock().now().nanoseconds
    reports = graph.publisher(VoiceActivity, 'speech/voice_activity')
    for second in range(-8, 1):
        reports.publish(to_ros(VoiceHeard(end + second * NANOSECONDS, NANOSECONDS, 0)))
    graph.wait(lambda: len(node.engine._gate._reports) == 9, 'the reports')
    said = dict(zip(('face', 'text', 'speech'),
                    np.random.default_rng(9).normal(0, 3, (3, K)), strict=True))
    for name, logits in said.items():
        window = NANOSECONDS if name == 'speech' else 0
        graph.publisher(ModalityLogits, f'{name}/logits').publish(
            message(name, end - (name == 'face'), logits, window=window))
    graph.wait(lambda: states, 'the state of the utterance')
    belief, uncertainty, _ = equations([said['speech'], said['face'], said['text']])
    np.testing.assert_allclose(states[0].belief, belief, rtol=0, atol=1e-9)
    assert states[0].uncertainty == pytest.approx(uncertainty, abs=1e-9)


def test_the_best_face_since_the_voice_began_is_the_one_that_counts(graph):
    node = start(graph)
    states = graph.collect(EmotionState, 'emotion')
    topics = {name: graph.publisher(ModalityLogits, f'{name}/logits')
              for name in ('face', 'speech', 'text')}
    node_faces = np.random.default_rng(8).normal(0, 1, (3, K))
    node_faces[1] *= 4
    end = graph.probe.get_clock().now().nanoseconds
    for index, logits in enumerate(node_faces):
        topics['face'].publish(message('face', end - (3 - index) * NANOSECONDS // 2, logits))
    text = np.zeros(K)
    topics['text'].publish(message('text', end - 1, text))
    graph.wait(lambda: node.meter.read(0.0).totals['received'] == 4, 'the faces and the words')
    assert not states
    topics['speech'].publish(message('speech', end, text, window=2 * NANOSECONDS))
    graph.wait(lambda: states, 'the state of the utterance')
    belief, uncertainty, _ = equations([text, node_faces[1], text])
    np.testing.assert_allclose(states[0].belief, belief, rtol=0, atol=1e-9)
    assert states[0].uncertainty == pytest.approx(uncertainty, abs=1e-9)


def test_both_discounts_may_be_switched_while_the_node_runs(graph):
    node = start(graph, 'lite')
    values = node.parameters.values()
    assert (values['discount.quality'], values['discount.age']) == (True, True)
    assert all(result.successful for result in node.set_parameters([
        Parameter(f'discount.{name}', value=False) for name in ('quality', 'age')]))
    assert not node.engine.settings.discount_quality
    assert not node.engine.settings.discount_age


def test_without_a_voice_the_default_trigger_takes_over_and_the_diagnostics_say_so(graph):
    node = start(graph, modalities=['face', 'text'])
    states = graph.collect(EmotionState, 'emotion')
    stamp = graph.probe.get_clock().now().nanoseconds
    for name in ('face', 'text'):
        graph.publisher(ModalityLogits, f'{name}/logits').publish(
            message(name, stamp, np.eye(K)[3]))
    graph.wait(lambda: states, 'a state')
    level, told, _ = node._report()
    assert level == 'warn'
    assert 'the trigger complete_or_deadline takes the place of utterance' in told


@pytest.mark.parametrize('profile', PROFILES)
def test_what_runs_without_a_node_fuses_as_the_node_of_the_profile(graph, profile):
    values = start(graph, profile).parameters.values()
    given, meant = fusion_settings(values), fusion_of(profile)
    assert window_of(profile) == window_settings(values)
    for name in ('face', 'speech', 'text'):
        assert given.reliability_of(name) == meant.reliability_of(name)
        assert given.alone_of(name) == meant.alone_of(name)
    same = dict.fromkeys(
        ('reliability', 'reliability_alone', 'weak_labels', 'weak_reliability', 'temperature',
         'output_temperature'))
    said = np.random.default_rng(0).normal(size=K)
    everything = np.ones(K, dtype=np.bool_)
    assert given.beside('text', said, everything) == meant.beside('text', said, everything)
    names = ('face', 'speech', 'text')
    assert given.voice_needed(names) == meant.voice_needed(names)
    same['voice_within'] = None
    assert replace(given, **same) == replace(meant, **same)
