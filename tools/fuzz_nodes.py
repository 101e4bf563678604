"""Send running nodes whatever a network can send them: messages, parameters, services, transitions.

    python tools/fuzz_nodes.py --seconds 60 --seed 1

The graph is one process in a domain of its own.  It must stay alive, answer every service and
publish states that are sound; at the end, with its parameters as they were, it must perceive
again.  The exit status is 1 where it does not.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
import random
import struct
import tempfile
from time import monotonic, time_ns
from typing import Any

from fuzz_border import Behind
from fuzz_broken import break_message, NUMBERS, TEXTS, WHOLE
from robot import robot
from services import Services
from usage import usage

from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.typestore import typestore
from mer_ros.data import NANOSECONDS
from mer_ros.messages.border import checked
from mer_ros.messages.conversions import emotion_from
from mer_ros.nodes.base.typed_topic import message_class

NODES = ('face_node', 'speech_node', 'text_node', 'fusion_node', 'response_node')
TOPICS = {'image/compressed': 'CompressedImage', 'audio': 'AudioChunk', 'transcript': 'Transcript',
          'face/logits': 'ModalityLogits', 'speech/logits': 'ModalityLogits',
          'text/logits': 'ModalityLogits', 'active_speaker': 'ActiveSpeaker',
          'speech/voice_activity': 'VoiceActivity',
          'emotion': 'EmotionState'}
"""What is sent to each topic: one of the kinds of `Behind`."""

HEAL_EVERY = 2000
"""Messages until all nodes are active again, with their own parameters."""

DAMAGED = 0.02
"""The share of messages that no longer are messages of their type."""

BURST = 50
"""Messages between two requests."""


class Attack:
    """Sends at random, and sees to it that what comes back is sound."""

    def __init__(self, graph: Any, chance: random.Random, folder: Path) -> None:
        from mer_ros.msg import EmotionStateArray

        self.graph, self.chance = graph, chance
        self.sent: Counter[str] = Counter()
        self.states = 0
        self.received: dict[str, int] = {}
        self._behind = Behind(chance, folder)
        self.services = Services(graph, NODES)
        self._publishers = {}
        for topic, kind in TOPICS.items():
            message = to_message(self._behind.readers[kind][0]())
            self._publishers[topic] = graph.node.create_publisher(
                message_class(message.__msgtype__), topic, 10)
        # Not `emotion`, to which the attack itself publishes.
        graph.node.create_subscription(EmotionStateArray, 'emotion_array', self._on_states, 10)
        graph.node.create_subscription(
            message_class('diagnostic_msgs/msg/DiagnosticArray'), '/diagnostics',
            self._on_diagnostics, 50)

    def message(self) -> bool:
        """Publish a message that may be broken, or whose bytes may be; return whether it could."""
        self._behind.now = time_ns()
        topic, kind = self.chance.choice(list(TOPICS.items()))
        message = to_message(self._behind.readers[kind][0]())
        break_message(self.chance, message)
        try:
            data = bytes(typestore().serialize_cdr(message, message.__msgtype__))
        except (struct.error, UnicodeError, OverflowError, ValueError):
            return False
        if self.chance.random() < DAMAGED:
            place = self.chance.randrange(4, len(data))
            data = data[:place] + self.chance.choice((b'', b'\xff\xff\xff\xff' + data[place + 4:]))
            self.sent['(damaged bytes)'] += 1
        self._publishers[topic].publish(data)
        self.sent[topic] += 1
        return True

    def request(self) -> None:
        """Call a service of a node with what may not be allowed."""
        pick, node = self.chance.choice, self.chance.choice(NODES)
        what = pick(('parameter', 'parameter', 'transition', 'enable', 'get_state', 'reset'))
        if what == 'parameter':
            values = [pick((*NUMBERS, *WHOLE[:8], *TEXTS[:3], *TEXTS[6:], True, [1.0], ['a']))
                      for _ in range(pick((1, 3)))]
            names = [pick((*self.services.originals[node], 'unknown')) for _ in values]
            self.services.set_parameters(node, dict(zip(names, values, strict=True)),
                                          kind=pick((None, None, 1, 4, 9, 99, 255)))
        elif what == 'transition':
            # All but shutdown: from there no node comes back.
            self.services.change_state(node, pick((0, 1, 2, 3, 4, 8, 10, 30, 61, 99, 255)))
        elif what == 'enable':
            self.services.enable(node, self.chance.random() < 0.5)
        elif what == 'reset':
            self.services.reset_adaptation()
        else:
            self.services.get_state(node)
        self.sent[f'({what})'] += 1

    def heal(self) -> None:
        """Make every node active again, with its own parameters."""
        for node in NODES:
            self.services.heal(node)

    def perceives(self) -> bool:
        """Return whether the graph, healed, publishes states once more."""
        self.heal()
        before = self.states
        until = monotonic() + 30.0
        while self.states == before and monotonic() < until:
            self._behind.now = time_ns()
            message = to_message(self._behind.some_logits())
            now = message.header.stamp
            now.sec, now.nanosec = divmod(time_ns(), NANOSECONDS)
            self._publishers[f'{message.modality}/logits'].publish(
                bytes(typestore().serialize_cdr(message, message.__msgtype__)))
            self.graph.spin(0.05)
        return self.states > before

    def _on_states(self, message: Any) -> None:
        for state in message.states:
            checked(emotion_from(state))
            self.states += 1

    def _on_diagnostics(self, message: Any) -> None:
        for status in message.status:
            values = {one.key: one.value for one in status.values}
            self.received[status.name.rpartition('/')[2]] = int(values.get('received', 0))


def run(seconds: float, seed: int, cases: int | None = None, domain: int | None = None) -> int:
    """Attack for a time, or with so many messages; print what was sent and return the status."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, robot(
            ('bringup',), '-p', 'face_node:image_transport:=compressed', domain=domain) as graph:
        graph.spin(0.1)
        executable = graph.executables['bringup']
        attack = Attack(graph, chance, Path(folder, 'kept'))
        attack.heal()
        first, began, number = usage(executable.pid), monotonic(), 0
        while number < cases if cases is not None else monotonic() < began + seconds:
            if not attack.message():
                continue
            number += 1
            if number % BURST == 0:
                attack.request()
                graph.spin(0.0)
            if number % HEAL_EVERY == 0:
                attack.heal()
            if executable.starts > 1:
                print(f'the process ended after {number} messages of seed {seed}')
                return 1
        perceives, last = attack.perceives(), usage(executable.pid)
    silent = sorted(set(NODES) - set(attack.received))
    print(f'{number} messages in {monotonic() - began:.0f} s, seed {seed}: '
          f'{dict(sorted(attack.sent.items()))}\n'
          f'received: {attack.received}; {attack.states} states, all sound\n'
          f'slowest answer {attack.services.slowest}, {attack.services.late} above a second; '
          f'{first} -> {last}\n'
          f'{"perceives as before" if perceives else "PERCEIVES NO MORE"}'
          f'{f"; no diagnostics of {silent}" if silent else ""}')
    return 0 if perceives and not silent and executable.starts == 1 else 1


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--seconds', type=float, default=60.0)
    parser.add_argument('--cases', type=int, help='so many messages, however long they take')
    parser.add_argument('--seed', type=int, default=1)
    chosen = parser.parse_args()
    raise SystemExit(run(chosen.seconds, chosen.seed, chosen.cases))
