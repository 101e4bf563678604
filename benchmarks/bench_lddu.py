"""What an LDDU network of the paper's size costs on a CPU: random weights, one window."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from compare import row, seconds
import numpy as np

WINDOW = {'text': (50, 768), 'audio': (500, 74), 'visual': (500, 35)}
"""Frames and numbers a frame of one window of CMU-MOSEI unaligned."""

LENGTHS = (250, 500, 1000)
"""Frames of sound and picture, to see how the time grows."""

REPEATS = 7


def run() -> list[dict[str, Any]]:
    """Return ms a window, samples a second in training, and the memory of the queue."""
    import torch

    from mer_ros.research.lddu import Lddu
    from mer_ros.research.lddu.contrastive import DistributionQueue
    from mer_ros.research.lddu.lddu_net import LdduNet
    from mer_ros.research.lddu.training.lddu_export import export
    from mer_ros.research.lddu.training.lddu_layouts import MOSEI_LABELS
    from mer_ros.research.lddu.training.lddu_recipe import Recipe

    torch.set_num_threads(1)
    recipe = Recipe()
    sizes = recipe.sizes({name: dim for name, (_, dim) in WINDOW.items()}, MOSEI_LABELS)
    net = LdduNet(sizes)
    rows = [row('parameters', sum(w.numel() for w in net.parameters()) / 1e6, 'million')]
    with TemporaryDirectory() as folder:
        path = Path(folder) / 'lddu.onnx'
        export(net, path)
        path.with_suffix('.json').write_text(json.dumps({
            'name': 'random', 'labels': MOSEI_LABELS, 'dims': sizes.dims, 'models': {},
            'threshold': 0.5}))
        for threads in (1, 2):
            model = Lddu(path=path, threads=threads, device='cpu')
            for length in LENGTHS if threads == 1 else LENGTHS[1:2]:
                window = _window(length)
                rows.append(row(f'one window, {length} frames, {threads} thread(s)',
                                1e3 * seconds(lambda m=model, w=window: m.judge(w),
                                              repeats=REPEATS), 'ms'))
    rows.append(row('training, one thread', _samples_a_second(net, recipe), 'samples/s'))
    queue = DistributionQueue(recipe.queue, 2 * sizes.latent)
    rows.append(row('queue of 8192', sum(b.nbytes for b in queue.buffers()) / 1e6, 'MB'))
    return rows


def _window(length: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=(frames if name == 'text' else length, dim)).astype(np.float32)
            for name, (frames, dim) in WINDOW.items()}


def _samples_a_second(net: Any, recipe: Any) -> float:
    """Return how many whole windows a second a step of training learns from."""
    import torch

    from mer_ros.research.lddu.training.lddu_data import Batch
    from mer_ros.research.lddu.training.lddu_module import LdduModule

    count = 8
    features = [torch.randn(count, frames, dim) for frames, dim in WINDOW.values()]
    truth = (torch.rand(count, len(net.sizes.labels)) < 0.3).float()
    batch = Batch(features, [torch.ones(part.shape[:2]) for part in features], truth,
                  torch.arange(count))
    module = LdduModule(net, recipe, truth=truth.numpy(), seed=0)
    module.log_dict = lambda *_, **__: None
    optimizer = torch.optim.Adam(net.train().parameters(), recipe.rate)

    def step() -> None:
        optimizer.zero_grad()
        module.training_step(batch, 0).backward()
        optimizer.step()

    return count / seconds(step, repeats=REPEATS)
