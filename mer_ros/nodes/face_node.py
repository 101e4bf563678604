"""The face node: images in, face/logits out."""

from collections.abc import Mapping, Sequence
import re
from typing import Any

from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image

from mer_ros.data import Logits, Speaker
from mer_ros.engines.face import FaceEngine
from mer_ros.engines.remarks import FACE
from mer_ros.messages.conversions import image_from, image_message, stamp_of, to_ros
from mer_ros.msg import ActiveSpeaker
from mer_ros.nodes.base.collector_parameters import collects
from mer_ros.nodes.base.image_topic import other_transport, TRANSPORTS
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.perception_node import PerceptionNode
from mer_ros.nodes.base.qos import LOGITS_DEPTH
from mer_ros.nodes.base.run import run
from mer_ros.nodes.base.site import Purpose
from mer_ros.nodes.face_notes import notes_of
from mer_ros.nodes.face_parameters import face_detector, face_model, image_selector, PARAMETERS
from mer_ros.perception.annotate import annotate

_NAME = re.compile('[A-Za-z_][A-Za-z0-9_]*')


class FaceNode(PerceptionNode):
    """Chooses the images, converts them, and hands them to the face engine."""

    modality = 'face'
    purpose = Purpose(
        'looks for faces in images and estimates the emotion that they show',
        'images and faces of the last second', ('face',))
    capacity = 1
    remarks = {'backward': FACE['backward']}

    def __init__(self, **options: Any) -> None:
        self._speaker: Any = None
        self._annotated: Any = None
        self._transport = 'raw'
        super().__init__('face_node', PARAMETERS, **options)

    def make_engine(self, values: Mapping[str, Any]) -> FaceEngine:
        """Load the detector, the expression model and the one that rates images."""
        return FaceEngine(
            self.use('model', face_model(values)), self.use('detector', face_detector(values)),
            scorer=self.use('selector', image_selector(values)),
            people=values['people'], smoothing=values['tracking.smoothing'],
            every=values['every'], look_rate=values['look_rate'],
            selection=values['selection'], selection_window=values['selection_window'],
            min_face=values['min_face'], with_features=values['publish_features'],
            with_media=collects(values), modality=values['modality'],
            person_prefix=values['person_prefix'], speaker=values['speaker'])

    def build(self, values: Mapping[str, Any]) -> None:
        """Load the models and create the publishers."""
        self.modality = values['modality']
        if not _NAME.fullmatch(self.modality):
            raise ValueError(f'modality={self.modality!r} cannot be a part of a topic; it must be '
                             f'letters, digits and _, and not begin with a digit')
        super().build(values)
        self._annotated = self.advertise(Image, '~/annotated', 1)
        if values['people'] == 'many':
            self._speaker = self.advertise(ActiveSpeaker, 'active_speaker', LOGITS_DEPTH)

    def free(self) -> None:
        """Drop the models."""
        super().free()
        self._speaker = self._annotated = None

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe to the raw or the compressed images."""
        self._transport = values['image_transport']
        kind, topic = TRANSPORTS[self._transport]
        self.subscribe(kind, topic, self._on_image,
                       self.input_qos(qos_profile_sensor_data, values), stream=True)

    def _on_image(self, message: Any) -> None:
        try:
            wanted = self.engine.takes(stamp_of(message))
        except ValueError as error:
            self.complain('unstamped', str(error))
            return
        if wanted:
            self.submit(message)

    def perceive(self, item: Any) -> Sequence[Logits]:
        """Convert one image message and look at its faces."""
        engine, speaker, annotated = self.engine, self._speaker, self._annotated
        image = image_from(item)
        self.note_age('image', image.stamp)
        found: Sequence[Logits] = engine.process(image)
        if speaker is not None:
            self.deliver(speaker.publish, to_ros(
                Speaker(image.stamp, engine.foremost, image.frame_id)))
        if annotated.get_subscription_count():
            notes = notes_of(engine.seen, engine.labels)
            self.deliver(annotated.publish,
                         image_message(item.header, annotate(image.pixels, notes)))
        return found

    def describe(self, reading: Reading) -> dict[str, object]:
        """Return also how small a face is found in images of this size."""
        found = super().describe(reading)
        if self.engine is None:
            return found
        found['smallest face (px)'] = self.engine.least_face
        if self._speaker is not None:
            found['active speaker'] = (
                f'{self.engine.foremost or "nobody"} ({self.engine.foremost_by or "no face"})')
        return found

    def warnings(self, reading: Reading) -> list[str]:
        """Point out images that come by the other transport."""
        found = super().warnings(reading)
        return found if reading.idle is not None else found + other_transport(
            self, self._transport)


def main(args: list[str] | None = None) -> int:
    """Run the face node."""
    return run([FaceNode], args)
