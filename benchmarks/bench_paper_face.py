"""The face model of the multimodal paper beside eager torch, and what the machine allows."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

TARGET = 2.0
EXPORTED = ('fp32', 'bf16')


def run() -> list[dict[str, Any]]:
    """Return how many times faster than eager torch each variant is, its error, and limits."""
    from compare import error_rows, in_turns, speed_rows
    import numpy as np
    from paper_checkpoints import write_face
    import torch

    from mer_ros.cli.export_run import export_model
    from mer_ros.models import load_model
    from mer_ros.models.face.pictures import to_planes
    from mer_ros.models.paper.resemotenet_net import ResEmoteNet

    noise = np.random.default_rng(0)
    crops = [noise.integers(0, 256, (120, 120, 3), dtype=np.uint8) for _ in range(8)]
    rows: list[dict[str, Any]] = []
    with TemporaryDirectory() as temporary:
        checkpoint = write_face(Path(temporary) / 'resemotenet.pth')
        files = {dtype: export_model('resemotenet', Path(temporary), path=checkpoint, dtype=dtype)
                 for dtype in EXPORTED}
        network = ResEmoteNet().eval()
        network.load_state_dict(torch.load(checkpoint, weights_only=True))
        models = {dtype: load_model('face', 'resemotenet', path=checkpoint, device='cpu',
                                    dtype=dtype) for dtype in ('fp32', 'bf16')}

        def eager(faces: list[Any]) -> Any:
            with torch.no_grad():
                return network(torch.from_numpy(
                    to_planes(faces, side=64, colour='grey3'))).numpy()

        for threads in (1, 2):
            torch.set_num_threads(threads)
            models |= {f'ONNX {dtype}': load_model('face', 'onnx', path=file, threads=threads)
                       for dtype, file in files.items()}
            if not rows:
                rows, errors = error_rows('face', {
                    'eager': eager(crops),
                    **{name: model.logits(crops) for name, model in models.items()}})
            for count in (1, len(crops)):
                rows += speed_rows(
                    f'face, {threads} thread{"s" if threads > 1 else ""}, a crop of {count}',
                    in_turns({'eager torch': lambda count=count: eager(crops[:count]),
                              **{name: lambda model=model, count=count: model.logits(
                                  crops[:count]) for name, model in models.items()}}),
                    items=count, target=TARGET, errors=errors)
            rows += _limits(threads, models['fp32'].network)
    return rows


def _limits(threads: int, network: Any) -> list[dict[str, Any]]:
    """Return the least time for one crop that reading weights and multiplying allow, in ms.

    The network is without the weights that no crop meets, which would double both.
    """
    from compare import row, seconds
    import torch

    weights = 4e-6 * sum(weights.numel() for weights in network.parameters())
    block = torch.zeros(round(weights * 1e6 / 4))
    bandwidth = weights / 1e3 / seconds(block.sum, repeats=10)
    matrix = torch.rand(1024, 1024)
    speed = 2 * 1024 ** 3 / 1e9 / seconds(lambda: matrix @ matrix, repeats=10)
    work = 2e-9 * _multiplications(network)
    what = f'face limit, {threads} thread{"s" if threads > 1 else ""}'
    return [
        row(f'{what}: reading its weights once ({weights:.0f} MB at {bandwidth:.3g} GB/s)',
            weights / bandwidth, 'ms'),
        row(f'{what}: arithmetic ({work:.2g} GFLOP at {speed:.3g} GFLOP/s)', 1e3 * work / speed,
            'ms')]


def _multiplications(network: Any) -> int:
    """Return how many multiplications of weights one crop takes."""
    import torch
    from torch import nn

    total = 0

    def count(module: Any, inputs: Any, output: Any) -> None:
        nonlocal total
        cells = output.shape[2] * output.shape[3] if output.ndim == 4 else 1
        total += cells * module.weight.numel()

    handles = [module.register_forward_hook(count) for module in network.modules()
               if isinstance(module, (nn.Conv2d, nn.Linear))]
    with torch.no_grad():
        network(torch.zeros(1, 3, 64, 64))
    for handle in handles:
        handle.remove()
    return total
