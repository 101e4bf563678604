"""The attention node: features of several modalities in, one emotion out, by learned attention."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mer_ros.nodes.base.features_node import FeaturesNode, PEOPLE, WINDOW_PARAMETERS
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.run import run
from mer_ros.nodes.base.site import Purpose
from mer_ros.research.attention.attention_engine import AttentionEngine
from mer_ros.research.attention.feature_attention import FeatureAttention

PARAMETERS = (
    Parameter(name='model_path', default='',
              description='file of the network, as `mer_ros train attention --inputs features` '
                          'writes it; empty = the built-in network'),
    *WINDOW_PARAMETERS,
    PEOPLE,
)


class AttentionNode(FeaturesNode):
    """Publishes the emotion that attention over features finds, on ``attention/emotion``.

    It runs beside the fusion node, which fuses logits; remap the topic to ``emotion`` to use it
    instead.
    """

    purpose = Purpose(
        'estimates an emotion from the features that other nodes publish',
        'the features of the last 10 s')

    def __init__(self, **options: Any) -> None:
        super().__init__('attention_node', 'attention/emotion', PARAMETERS, **options)

    def make_engine(self, values: Mapping[str, Any], window: Mapping[str, Any]) -> AttentionEngine:
        """Return the engine with the network of the parameters."""
        chosen = {'path': Path(values['model_path']).expanduser()} if values['model_path'] else {}
        return AttentionEngine(FeatureAttention(**chosen), **window)


def main(args: list[str] | None = None) -> int:
    """Run the attention node."""
    return run([AttentionNode], args)
