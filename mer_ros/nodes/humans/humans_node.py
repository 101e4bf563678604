"""The humans node: faces and voices of REP-155 in, logits and expressions out."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mer_ros.data import BadInput, Logits
from mer_ros.emotions import EXPRESSIONS, UNKNOWN
from mer_ros.engines.humans_ids import KINDS
from mer_ros.engines.remarks import FACE, SPEECH
from mer_ros.messages.conversions import to_ros
from mer_ros.msg import ActiveSpeaker, EmotionState, ModalityLogits
from mer_ros.nodes.base.engine_node import EngineNode
from mer_ros.nodes.base.hearing import given_format
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.qos import LOGITS_DEPTH
from mer_ros.nodes.base.run import run
from mer_ros.nodes.base.site import Purpose
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

    purpose = Purpose(
        'estimates the emotion in the faces, voices and words of the people that '
        'ROS4HRI follows',
        'images and faces of the last second, utterances that are being spoken, and who'
        ' is who', ('face', 'speech', 'text'))
    remarks = {
        'ids.crowded': 'more faces or voices than people.max; the newest are not tracked',
        'ids.bad_id': 'an id is not valid in a topic name; use at most 64 letters, digits and _, '
                      'the first not a digit',
        'face.backward': FACE['backward'],
        **{f'speech.{name}': meaning for name, meaning in SPEECH.items()},
        'text.truncated': 'a text was longer than text.max_characters; only its end was used',
    }

    def __init__(self, **options: Any) -> None:
        self._workers: dict[str, Worker] = {}
        self._logits: dict[str, Any] = {}
        self._speaker: Any = None
        self._streams: dict[str, dict[str, Any]] = {kind: {} for kind in STREAMS}
        self._kinds: dict[int, str] = {}
        self.raw: Mapping[str, Any] = {}
        super().__init__('humans_node', PARAMETERS, **options)

    def build(self, values: Mapping[str, Any]) -> None:
        """Find the messages of REP-155, load the models and create the publishers."""
        self._kinds = {getattr(message_class('hri_msgs/msg/IdsMatch'), kind.upper()): kind
                       for kind in KINDS}
        self.raw = given_format(values)
        self.engine = make_engine(values)
        self._logits = {
            modality: self.advertise(ModalityLogits, f'{modality}/logits', LOGITS_DEPTH)
            for modality in self.engine.modalities}
        self._speaker = self.advertise(ActiveSpeaker, 'active_speaker', LOGITS_DEPTH)
        self._workers = {modality: self.employ(capacity=CAPACITY, name=f'humans_{modality}')
                         for modality in self.engine.modalities}

    def free(self) -> None:
        """Drop the publishers and the workers."""
        self._logits = {}
        self._workers = {}
        self._speaker = None

    def start(self, values: Mapping[str, Any]) -> None:
        """Follow whoever is there, and who is who, while switched off too.

        Otherwise people would be mistaken for each other when the node is switched on again.
        """
        for kind, topic in TRACKED.items():
            self.subscribe(message_class('hri_msgs/msg/IdsList'), topic,
                           partial(self._on_tracked, kind), DEPTH, always=True)
        self.subscribe(message_class('hri_msgs/msg/IdsMatch'), MATCHES, self._on_match, DEPTH,
                       always=True)
        self.subscribe(EmotionState, 'emotion', self._on_emotion, DEPTH)

    def stop(self) -> None:
        """Unsubscribe from all faces and voices."""
        self.engine.ids.reset()
        for kind in STREAMS:
            self._follow(kind, ())

    def forget(self) -> None:
        """Drop what the engines of all faces and voices hold."""
        for streams in self._streams.values():
            for stream in streams.values():
                stream.forget()

    # For the streams.

    def control(self, modality: str, job: Job) -> None:
        """Have something done with the engines of a modality, which belong to its thread."""
        self._workers[modality].control(job)

    def submit(self, modality: str, work: Callable[..., Any], *arguments: Any) -> None:
        """Have the logits that the work finds in an input published, in the modality's thread."""
        worker = self._workers[modality]
        self.put(worker, partial(self._perceive, worker, modality, work, *arguments))

    def _perceive(
        self, worker: Worker, modality: str, work: Callable[..., Any], *arguments: Any
    ) -> None:
        for logits in self.attempt(work, *arguments) or ():
            if self.context.ok():
                worker.deliver(self._give_out, modality, logits)

    def _give_out(self, modality: str, logits: Logits) -> None:
        self._logits[modality].publish(to_ros(logits))
        self.meter.count('published')

    def note_face(self, header: Any) -> None:
        """Tell the fusion whom voices of nobody belong to: the only face there is, or nobody."""
        faces = self.engine.ids.followed('face')
        person = self.engine.ids.person_of('face', faces[0]) if len(faces) == 1 else ''
        self._speaker.publish(ActiveSpeaker(header=header, person_id=person))

    # Inside.

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
        """Return who is followed as whom."""
        ids = self.engine and self.engine.ids
        return {f'{kind}s': ', '.join(
                    f'{name}: {ids.person_of(kind, name) or "nobody"}' for name in streams)
                for kind, streams in self._streams.items()}

    def models(self) -> dict[str, str]:
        """Return the model of each modality."""
        return {f'{modality} model': self.get_parameter(f'{modality}.model').value
                for modality in self._logits}

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
