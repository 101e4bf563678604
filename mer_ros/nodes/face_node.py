"""The face node: images in, face/logits out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import CompressedImage, Image

from mer_ros.data import Logits, Speaker
from mer_ros.engines.face import FaceEngine, PEOPLE
from mer_ros.engines.remarks import FACE
from mer_ros.messages.conversions import image_from, image_message, stamp_of, to_ros
from mer_ros.models import DETECTORS, MODELS
from mer_ros.msg import ActiveSpeaker
from mer_ros.nodes.base.collector_parameters import COLLECT, collects
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.model_parameters import (
    COMPUTING,
    DEVICE,
    DTYPE,
    Part,
    path_parameter,
    THREADS,
)
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.perception_node import LOSSLESS, PerceptionNode, PUBLISH_FEATURES
from mer_ros.nodes.base.qos import LOGITS_DEPTH
from mer_ros.nodes.base.run import run
from mer_ros.nodes.face_notes import notes_of
from mer_ros.perception.annotate import annotate
from mer_ros.perception.face_crops import RULES

TRANSPORTS = {'raw': (Image, 'image'), 'compressed': (CompressedImage, 'image/compressed')}

IMAGE_TRANSPORT = Parameter(
    name='image_transport', default='raw', choices=tuple(TRANSPORTS),
    description='raw = subscribe to image, compressed = subscribe to image/compressed')
MODEL_PATH = path_parameter('model_path', 'model')
DETECTOR_PATH = path_parameter('detector_path', 'detector')
SELECTOR_PATH = path_parameter('selector_path', 'selector')
MIN_FACE = Parameter(
    name='min_face', default=48, range=(16, 1000),
    description='minimum face size: side of the bounding box in pixels')
MAX_SIDE = Parameter(
    name='max_side', default=0, range=(0, 10_000),
    description='the image is scaled down to this many pixels on its long side before face '
                'detection; 0 = default of the detector (640 for retinaface, else 320)')

MODEL = Part(
    parameter='model', registry=MODELS['face'], fallback='lite',
    options={'path': MODEL_PATH, 'device': DEVICE, 'dtype': DTYPE, 'threads': THREADS})
DETECTOR = Part(
    parameter='detector', registry=DETECTORS, fallback='haar', shared=('device', 'threads'),
    options={'path': DETECTOR_PATH, 'min_face': MIN_FACE, 'max_side': MAX_SIDE,
             'device': DEVICE, 'threads': THREADS})
SELECTOR = Part(
    parameter='selector', registry=MODELS['face'], shared=('device', 'dtype', 'threads'),
    options={'path': SELECTOR_PATH, 'device': DEVICE, 'dtype': DTYPE, 'threads': THREADS})

PARAMETERS = (
    Parameter(name='model', default='lite', choices=MODELS['face'].names(),
              description='expression model'),
    MODEL_PATH,
    Parameter(name='detector', default='auto', choices=DETECTORS.names(),
              description='face detector'),
    DETECTOR_PATH,
    Parameter(name='selector', default='', choices=('', *MODELS['face'].names()),
              description='model that scores the images of a selection window; empty = the '
                          'expression model itself, frame_selector = ResNet-50 of section 3.3.2 '
                          'of the paper (needs selector_path)'),
    SELECTOR_PATH,
    *COMPUTING,
    Parameter(name='people', default='one', choices=PEOPLE,
              description='one = classify the largest face, as the anonymous person; many = '
                          'track every face under an id of its own (face_1, ...) and publish '
                          'active_speaker'),
    Parameter(name='tracking.smoothing', default=0.0, range=(0.0, 0.95),
              description='weight of the predicted bounding box in the tracked one (people: '
                          'many); higher values reduce jitter, 0 = as detected'),
    IMAGE_TRANSPORT,
    LOSSLESS,
    PUBLISH_FEATURES,
    *COLLECT,
    Parameter(name='every', default=5, range=(1, 100),
              description='process every n-th image (T of section 3.3.2 of the paper)'),
    Parameter(name='selection', default='probability', choices=RULES,
              description='which image of a selection window is used: the one with the highest '
                          'probability, the largest logit or the largest logit by magnitude; off '
                          '= all images'),
    Parameter(name='selection_window', default=0.5, range=(0.05, 10.0),
              description='length of a selection window in seconds'),
    MIN_FACE,
    MAX_SIDE,
)


class FaceNode(PerceptionNode):
    """Chooses the images, converts them, and hands them to the face engine."""

    modality = 'face'
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
            self.load(MODEL, values), self.load(DETECTOR, values),
            scorer=self.load(SELECTOR, values),
            people=values['people'], smoothing=values['tracking.smoothing'],
            every=values['every'], selection=values['selection'],
            selection_window=values['selection_window'], min_face=values['min_face'],
            with_features=values['publish_features'],
            with_media=collects(values))

    def build(self, values: Mapping[str, Any]) -> None:
        """Load the models and create the publishers."""
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
        self.note_age(image.stamp)
        found: Sequence[Logits] = engine.process(image)
        if speaker is not None:
            self.deliver(speaker.publish, to_ros(
                Speaker(image.stamp, engine.foremost, image.frame_id)))
        if annotated.get_subscription_count():
            notes = notes_of(engine.seen, engine.labels)
            self.deliver(annotated.publish,
                         image_message(item.header, annotate(image.pixels, notes)))
        return found

    def warnings(self, reading: Reading) -> list[str]:
        """Point out images that come by the other transport."""
        found = super().warnings(reading)
        return found if reading.idle is not None else found + other_transport(
            self, self._transport)


def other_transport(node: PerceptionNode, chosen: str) -> list[str]:
    """Return a warning where images are published by a transport that was not chosen."""
    return [f'images come on {node.resolve_topic_name(topic)}: set image_transport to {transport}'
            for transport, (_, topic) in TRANSPORTS.items()
            if transport != chosen and node.count_publishers(topic)]


def main(args: list[str] | None = None) -> int:
    """Run the face node."""
    return run([FaceNode], args)
