"""The LDDU node: features of several modalities in, several emotions at once out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mer_ros.nodes.base.features_node import FeaturesNode, PEOPLE, WINDOW_PARAMETERS
from mer_ros.nodes.base.model_parameters import DEVICE, THREADS
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.run import run
from mer_ros.nodes.base.site import Purpose
from mer_ros.research.lddu import Lddu
from mer_ros.research.lddu.lddu_engine import LdduEngine

PARAMETERS = (
    Parameter(name='model_path', default='',
              description='ONNX file of the network, with its description (.json) beside it; '
                          'empty = the built-in network'),
    DEVICE,
    THREADS,
    *WINDOW_PARAMETERS,
    Parameter(name='threshold', default=0.0, range=(0.0, 1.0),
              description='probability from which an emotion is listed as present; 0 = the '
                          'threshold of the network, chosen on validation data'),
    PEOPLE,
)


class LdduNode(FeaturesNode):
    """Publishes several emotions at once on ``lddu/emotion``, beside the fusion node.

    Remap that to ``emotion`` to use it instead.
    """

    purpose = Purpose(
        'estimates several emotions at once from the features that other nodes publish',
        'the features of the last 10 s')

    def __init__(self, **options: Any) -> None:
        super().__init__('lddu_node', 'lddu/emotion', PARAMETERS, **options)

    def make_engine(self, values: Mapping[str, Any], window: Mapping[str, Any]) -> LdduEngine:
        """Return the engine with the network of the parameters."""
        chosen = {'path': Path(values['model_path']).expanduser()} if values['model_path'] else {}
        model = Lddu(**chosen, threads=values['threads'] or 1, device=values['device'])
        return LdduEngine(model, threshold=values['threshold'] or None, **window)


def main(args: list[str] | None = None) -> int:
    """Run the LDDU node."""
    return run([LdduNode], args)
