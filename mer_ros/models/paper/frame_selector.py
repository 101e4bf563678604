"""The frame selector of the first paper (section 3.3.2): ResNet-50 that rates moments of a video.

It is trained by `mer_ros.training.face.train_frame_selector`; the engine takes it as its scorer.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.models.face.pictures import to_planes
from mer_ros.models.foreign_labels import translate
from mer_ros.models.paper.checkpoint import check_keys
from mer_ros.models.paper.device import choose_device, choose_dtype, DTYPES, place, set_threads
from mer_ros.models.paper.resnet_folder import read_resnet
from mer_ros.models.weights.weights_cache import locate

SIDE = 224
"""Side of the network's input, in pixels, as in its training on ImageNet."""

BATCH = 32
"""Crops that go through the network together."""


class FrameScorer:
    """Rates face crops with a ResNet that was fine-tuned on emotions: raw scores, no softmax.

    Args:
        path: the folder that `mer_ros train frame_selector` wrote; None looks for it in the
            cache, as the weights ``frame_selector``.
        device: auto, cpu or cuda.
        dtype: auto (fp32), fp32, bf16, or fp16 (on a GPU).
        threads: cores that torch uses in this process; None leaves that as it is.

    Raises:
        FileNotFoundError: the folder lacks a file, or no weights are in the cache; the message
            says how to get them.
        ValueError: weights or class names do not fit, or an option is not allowed.

    """

    name = 'frame_selector'

    def __init__(self, *, path: Path | str | None = None, device: str = 'auto', dtype: str = 'auto',
                 threads: int | None = None) -> None:
        self._device = choose_device(device)
        precision = choose_dtype(dtype, self._device)
        self._dtype = DTYPES[precision]
        set_threads(threads)
        folder = locate('frame_selector') if path is None else Path(path)
        network, report = read_resnet(folder)
        check_keys(folder, **report)
        names = network.config.id2label
        self.labels, self._columns = translate([names[column] for column in range(len(names))])
        self.network = place(network, self._device, precision)

    def logits(self, batch: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B RGB crops (H, W, 3), uint8, of any size.

        Raises ValueError for a crop that is empty, not RGB or not uint8.
        """
        scores = np.zeros((len(batch), len(self.labels)), dtype=np.float32)
        for start in range(0, len(batch), BATCH):
            crops = batch[start:start + BATCH]
            faces = torch.from_numpy(to_planes(crops, side=SIDE))
            with torch.inference_mode():
                found = self.network(faces.to(self._device, self._dtype)).logits
            scores[start:start + len(crops)] = found.float().cpu().numpy()[:, self._columns]
        return scores
