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
from mer_ros.research.avnet.avnet import SEGMENT_S

IMAGES = 4
"""Images that may wait while the model is slow."""

MODEL_PATH = Parameter(
    name='model_path', default='',
    description='ONNX file written by `mer_ros models export avnet`, or folder of a training run '
                '(needs torch); the package ships no weights')


def _check_length(seconds: float) -> None:
    """Raise ValueError for segments that are shorter than any stream has images."""
    if 0.0 < seconds < 0.1:
        raise ValueError(f'segment_length={seconds} is below 0.1; 0 is that of the training')


PARAMETERS = (
    Parameter(name='model', default='avnet', choices=MODELS['av'].names(),
              description='audio-visual emotion model'),
    MODEL_PATH,
    Parameter(name='detector', default='', choices=('', *DETECTORS.names()),
              description='face detector; empty = that of the training, as the weights say (haar '
                          'where they do not)'),
    DETECTOR_PATH,
    DEVICE,
    THREADS,
    replace(FALLBACK, description='if weights or packages of the detector are missing, use haar '
                                  'and warn in the diagnostics; the model has no fallback'),
    IMAGE_TRANSPORT,
    *HEARING,
    LOSSLESS,
    *COLLECT,
    Parameter(name='segment_length', default=0.0, range=(0.0, 5.0), verify=_check_length,
              description='segment length in seconds, 0.1 or more; one image per segment is '
                          'classified, with the 1.5 s of sound around it; 0 = that of the '
                          'training, as the weights say'),
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
        self._other_crops = ''
        self._segment_length = SEGMENT_S
        # Of the images that the engine would choose, before any is converted.
        self._frames = CentreFrame[Any](1.0)
        self._images: deque[WaitingImage] = deque(maxlen=IMAGES)
        super().__init__('avnet_node', PARAMETERS, **options)

    def make_engine(self, values: Mapping[str, Any]) -> AvEngine:
        """Load the model and the face detector."""
        self._hearing.check(values)
        model = self.use('model', av_model(values))
        learned = getattr(model, 'detector', '')
        detector = values['detector'] or learned or 'haar'
        self._other_crops = (
            f'the network learned from faces that {learned} cut out, and {detector} cuts them out '
            f'now') if learned and detector != learned else ''
        self._segment_length = values['segment_length'] or getattr(
            model, 'segment_length', SEGMENT_S)
        return AvEngine(
            model, self.use('detector', face_detector({**values, 'detector': detector})),
            segment_length=self._segment_length, min_segments=values['min_segments'],
            min_face=values['min_face'], patience=values['patience'],
            with_features=collects(values), with_media=values['collect.media'])

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe to images and sound, and to whether the robot speaks."""
        self._frames = CentreFrame(self._segment_length)
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
        found += filter(None, [self._other_crops])
        return found if self._sees else found + other_transport(self, self._transport)


def main(args: list[str] | None = None) -> int:
    """Run the audio-visual node."""
    return run([AvNetNode], args)
