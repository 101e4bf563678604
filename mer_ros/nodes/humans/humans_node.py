"""The humans node: faces and voices of REP-155 in, logits and expressions out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic
from typing import Any

from rclpy.qos import QoSProfile

from mer_ros.data import BadInput
from mer_ros.emotions import EXPRESSIONS, UNKNOWN
from mer_ros.engines.humans_ids import KINDS
from mer_ros.messages.adapters import RawFormat
from mer_ros.messages.conversions import to_ros
from mer_ros.msg import ActiveSpeaker, EmotionState, ModalityLogits
from mer_ros.nodes.base.engine_node import EngineNode, QOS_OVERRIDES
from mer_ros.nodes.base.hearing import raw_format
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.perception_node import LOGITS_DEPTH
from mer_ros.nodes.base.run import run
from mer_ros.nodes.base.typed_topic import message_class
from mer_ros.nodes.base.worker import Job, Worker
from mer_ros.nodes.humans.humans_face import HumanFace
from mer_ros.nodes.humans.humans_parameters import make_engine, PARAMETERS
from mer_ros.nodes.humans.humans_voice import HumanVoice

STREAMS = {'face': HumanFace, 'voice': HumanVoice}
"""What follows each kind of id that perceives something."""

TRACKED = {kind: f'/humans/{kind}s/tracked' for kind in STREAMS}

MATCHES = '/humans/candidate_matches'

DEPTH = 50
"""Matches, and states of many people, come in bursts."""

CAPACITY = 500
"""Jobs that may wait for the model of a modality; the oldest is dropped for one more."""


class HumansNode(EngineNode):
    """Joins the package to a robot that speaks REP-155 (ROS4HRI).

    Its only jobs: follow the ids that are tracked, keep the streams of each (HumanFace,
    HumanVoice), join them by the matches, and bring the emotion of a person back to the faces
    that the person has.  Each modality works in a thread of its own.
    """

    remarks = {
        'ids.crowded': 'there are more faces or voices than people.max; the newest are not '
                       'followed',
        'ids.bad_id': 'an id cannot be part of a topic name; needed are letters, digits and _, '
                      'not a digit first, at most 64',
        'face.backward': 'image stamps went back in time; the stream starts afresh',
        'speech.gap': 'sound is missing between two blocks; the utterance ends there',
        'speech.backward': 'sound stamps went back in time; the stream starts afresh',
        'text.truncated': 'a text was longer than text.max_characters; its end was judged',
    }

    def __init__(self, **options: Any) -> None:
        self._workers: dict[str, Worker] = {}
        self._logits: dict[str, Any] = {}
        self._speaker: Any = None
        self._streams: dict[str, dict[str, Any]] = {kind: {} for kind in STREAMS}
        self._inputs: list[Any] = []
        self._kinds: dict[int, str] = {}
        self.raw = RawFormat()
        super().__init__('humans_node', PARAMETERS, **options)

    def build(self, values: Mapping[str, Any]) -> None:
        """Find the messages of REP-155, load the models and create the publishers."""
        self._kinds = {getattr(message_class('hri_msgs/msg/IdsMatch'), kind.upper()): kind
                       for kind in KINDS}
        self.raw = raw_format(values)
        self.engine = make_engine(values)
        self._logits = {
            modality: self.advertise(ModalityLogits, f'{modality}/logits', LOGITS_DEPTH)
            for modality in self.engine.modalities}
        self._speaker = self.advertise(ActiveSpeaker, 'active_speaker', LOGITS_DEPTH)

    def free(self) -> None:
        """Drop the models and the publishers."""
        for publisher in (*self._logits.values(), self._speaker):
            if publisher is not None:
                self.destroy_lifecycle_publisher(publisher)
        self._logits = {}
        self._speaker = self.engine = None

    def start(self, values: Mapping[str, Any]) -> None:
        """Start the workers, then follow whoever is there."""
        self._workers = {modality: Worker(capacity=CAPACITY, name=f'humans_{modality}')
                         for modality in self.engine.modalities}
        self._inputs = [
            *(self._attend('hri_msgs/msg/IdsList', topic, partial(self._on_tracked, kind))
              for kind, topic in TRACKED.items()),
            self._attend('hri_msgs/msg/IdsMatch', MATCHES, self._on_match),
            super().subscribe(EmotionState, 'emotion', self._on_emotion, DEPTH)]

    def stop(self) -> None:
        """Unsubscribe from everything, then end the workers."""
        for subscription in self._inputs:
            self.destroy_subscription(subscription)
        self._inputs = []
        self.engine.ids.reset()
        for kind in STREAMS:
            self._follow(kind, ())
        for worker in self._workers.values():
            worker.stop()
        self._workers = {}

    def forget(self) -> None:
        """Drop what waits and what the engines of all faces and voices hold."""
        for worker in self._workers.values():
            worker.clear()
        for streams in self._streams.values():
            for stream in streams.values():
                stream.forget()

    # For the streams.

    def subscribe(  # type: ignore[override]
        self, kind: type, topic: str, callback: Callable[[Any], None], qos: QoSProfile | int
    ) -> Any:
        """Subscribe to a topic of an id: parameters would stay declared for each that ever was."""
        return super().subscribe(kind, topic, callback, qos, overridable=False)

    def put(self, modality: str, job: Job) -> None:
        """Have a job done in the modality's thread; one that had to make room is counted."""
        worker = self._workers.get(modality)
        if worker is not None and not worker.put(job):
            self.meter.count('dropped')

    def submit(self, modality: str, work: Callable[..., Any], *arguments: Any) -> None:
        """Have ``perceive`` done in the modality's thread."""
        self.put(modality, partial(self.perceive, modality, work, *arguments))

    def perceive(self, modality: str, work: Callable[..., Any], *arguments: Any) -> None:
        """Publish the logits that the work finds in an input."""
        for logits in self.attempt(work, *arguments) or ():
            if self.enabled and self.context.ok():
                self._logits[modality].publish(to_ros(logits))
                self.meter.count('published')

    def note_face(self, header: Any) -> None:
        """Tell the fusion whom voices of nobody belong to: the only face there is, or nobody."""
        faces = self.engine.ids.followed('face')
        person = self.engine.ids.person_of('face', faces[0]) if len(faces) == 1 else ''
        self._speaker.publish(ActiveSpeaker(header=header, person_id=person))

    # Inside.

    def _attend(self, kind: str, topic: str, callback: Callable[[Any], None]) -> Any:
        """Subscribe to who there is and who is who, which is taken in while switched off too.

        Otherwise people would be mistaken for each other when the node is switched on again.
        """
        def counted(message: Any) -> None:
            self.meter.received(monotonic())
            callback(message)

        return self.create_subscription(
            message_class(kind), topic, counted, DEPTH, qos_overriding_options=QOS_OVERRIDES)

    def _on_tracked(self, kind: str, message: Any) -> None:
        self._follow(kind, self.engine.ids.track(kind, message.ids))

    def _follow(self, kind: str, names: tuple[str, ...]) -> None:
        streams = self._streams[kind]
        for name in streams.keys() - set(names):
            streams.pop(name).close()
        for name in names:
            if name not in streams:
                streams[name] = STREAMS[kind](self, name)

    def _on_match(self, message: Any) -> None:
        one, other = ((self._kinds.get(kind, 'unset'), name) for kind, name in (
            (message.id1_type, message.id1), (message.id2_type, message.id2)))
        try:
            self.engine.ids.match(one, other, message.confidence)
        except BadInput as error:
            self.complain(error.reason, str(error))

    def _on_emotion(self, state: EmotionState) -> None:
        if state.label == UNKNOWN:
            return
        if state.label not in EXPRESSIONS:
            self.complain('no_expression', (
                f'hri_msgs/Expression has no name for {state.label!r}; it has one for '
                f'{list(EXPRESSIONS)}'))
            return
        for face in self.engine.ids.faces_of(state.person_id):
            self._streams['face'][face].express(state, EXPRESSIONS[state.label])

    def describe(self, reading: Reading) -> dict[str, object]:
        """Return the models, and who is followed as whom."""
        ids = self.engine and self.engine.ids
        return {
            **{f'{modality} model': self.get_parameter(f'{modality}.model').value
               for modality in self._logits},
            **{f'{kind}s': ', '.join(
                f'{name}: {ids.person_of(kind, name) or "nobody"}' for name in streams)
               for kind, streams in self._streams.items()}}

    def warnings(self, reading: Reading) -> list[str]:
        """Name the lists that nobody publishes, and warn when a model is too slow."""
        found = [f'nobody publishes {topic}' for topic in TRACKED.values()
                 if not self.count_publishers(topic)]
        if reading.recent['dropped']:
            found.append(f'too slow: {reading.recent["dropped"]} inputs dropped in the last second')
        return found


def main(args: list[str] | None = None) -> int:
    """Run the humans node."""
    return run([HumansNode], args)
