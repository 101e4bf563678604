"""Node that publishes a bag with its own timing and clock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
import signal
import sys
import time
from typing import Any

import rclpy
from rclpy.context import Context
from rclpy.duration import Duration
from rclpy.exceptions import ParameterException
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter as RosParameter
from rclpy.publisher import Publisher
from rclpy.qos import QoSProfile
from rclpy.signals import SignalHandlerOptions
from rclpy.time import Time
from rclpy.utilities import remove_ros_args
from rosgraph_msgs.msg import Clock

from mer_ros.bags import BagError, BagReader
from mer_ros.bags.pacing import Pacer
from mer_ros.data import nanoseconds
from mer_ros.nodes.base.guarded_node import GuardedNode
from mer_ros.nodes.base.not_started import say_why_not_started
from mer_ros.nodes.base.parameters import Parameters
from mer_ros.nodes.base.qos import QOS_OVERRIDES
from mer_ros.nodes.replay.replay_parameters import PARAMETERS
from mer_ros.nodes.replay.replay_progress import progress_bar
from mer_ros.nodes.replay.replay_topics import (
    CLOCK_TOPIC,
    LOGITS,
    message_class,
    obstacle,
    offered_qos,
)

_LEAD = nanoseconds(0.1)
_ACKNOWLEDGE = Duration(seconds=1.0)
_POLL = 0.02
_SETTLE = 1.0

_Publishers = dict[tuple[str, str], Publisher]


class ReplayNode(GuardedNode):
    """Publishes the messages of a bag, byte for byte, spaced as they were recorded.

    Messages of older versions of this package get the fields that they lack, empty.

    Its only jobs: offer each topic with the QoS it was recorded with, wait for the subscribers,
    keep /clock running from before the first message until after the last, and end.
    ``published`` counts the messages so far, without those on /clock.
    """

    def __init__(self, *, overrides: Mapping[str, Any], context: Context) -> None:
        super().__init__('replay', context=context, parameter_overrides=[
            RosParameter(name, value=value) for name, value in overrides.items()])
        values = Parameters(self, PARAMETERS).values()
        self._bag: str = values['bag']
        self._rate: float = values['rate']
        self._start: float = values['start']
        self._loop: bool = values['loop']
        self._topics = {topic for topic in values['topics'] if topic}
        self._wait_for: float = values['wait_for']
        self._tail: float = values['tail']
        self._progress: bool = values['progress']
        self._reliable: bool = values['reliable']
        self.published = 0
        self._spinner = SingleThreadedExecutor(context=context)
        self._spinner.add_node(self)
        self._clock_publisher: Publisher | None = None
        if values['clock']:
            self._clock_publisher = self.create_publisher(Clock, CLOCK_TOPIC, QoSProfile(depth=1))

    def play(self) -> None:
        """Play the bag; again and again when it loops.

        Raises:
            BagError: the bag cannot be read, or none of it can be published.
        """
        if not self._bag:
            raise BagError('no bag is named; give its path as the first argument or as the '
                           'parameter "bag"')
        with BagReader(self._bag) as bag:
            for note in bag.notes:
                self.get_logger().warning(note)
            known = len(bag.notes)
            publishers = self._make_publishers(bag)
            first = bag.start + nanoseconds(self._start)
            self._wait_for_subscribers(publishers, first - _LEAD)
            with progress_bar(Path(self._bag).name, first, bag.end, enabled=self._progress) as show:
                while True:
                    self._play_once(bag, publishers, show)
                    if not self._loop:
                        break
            for note in bag.notes[known:]:
                self.get_logger().warning(note)
            for publisher in publishers.values():
                publisher.wait_for_all_acked(_ACKNOWLEDGE)

    def _play_once(
        self, bag: BagReader, publishers: _Publishers, show: Callable[[int], None]
    ) -> None:
        begin = bag.start + nanoseconds(self._start) - _LEAD
        self._hold(begin)
        pacer = Pacer(rate=self._rate, sleep=self._spin)
        pacer.begin(begin)
        outdated = {msgtype for _, msgtype in publishers if bag.is_outdated(msgtype)}
        for message in bag.messages(topics={topic for topic, _ in publishers}, start=self._start):
            publisher = publishers.get((message.topic, message.msgtype))
            if publisher is None:
                continue
            for now in pacer.until(message.stamp):
                self._tell(now)
                show(now)
            self._tell(message.stamp)
            publisher.publish(bag.renewed(message) if message.msgtype in outdated
                              else message.data)
            self.published += 1
        # What is still being computed takes as long at every rate.
        last = bag.end + nanoseconds(self._tail)
        tail = Pacer(sleep=self._spin)
        tail.begin(bag.end)
        for now in tail.until(last):
            self._tell(now)
        self._tell(last)

    def _tell(self, now: int) -> None:
        if self._clock_publisher is not None:
            self._clock_publisher.publish(Clock(clock=Time(nanoseconds=now).to_msg()))

    def _spin(self, seconds: float) -> None:
        """Answer parameter requests and the like for at most so long."""
        self._spinner.spin_once(timeout_sec=seconds)

    def _wait_for_subscribers(self, publishers: _Publishers, now: int) -> None:
        """Hold the clock just before the first message until every topic is listened to.

        So must be the logits that listeners publish: else the first of them would be lost.
        """
        deadline = time.monotonic() + self._wait_for
        while silent := [
                *(topic for (topic, _), publisher in publishers.items()
                  if not publisher.get_subscription_count()),
                *(topic for topic, types in self.get_topic_names_and_types()
                  if LOGITS in types and not self.count_subscribers(topic))]:
            if time.monotonic() >= deadline:
                self.get_logger().warning(
                    f'nobody subscribed to {silent} within {self._wait_for} s')
                break
            self._tell(now)
            self._spin(_POLL)

    def _hold(self, now: int) -> None:
        """Keep the clock standing, until everybody must have seen it.

        A subscriber may learn of its publisher a little later than the publisher of it; and after
        a jump back nobody shall mistake the first message of a round for one of the last round.
        """
        settled = time.monotonic() + _SETTLE
        while time.monotonic() < settled:
            self._tell(now)
            self._spin(_POLL)

    def _make_publishers(self, bag: BagReader) -> _Publishers:
        if unknown := sorted(self._topics - {topic.name for topic in bag.topics}):
            raise BagError(f'{bag.path} has no topic {unknown}; it has '
                           f'{sorted(topic.name for topic in bag.topics)}')
        publishers: _Publishers = {}
        for topic in bag.topics:
            if self._topics and topic.name not in self._topics:
                continue
            if problem := obstacle(topic, bag, clock=self._clock_publisher is not None):
                self.get_logger().warning(f'{topic.name} is not replayed: {problem}')
                continue
            publishers[topic.name, topic.msgtype] = self.create_publisher(
                message_class(topic.msgtype), topic.name,
                offered_qos(topic, reliable=self._reliable),
                qos_overriding_options=QOS_OVERRIDES)
        if not publishers:
            raise BagError(f'{bag.path} holds nothing that can be replayed')
        return publishers


def replay_bag(
    path: str | Path,
    *,
    rate: float = 1.0,
    start: float = 0.0,
    loop: bool = False,
    clock: bool = True,
    topics: Collection[str] = (),
    wait_for: float = 10.0,
    tail: float = 2.0,
    reliable: bool = False,
    remaps: Mapping[str, str] | None = None,
    progress: bool = True,
) -> int:
    """Replay a bag until its end or an interrupt; return how many messages were published.

    The options are the parameters of the node; ``remaps`` maps the topic names of the bag to
    others.  It has a ROS context of its own, so that it runs beside other nodes in a process.

    Raises:
        BagError: the bag cannot be read, or none of it can be published.
        ValueError: an option is outside its range.
    """
    arguments = [part for old, new in (remaps or {}).items() for part in ('-r', f'{old}:={new}')]
    context = Context()
    rclpy.init(args=['--ros-args', *arguments], context=context)
    return _play(context, {
        'bag': str(path), 'rate': float(rate), 'start': float(start), 'loop': loop,
        'clock': clock, 'topics': list(topics) or [''], 'wait_for': float(wait_for),
        'tail': float(tail), 'reliable': reliable, 'progress': progress})


@say_why_not_started
def main(args: Sequence[str] | None = None) -> int:
    """Run the node: ``replay BAG --ros-args -p rate:=2.0``; return the exit status."""
    arguments = list(sys.argv if args is None else ['replay', *args])
    positional = remove_ros_args(arguments)[1:]
    if len(positional) > 1 or any(argument.startswith('-') for argument in positional):
        print(f'usage: replay [BAG] [--ros-args -p NAME:=VALUE ...], given {positional}',
              file=sys.stderr)
        return 2
    # The node stops between two messages on either signal; a shell that starts it in the
    # background has set SIGINT to be ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    context = Context()
    rclpy.init(args=arguments, context=context, signal_handler_options=SignalHandlerOptions.NO)
    try:
        _play(context, {'bag': positional[0]} if positional else {})
    except (BagError, ValueError) as error:
        print(f'replay: {error}', file=sys.stderr)
        return 1
    return 0


def _play(context: Context, overrides: Mapping[str, Any]) -> int:
    try:
        node = ReplayNode(overrides=overrides, context=context)
        try:
            node.play()
        except KeyboardInterrupt:
            node.get_logger().info(f'interrupted after {node.published} messages')
        else:
            node.get_logger().info(f'replayed {node.published} messages')
        finally:
            node.destroy_node()
        return node.published
    except ParameterException as error:
        raise ValueError(str(error)) from error
    finally:
        context.try_shutdown()
