"""What the nodes of features share: features of several modalities in, emotions out."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from mer_ros.data import Emotion
from mer_ros.messages.conversions import features_from, speaker_from, to_ros
from mer_ros.msg import ActiveSpeaker, EmotionState, ModalityFeatures
from mer_ros.nodes.base.engine_node import EngineNode
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.qos import STATE_QOS
from mer_ros.nodes.base.worker import Worker

DEPTH = 50
"""Messages that may wait, on their way and for the network."""

TICK = 0.05
"""Seconds between two looks at whether a judgement is due."""

WINDOW_PARAMETERS = (
    Parameter(name='window_length', default=10.0, range=(0.1, 600.0),
              description='length of the feature window in seconds, up to the newest features'),
    Parameter(name='period', default=1.0, range=(0.0, 60.0),
              description='minimum interval (s) between two classifications of a person; 0 = on '
                          'every message'),
    Parameter(name='max_frames', default=200, range=(1, 10_000),
              description='maximum number of feature rows per person and modality; the newest '
                          'are kept'),
    Parameter(name='max_future', default=0.5, range=(0.0, 60.0),
              description='maximum time (s) that a stamp may be ahead of the clock; messages '
                          'beyond are rejected'),
)
"""How features are gathered."""

PEOPLE = Parameter(name='people.max', default=32, range=(1, 1000),
                   description='maximum number of people tracked at the same time')


class FeaturesNode(EngineNode):
    """Hands features to an engine in a thread of their own and publishes what it returns.

    Perception nodes send features with their parameter ``publish_features``.

    Args:
        name: of the node.
        topic: where the states go.
        parameters: of the node, `WINDOW_PARAMETERS` and `PEOPLE` among them.
        options: of `EngineNode`.
    """

    remarks = {
        'late': 'features were older than the window on arrival',
        'duplicate': 'duplicate modality, person and stamp: do two publishers share a topic?',
        'evicted': 'more people than people.max; the one seen least recently was discarded',
        'backward': 'stamps jumped back: the source has restarted; all evidence was discarded',
    }

    def __init__(self, name: str, topic: str, parameters: Sequence[Parameter],
                 **options: Any) -> None:
        self._topic = topic
        self._worker: Any = None
        self._emotion: Any = None
        self._latest: dict[str, Emotion] = {}
        super().__init__(name, parameters, **options)

    @abstractmethod
    def make_engine(self, values: Mapping[str, Any], window: Mapping[str, Any]) -> Any:
        """Return the engine (a `FeatureEngine`), whose own options ``window`` holds."""

    def build(self, values: Mapping[str, Any]) -> None:
        """Load the network, create the publisher and start the worker."""
        self.engine = self.make_engine(values, {
            **{one.name: values[one.name] for one in WINDOW_PARAMETERS},
            'max_people': values[PEOPLE.name]})
        self._emotion = self.advertise(EmotionState, self._topic, STATE_QOS)
        self._worker = self.employ(capacity=DEPTH)

    def start(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the features of every modality and to who speaks."""
        for modality in self.engine.modalities:
            self.subscribe(ModalityFeatures, f'{modality}/features',
                           lambda message: self._submit(self._add, message), DEPTH)
        self.subscribe(ActiveSpeaker, 'active_speaker',
                       lambda message: self._submit(self._note, message), DEPTH)
        # Messages that wait look at the time themselves.
        self.every(TICK, lambda: self._worker.when_idle(self._look))

    def forget(self) -> None:
        """Drop all evidence and tell subscribers that nobody is perceived any more."""
        for person, state in self._latest.items():
            self._emotion.publish(to_ros(self.engine.nothing_known(person, state.stamp)))
        self.rewind()

    def rewind(self) -> None:
        """Drop all evidence without a word: there is no stamp that would fit the new time."""
        self._latest = {}  # which belongs to the thread that delivers: nothing is delivered now
        self._worker.control(self.engine.reset)

    def _submit(self, work: Callable[[Any], Sequence[Emotion]], item: Any) -> None:
        self.put(self._worker, partial(self._work, self._worker, work, item))

    def _work(
        self, worker: Worker, work: Callable[[Any], Sequence[Emotion]], item: Any
    ) -> None:
        states = self.attempt(work, item) or ()
        if self.context.ok():
            worker.deliver(self._publish, states)

    def _look(self) -> None:
        deadline, now = self.engine.next_deadline(), self.now
        if deadline is not None and now >= deadline:
            self._work(self._worker, self.engine.advance, now)

    def _add(self, message: ModalityFeatures) -> Sequence[Emotion]:
        features = features_from(message)
        self.note_age('features', features.stamp)
        return self.engine.add(features, self.now)

    def _note(self, message: ActiveSpeaker) -> Sequence[Emotion]:
        self.engine.note_speaker(speaker_from(message))
        return ()

    def _publish(self, states: Sequence[Emotion]) -> None:
        for state in states:
            self._emotion.publish(to_ros(state))
            self.meter.count('published')
            self._latest[state.person_id] = state
        followed = self.engine.people
        self._latest = {person: self._latest[person] for person in self._latest
                        if person in followed}

    def describe(self, reading: Reading) -> dict[str, object]:
        """Return how many people there are and what is perceived of them."""
        latest = dict(self._latest)
        return {
            'people': len(latest),
            'labels': ', '.join(f'{person or "anonymous"}: {state.label}'
                                for person, state in sorted(latest.items())),
        }

    def warnings(self, reading: Reading) -> list[str]:
        """Name the modalities whose features nobody publishes, and say when it is too slow."""
        found = [f'nobody publishes {name}/features: set publish_features of {name}_node'
                 for name in self.engine.modalities
                 if not self.count_publishers(f'{name}/features')]
        if reading.recent['dropped']:
            found.append(f'too slow: {reading.recent["dropped"]} inputs dropped in the last second')
        return found
