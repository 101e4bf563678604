"""The audio-visual node: images and sound in, av/logits out."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rclpy.qos import qos_profile_sensor_data

from mer_ros.data import Logits
from mer_ros.messages.conversions import image_from, stamp_of
from mer_ros.models import DETECTORS, MODELS
from mer_ros.nodes.base.collector_parameters import COLLECT, collects
from mer_ros.nodes.base.hearing import HEARING, Hearing
from mer_ros.nodes.base.image_topic import IMAGE_TRANSPORT, other_transport, TRANSPORTS
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.model_parameters import DEVICE, FALLBACK, load_part, Loaded, THREADS
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.perception_node import LOSSLESS, PerceptionNode
from mer_ros.nodes.base.qos import LOSSLESS_DEPTH
from mer_ros.nodes.base.run import run
from mer_ros.nodes.base.site import Purpose
from mer_ros.nodes.face_parameters import DETECTOR_PATH, face_detector, MAX_SIDE, MIN_FACE
from mer_ros.research.avnet.av_engine import AvEngine
from mer_ros.research.avnet.av_frames import CentreFrame

IMAGES = 4
"""Images that may wait while the model is slow."""

MODEL_PATH = Parameter(
    name='model_path', default='',
    description='ONNX file written by `mer_ros models export avnet`, or folder of a training run '
                '(needs torch); the package ships no weights')

PARAMETERS = (
    Parameter(name='model', default='avnet', choices=MODELS['av'].names(),
              description='audio-visual emotion model'),
    MODEL_PATH,
    Parameter(name='detector', default='haar', choices=DETECTORS.names(),
              description='face detector'),
    DETECTOR_PATH,
    DEVICE,
    THREADS,
    replace(FALLBACK, description='if weights or packages of the detector are missing, use haar '
                                  'and warn in the diagnostics; the model has no fallback'),
    IMAGE_TRANSPORT,
    *HEARING,
    LOSSLESS,
    *COLLECT,
    Parameter(name='segment_length', default=0.5, range=(0.1, 5.0),
              description='segment length in seconds; one image per segment is classified, with '
                          'the 1.5 s of sound around it'),
    Parameter(name='min_segments', default=1, range=(1, 100),
              description='number of segments before the first output; at most the number that '
                          'the model averages'),
    Parameter(name='patience', default=0.5, range=(0.0, 3.0),
              description='how long (s) a segment waits for late sound; missing sound then '
                          'counts as silence'),
    MIN_FACE,
    MAX_SIDE,
)


def av_model(values: Mapping[str, Any]) -> Loaded:
    """Load the audio-visual model; raises what `load_part` does."""
    return load_part(MODELS['av'], 'model', values, {
        'path': MODEL_PATH, 'device': DEVICE, 'threads': THREADS})


class WaitingImage:
    """An image message in the worker's queue, until it is taken out of it or makes room."""

    def __init__(self, message: Any) -> None:
        self._held = [message]

    def take(self) -> Any:
        """Return the message, or None where it was taken already; safe between threads."""
        try:
            return self._held.pop()
        except IndexError:
            return None


class AvNetNode(PerceptionNode):
    """Chooses one image a segment, and hands it and the sound to the audio-visual engine."""

    modality = 'av'
    purpose = Purpose(
        'looks at faces, listens to voices and estimates the emotion in both together',
        'sound and images of the last 5 s', ('face', 'speech'))
    capacity = 500
    remarks = {
        'lost': 'sound is missing between blocks; it counts as silence',
        'gap': 'sound is missing for long; it counts as silence',
        'no_sound': 'no sound around an image: is anything published on audio?',
        'backward': 'stamps jumped back in time; the stream was reset',
    }

    def __init__(self, **options: Any) -> None:
        self._hearing = Hearing(self)
        self._transport = 'raw'
        self._sees = False
        # Of the images that the engine would choose, before any is converted.
        self._frames = CentreFrame[Any](1.0)
        self._images: deque[WaitingImage] = deque(maxlen=IMAGES)
        super().__init__('avnet_node', PARAMETERS, **options)

    def make_engine(self, values: Mapping[str, Any]) -> AvEngine:
        """Load the model and the face detector."""
        self._hearing.check(values)
        return AvEngine(
            self.use('model', av_model(values)), self.use('detector', face_detector(values)),
            segment_length=values['segment_length'], min_segments=values['min_segments'],
            min_face=values['min_face'], patience=values['patience'],
            with_features=collects(values), with_media=values['collect.media'])

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe to images and sound, and to whether the robot speaks."""
        self._frames = CentreFrame(values['segment_length'])
        self._images = deque(maxlen=LOSSLESS_DEPTH if values['lossless'] else IMAGES)
        self._sees = False
        self._transport = values['image_transport']
        kind, topic = TRANSPORTS[self._transport]
        self.subscribe(kind, topic, self._on_image,
                       self.input_qos(qos_profile_sensor_data, values), stream=True)
        self._hearing.open(values)

    def stop(self) -> None:
        """Unsubscribe."""
        self._hearing.close()

    def forget(self) -> None:
        """Drop what waits, what the engine holds, and half a sample."""
        super().forget()
        self._frames.reset()
        self._images.clear()
        self._hearing.forget()

    def _on_image(self, message: Any) -> None:
        self._sees = True
        try:
            chosen = self._frames.push(stamp_of(message), message)
        except ValueError as error:
            self.complain('unstamped', str(error))
            return
        for image in map(WaitingImage, chosen):
            # Images wait among the sound, in order, but far fewer of them: they are large.
            if len(self._images) == self._images.maxlen and self._images[0].take() is not None:
                self.meter.count('dropped')
            self._images.append(image)
            self.submit(image)

    def perceive(self, item: Any) -> Sequence[Logits]:
        """Read one image or block of sound and hand it to the engine."""
        if isinstance(item, WaitingImage):
            return self._see(item.take())
        found: Sequence[Logits] = self.engine.process(self._hearing.read(item))
        return found

    def _see(self, message: Any) -> Sequence[Logits]:
        if message is None:
            return ()
        image = image_from(message)
        self.note_age('image', image.stamp)
        found: Sequence[Logits] = self.engine.process(image)
        return found

    def warnings(self, reading: Reading) -> list[str]:
        """Point out images that come by the other transport."""
        found = super().warnings(reading) + self._hearing.warnings()
        return found if self._sees else found + other_transport(self, self._transport)


def main(args: list[str] | None = None) -> int:
    """Run the audio-visual node."""
    return run([AvNetNode], args)
