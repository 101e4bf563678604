"""How many Python calls one logits message takes from the callback to the published state.

Counted with sys.setprofile on the message that completes a window of three modalities; a
comprehension counts as a call where the interpreter makes it one (before Python 3.12).
"""

from collections.abc import Callable
import os
from pathlib import Path
import random
from statistics import median
import sys
from time import perf_counter, time_ns
from typing import Any

TARGET_CALLS = 125
MODALITIES = ('face', 'speech', 'text')
TURNS, COUNTED = 300, 20


def run() -> list[dict[str, Any]]:
    """Return the calls in the package's own code, those in all code, and the time in µs."""
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    os.environ['ROS_DOMAIN_ID'] = str(random.randint(1, 101))
    import numpy as np
    import rclpy

    from mer_ros.data import Logits
    from mer_ros.emotions import EMOTIONS
    from mer_ros.messages.conversions import to_ros
    from mer_ros.nodes.fusion_node import FusionNode

    callbacks: dict[str, Callable[[Any], None]] = {}

    class Opened(FusionNode):
        """Hands out its callbacks."""

        def create_subscription(self, kind: type, topic: str, callback: Any, *args: Any,
                                **options: Any) -> Any:
            callbacks[topic] = callback
            return super().create_subscription(kind, topic, callback, *args, **options)

    rclpy.init(args=['--ros-args', '--log-level', 'warn'])
    node = Opened()
    try:
        if not node.autostart():
            raise RuntimeError('the fusion node did not start')
        scores = np.linspace(-1.0, 2.0, len(EMOTIONS))
        seconds: list[float] = []
        counts: list[tuple[int, int]] = []
        for turn in range(TURNS):
            stamp = time_ns()
            *others, (last, message) = [
                (callbacks[f'{name}/logits'], to_ros(Logits(stamp, name, EMOTIONS, scores)))
                for name in MODALITIES]
            for callback, other in others:
                callback(other)
            began = perf_counter()
            if turn < TURNS - COUNTED:
                last(message)
                seconds.append(perf_counter() - began)
            else:
                counts.append(_calls(last, message))
    finally:
        node.close()
        node.destroy_node()
        rclpy.try_shutdown()
    own, every = min(counts)  # more where an array of all people was due too
    return [
        {'name': 'a logits message to its state, calls of the package', 'value': own,
         'unit': 'calls', 'target': f'<= {TARGET_CALLS}', 'met': own <= TARGET_CALLS},
        {'name': 'a logits message to its state, all Python calls', 'value': every,
         'unit': 'calls'},
        {'name': 'a logits message to its state', 'value': 1e6 * median(seconds), 'unit': 'µs'},
    ]


def _calls(callback: Callable[[Any], None], message: Any) -> tuple[int, int]:
    import mer_ros
    folder = str(Path(mer_ros.__file__).parent)
    files: list[str] = []
    sys.setprofile(lambda frame, event, _: (
        files.append(frame.f_code.co_filename) if event == 'call' else None))
    callback(message)
    sys.setprofile(None)
    own = [name for name in files
           if name.startswith(folder) and not name.startswith(f'{folder}/msg/')]
    return len(own), len(files)
