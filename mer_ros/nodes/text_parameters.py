"""The parameters of the text node, and the model they mean."""

from collections.abc import Mapping
from typing import Any

from mer_ros.messages.adapters import TRANSCRIPT_TYPES
from mer_ros.models import MODELS
from mer_ros.nodes.base.collector_parameters import COLLECT
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
from mer_ros.nodes.base.typed_topic import AUTO

MODEL_PATH = path_parameter('model_path', 'model')
MAX_LENGTH = Parameter(
    name='max_length', default=512, range=(8, 8192),
    description='maximum number of tokens for a transformer, limited by the model; the last ones '
                'of a longer text are used')

PARAMETERS = (
    Parameter(name='model', default='lite', choices=MODELS['text'].names(),
              description='text emotion model'),
    MODEL_PATH,
    MAX_LENGTH,
    *COMPUTING,
    Parameter(name='message_type', default=AUTO, choices=(AUTO, *TRANSCRIPT_TYPES),
              description='message type of the transcript topic; auto = type of its publisher'),
    LOSSLESS,
    PUBLISH_FEATURES,
    *COLLECT,
    Parameter(name='max_characters', default=2000, range=(10, 1_000_000),
              description='maximum number of characters; the end of a longer text is used'),
)


def text_model(values: Mapping[str, Any]) -> Loaded:
    """Load the text emotion model; raises what `load_part` does."""
    return load_part(MODELS['text'], 'model', values, {
        'path': MODEL_PATH, 'device': DEVICE, 'dtype': DTYPE, 'threads': THREADS,
        'max_length': MAX_LENGTH}, fallback='lite')
