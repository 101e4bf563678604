"""A small node to try the base of all nodes on."""

from collections import Counter
from threading import Event

import pytest


@pytest.fixture
def tiny_node():
    """Return the class of a node that hears `words` (String) and gives out a score for each.

    Its engine waits at 'wait' until ``go_on`` is set, and raises at 'fail'.
    """
    pytest.importorskip('rclpy')
    from std_msgs.msg import String

    from mer_ros.data import Logits
    from mer_ros.nodes.base.parameters import Parameter
    from mer_ros.nodes.base.perception_node import LOSSLESS, PerceptionNode

    class Engine:
        def __init__(self):
            self.counts = Counter()
            self.held = []

        def reset(self):
            self.held.clear()
            self.counts['reset'] += 1

        def process(self, item):
            self.held.append(item)
            return [Logits(item[1], 'tiny', ('calm', 'angry'), [1.0, 0.0], model=item[0])]

    class TinyNode(PerceptionNode):
        modality = 'tiny'
        capacity = 2
        fails_to_start = False

        def __init__(self, **options):
            self.begun, self.go_on = Event(), Event()
            self.published = []
            super().__init__('tiny_node', (LOSSLESS, Parameter(
                name='level', default=1, range=(0, 9), live=True, description='a number')),
                **options)

        def make_engine(self, values):
            self._models['model'] = 'tiny'
            return Engine()

        def listen(self, values):
            self.heard = self.subscribe(
                String, 'words', lambda message: self.submit((message.data, self.stamp())), 10)
            if self.fails_to_start:
                raise RuntimeError('no such topic')

        def stamp(self):
            return self.now

        def perceive(self, item):
            engine = self.engine
            if item[0].startswith('wait'):
                self.begun.set()
                assert self.go_on.wait(20.0)
            if item[0].startswith('fail'):
                raise RuntimeError('the accelerator is gone')
            return engine.process(item)

        def _give_out(self, logits):
            self.published.append(logits.model)
            super()._give_out(logits)

        def hear(self, words):
            self.heard.callback(String(data=words))

        def idle(self):
            return all(worker.is_idle for worker in self.workers)

    return TinyNode


@pytest.fixture
def tiny(graph, tiny_node):
    """Start the small node; whatever it waits for is released in the end."""
    node = graph.start(tiny_node)
    yield node
    node.go_on.set()
