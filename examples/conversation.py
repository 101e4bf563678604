#!/usr/bin/env python3
"""A conversation with an empathetic robot: words and faces go in, the robot's replies come out.

    python3 examples/conversation.py             # two people, as fast as they talk
    python3 examples/conversation.py --rate 4    # four times as fast

It writes a bag of what two people say and of how they look while they say it, replays it through
the whole graph, and prints who said what, what was perceived in it and what the robot answers.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
import signal
import subprocess
import sys
import tempfile
import textwrap

from mer_ros.msg import Response, Transcript
import numpy as np
import rclpy
from std_msgs.msg import String

from mer_ros.bags import BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.bags.input_bag import BAG_START, TRANSCRIPT_TOPIC
from mer_ros.bags.typestore import typestore
from mer_ros.data import Logits, nanoseconds, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.messages.conversions import response_from

WIDTH = 88
TICK = 0.05
"""Seconds between two looks at what was published."""

CURTAIN = '/curtain'
"""A topic that only this program listens to: the replay waits until it does."""

FACE_RATE = 5
"""Faces judged a second."""


@dataclass(frozen=True)
class Line:
    """What somebody says: when it ends, in which language, and what the face shows meanwhile."""

    end_s: float
    person: str
    text: str
    face: str
    strength: float
    language: str = 'en'
    confidence: float = 1.0


LINES = (
    Line(1.5, 'Ana', 'Hello, robot.', 'neutral', 1.5),
    Line(5.5, 'Ana', 'I got the job! I am so happy!', 'happiness', 3.0),
    Line(9.5, 'Ana', 'But I have to move away. I will miss my friends so much.', 'sadness', 2.5),
    Line(13.5, 'Ben', 'I lost my job today. I am so sad.', 'happiness', 3.2, confidence=0.8),
    Line(17.5, 'Ben', 'They lied to me, and I am furious!', 'anger', 2.5),
    Line(21.5, 'Ben', 'Ich weiß nicht.', 'neutral', 0.2, 'de', confidence=0.2),
    Line(25.5, 'Ana', 'Wow, I did not expect to meet you here, Ben!', 'surprise', 2.5),
)
"""The faces stand in for a camera: what face_node would publish while they talk."""


def write_bag(path: Path) -> None:
    """Write the conversation: a face five times a second, and the words when they end."""
    events = [(BAG_START + nanoseconds(line.end_s), TRANSCRIPT_TOPIC, Words(
        BAG_START + nanoseconds(line.end_s), line.text, 'microphone', line.person, line.language,
        confidence=line.confidence, duration=nanoseconds(1.5))) for line in LINES]
    for line in LINES:
        scores = np.where(np.array(EMOTIONS) == line.face, line.strength, 0.0)
        for index in range(2 * FACE_RATE):
            stamp = BAG_START + nanoseconds(line.end_s - 1.5 + index / FACE_RATE)
            events.append((stamp, '/face/logits', Logits(
                stamp, 'face', EMOTIONS, scores, line.person, 'acted', frame_id='camera')))
    with BagWriter(path) as writer:
        writer.write(CURTAIN, typestore().types['std_msgs/msg/String'](data='up'), BAG_START)
        for stamp, topic, item in sorted(events, key=lambda event: event[0]):
            writer.write(topic, to_message(item), stamp)


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process and interrupt it in the end."""
    process = subprocess.Popen(command, start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait()


def show(speaker: str, text: str, note: str = '') -> None:
    """Print who says what, and a note below it."""
    print(textwrap.fill(f'{speaker:>7}: {text}', WIDTH, subsequent_indent=' ' * 9))
    if note:
        print(' ' * 9 + note)
    print(flush=True)


def on_words(message: Transcript) -> None:
    """Print what a person says."""
    show(message.person_id, message.text)


def on_response(message: Response) -> None:
    """Print what the robot answers, and why."""
    response = response_from(message)
    state = response.emotion
    show('robot', response.text, (
        f'[to {response.person_id}: {state.label}, probability {state.confidence:.2f}, '
        f'uncertainty {state.uncertainty:.2f}, conflict {state.conflict:.2f}]'))


def talk(bag: Path, rate: float) -> None:
    """Replay the conversation through the graph and print it as it goes."""
    node = rclpy.create_node('conversation')
    node.create_subscription(Transcript, 'transcript', on_words, 10)
    node.create_subscription(String, CURTAIN, lambda message: None, 1)
    node.create_subscription(Response, 'response_details', on_response, 10)
    settings = ('-p', 'use_sim_time:=true', '-p', "modalities:=['face', 'text']")
    print('starting the graph ...\n', flush=True)
    with running('mer_ros', 'bringup', '--ros-args', '--log-level', 'warn', *settings) as graph:
        while not node.count_publishers('response_details'):
            if graph.poll() is not None:
                raise RuntimeError(f'the graph ended with status {graph.returncode}')
            rclpy.spin_once(node, timeout_sec=TICK)
        with running('mer_ros', 'replay', str(bag), '--rate', str(rate)) as player:
            while player.poll() is None:
                rclpy.spin_once(node, timeout_sec=TICK)
        if player.returncode:
            raise RuntimeError(f'the replay ended with status {player.returncode}')
    node.destroy_node()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the conversation to its end."""
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--rate', type=float, default=1.0, help='playback rate')
    options, ros_arguments = parser.parse_known_args(arguments)
    rclpy.init(args=ros_arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            write_bag(Path(folder) / 'conversation')
            talk(Path(folder) / 'conversation', options.rate)
    except KeyboardInterrupt:
        pass
    finally:
        rclpy.try_shutdown()
    return 0


if __name__ == '__main__':
    sys.exit(main())
