"""The parameters of the face node, and the models they mean."""

from collections.abc import Mapping
from typing import Any

from mer_ros.engines.face import PEOPLE, SPEAKERS
from mer_ros.models import DETECTORS, MODELS
from mer_ros.models.weights.weights_cache import MissingWeights
from mer_ros.nodes.base.collector_parameters import COLLECT
from mer_ros.nodes.base.image_topic import IMAGE_TRANSPORT
from mer_ros.nodes.base.model_parameters import (
    COMPUTING,
    DEVICE,
    DTYPE,
    load_part,
    Loaded,
    path_parameter,
    THREADS,
)
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.perception_node import LOSSLESS, PUBLISH_FEATURES
from mer_ros.perception.face_crops import RULES

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

EXPRESSION_MODELS = tuple(name for name in MODELS['face'].names() if name != 'frame_selector')
"""The models that say what a face expresses; the frame selector only rates moments."""

PARAMETERS = (
    Parameter(name='model', default='lite', choices=EXPRESSION_MODELS,
              description='expression model'),
    MODEL_PATH,
    Parameter(name='detector', default='auto', choices=DETECTORS.names(),
              description='face detector'),
    DETECTOR_PATH,
    Parameter(name='selector', default='', choices=('', *MODELS['face'].names()),
              description='model that scores the images of a selection window; empty = the '
                          'expression model itself, frame_selector = ResNet-50 of section 3.3.2 '
                          'of the paper; without its weights the expression model stands in'),
    SELECTOR_PATH,
    *COMPUTING,
    Parameter(name='people', default='one', choices=PEOPLE,
              description='one = classify the largest face, as the anonymous person; many = '
                          'track every face under an id of its own (face_1, ...) and publish '
                          'active_speaker'),
    Parameter(name='speaker', default='lips', choices=SPEAKERS,
              description='who is the active_speaker (people: many): lips = whose lips move, and '
                          'the largest face while none do; largest = the largest face'),
    Parameter(name='tracking.smoothing', default=0.0, range=(0.0, 0.95),
              description='weight of the predicted bounding box in the tracked one (people: '
                          'many); higher values reduce jitter, 0 = as detected'),
    Parameter(name='modality', default='face',
              description='name of the modality: logits are published on <modality>/logits; '
                          'each of several cameras needs a name of its own, which the fusion '
                          'node must list in modalities'),
    Parameter(name='person_prefix', default='',
              description='prefix of the person ids (people: many), so that the ids of several '
                          'cameras differ'),
    IMAGE_TRANSPORT,
    LOSSLESS,
    PUBLISH_FEATURES,
    *COLLECT,
    Parameter(name='every', default=5, range=(1, 100),
              description='process every n-th image (T of section 3.3.2 of the paper)'),
    Parameter(name='look_rate', default=6.0, range=(0.0, 100.0),
              description='process at most this many images a second, however fast the camera is; '
                          '0 = no limit'),
    Parameter(name='selection', default='probability', choices=RULES,
              description='which image of a selection window is used: the one with the highest '
                          'probability, the largest logit or the largest logit by magnitude; off '
                          '= all images'),
    Parameter(name='selection_window', default=0.5, range=(0.05, 10.0),
              description='length of a selection window in seconds'),
    MIN_FACE,
    MAX_SIDE,
)


def face_model(values: Mapping[str, Any]) -> Loaded:
    """Load the expression model; raises what `load_part` does."""
    return load_part(MODELS['face'], 'model', values, {
        'path': MODEL_PATH, 'device': DEVICE, 'dtype': DTYPE, 'threads': THREADS}, fallback='lite')


def face_detector(values: Mapping[str, Any]) -> Loaded:
    """Load the face detector; raises what `load_part` does."""
    return load_part(DETECTORS, 'detector', values, {
        'path': DETECTOR_PATH, 'min_face': MIN_FACE, 'max_side': MAX_SIDE, 'device': DEVICE,
        'threads': THREADS}, shared=('device', 'threads'), fallback='haar')


def image_selector(values: Mapping[str, Any]) -> Loaded:
    """Load the model that scores images, None for the expression model; raises as `load_part`."""
    try:
        return load_part(MODELS['face'], 'selector', values, {
            'path': SELECTOR_PATH, 'device': DEVICE, 'dtype': DTYPE, 'threads': THREADS},
            shared=('device', 'dtype', 'threads'), fallback='')
    except MissingWeights as error:  # of the cache: no file was named
        return Loaded(None, '', f'selector {values["selector"]} is replaced by the maximum of the '
                                f'expression model itself: {error}')
