#!/usr/bin/env python3
"""A robot that minds how the person in front of it feels: a behaviour tree on the topic emotion.

    python3 examples/empathetic_robot.py --replay           # sees the sample recording
    python3 examples/empathetic_robot.py --replay my_bag    # or one of yours
    python3 examples/empathetic_robot.py                    # listens to a graph that runs already

It has no wheels: it prints what it would do, and why.  Needs py_trees.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
import signal
import subprocess
import sys

from py_trees import behaviour, common, composites, display, trees
import rclpy
from rclpy.clock import Clock, ClockType
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from rclpy.parameter import Parameter

from mer_ros.behaviours import PersonFeels
from mer_ros.samples import SAMPLE_BAG

TICK = 0.1
"""Seconds between two ticks of the tree."""


class Act(behaviour.Behaviour):
    """Does something for as long as the tree lets it; here it only says so."""

    def __init__(self, name: str, doing: str, *, because: PersonFeels | None = None) -> None:
        super().__init__(name)
        self._doing = doing
        self._because = because

    def initialise(self) -> None:
        """Begin: called when the tree turns to this behaviour."""
        reason = f'   ({self._because.feedback_message})' if self._because else ''
        print(f'robot: {self.name:<14} {self._doing}{reason}', flush=True)

    def update(self) -> common.Status:
        """Go on."""
        return common.Status.RUNNING


def when(feeling: PersonFeels, name: str, doing: str) -> composites.Sequence:
    """Return a branch that acts while the person feels something."""
    return composites.Sequence(
        f'{name}?', memory=False, children=[feeling, Act(name, doing, because=feeling)])


def make_tree() -> trees.BehaviourTree:
    """Return the tree: the first branch whose feeling is perceived decides what the robot does."""
    return trees.BehaviourTree(composites.Selector('empathy', memory=False, children=[
        when(PersonFeels('anger'), 'keep distance', 'takes a step back and waits'),
        when(PersonFeels('sadness', hold_time=1.0), 'console', 'leans in: "Shall we talk?"'),
        when(PersonFeels('happiness'), 'celebrate', 'raises both arms: "Hooray!"'),
        Act('idle', 'looks around'),
    ]))


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


def watch_recording(bag: Path, node: Node) -> None:
    """Let the node perceive a recording through the whole graph, to its end."""
    settings = ('-p', 'use_sim_time:=true', '-p', 'image_transport:=compressed')
    with running('mer_ros', 'bringup', '--ros-args', '--log-level', 'warn', *settings) as graph:
        while not node.count_publishers('emotion'):
            if graph.poll() is not None:
                raise RuntimeError(f'the graph ended with status {graph.returncode}')
            rclpy.spin_once(node, timeout_sec=TICK)
        with running('mer_ros', 'replay', str(bag)) as player:
            while player.poll() is None:
                rclpy.spin_once(node, timeout_sec=TICK)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the robot until it is interrupted or the recording ends."""
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--replay', nargs='?', type=Path, const=SAMPLE_BAG, metavar='BAG',
                        help='replay a bag through the graph; without a name, the sample')
    options, ros_arguments = parser.parse_known_args(arguments)
    rclpy.init(args=ros_arguments)
    node = Node('empathetic_robot')
    if options.replay:
        node.set_parameters([Parameter('use_sim_time', value=True)])
    tree = make_tree()
    print(display.unicode_tree(tree.root), flush=True)
    tree.setup(node=node)
    node.create_timer(TICK, tree.tick, clock=Clock(clock_type=ClockType.STEADY_TIME))
    try:
        if options.replay:
            watch_recording(options.replay, node)
        else:
            rclpy.spin(node)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        tree.shutdown()
        node.destroy_node()
        rclpy.try_shutdown()
    return 0


if __name__ == '__main__':
    sys.exit(main())
