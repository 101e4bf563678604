"""Writing an LDDU network as ONNX: any number of windows of any length."""

from pathlib import Path
import warnings

import torch
from torch import nn, Tensor

from mer_ros.research.lddu.lddu_model import OUTPUTS, THERE
from mer_ros.research.lddu.lddu_net import LdduNet

OPSET = 17


class _Flat(nn.Module):
    """The network with a plain list of inputs, masks behind features, and the outputs to ship."""

    def __init__(self, net: LdduNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, *inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return final probabilities (B, q), their uncertainty, and that of each modality."""
        half = len(inputs) // 2
        seen = self.net(inputs[:half], inputs[half:])
        return seen.final, seen.uncertainty, seen.per_modality


def export(net: LdduNet, path: Path) -> None:
    """Write a network as ONNX.

    Inputs are, for each modality, its frames (B, T, D) under its name and a mask (B, T) under its
    name and `THERE`; outputs are `OUTPUTS`: (B, q), (B, q) and (B, M, q).
    """
    dims = net.sizes.dims
    # Lengths differ, so that none is taken for another.
    frames = [torch.randn(2, 3 + index, dim) for index, dim in enumerate(dims.values())]
    masks = [torch.ones(part.shape[:2]) for part in frames]
    names = [*dims, *(name + THERE for name in dims)]
    axes = {name: {0: 'batch', 1: f'{name.removesuffix(THERE)}_frames'} for name in names}
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter('ignore')  # of the exporter, about what tracing makes constant
        # The newer exporter writes the paths of this machine into the file.
        torch.onnx.export(
            _Flat(net).eval(), (*frames, *masks), str(path), input_names=names,
            output_names=list(OUTPUTS), opset_version=OPSET, dynamo=False,
            dynamic_axes={**axes, **{name: {0: 'batch'} for name in OUTPUTS}})
