"""The face model of the first paper: ResEmoteNet on 64x64 pixels."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.models.face.pictures import to_planes
from mer_ros.models.foreign_labels import translate
from mer_ros.models.paper.checkpoint import load_exactly, read_state
from mer_ros.models.paper.device import choose_device, choose_dtype, DTYPES, place, set_threads
from mer_ros.models.paper.resemotenet_net import lightened, ResEmoteNet
from mer_ros.models.weights.weights_cache import locate

PUBLISHED_LABELS = ('happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear', 'neutral')
"""The order of the scores of the published checkpoints."""

SIDE = 64
"""Side of the network's input, in pixels."""

BATCH = 64
"""Crops that go through the network together."""


class ResEmoteNetFace:
    """Classifies face crops with ResEmoteNet (Roy et al., 2024): raw scores, no softmax.

    Crops are prepared as in the authors' evaluation: resized to 64x64 as torchvision does, grey
    in all three channels, standardised with the mean and deviation of ImageNet.

    Args:
        path: a checkpoint of torch; None looks for the downloaded ``weights``.
        weights: the name of downloaded weights.
        labels: what the scores mean, in their order.
        device: auto, cpu or cuda.
        dtype: auto (fp32), fp32, bf16, fp16 (on a GPU) or int8 (linear layers, on a CPU).
        threads: cores that torch uses in this process; None leaves that as it is.

    Raises:
        FileNotFoundError: weights are missing; the message says how to get them.
        ValueError: weights or labels do not fit, or an option is not allowed.

    """

    name = 'resemotenet'

    def __init__(self, *, path: Path | str | None = None, weights: str = 'resemotenet',
                 labels: Sequence[str] = PUBLISHED_LABELS, device: str = 'auto',
                 dtype: str = 'auto', threads: int | None = None) -> None:
        self._device = choose_device(device)
        precision = choose_dtype(dtype, self._device)
        self._dtype = DTYPES[precision]
        set_threads(threads)
        self.labels, _ = translate(labels)
        file = locate(weights) if path is None else Path(path)
        state = read_state(file)
        network = ResEmoteNet(len(self.labels), width=len(state.get('conv1.bias', ' ' * 64)))
        load_exactly(network, state, file)
        # Weights that lie as the CPU reads them need not be put in order at every call.
        self.network = place(lightened(network), self._device, precision).to(
            memory_format=torch.channels_last)

    def logits(self, batch: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B RGB crops (H, W, 3), uint8, of any size.

        Raises ValueError for a crop that is empty, not RGB or not uint8.
        """
        scores = np.zeros((len(batch), len(self.labels)), dtype=np.float32)
        for start in range(0, len(batch), BATCH):
            crops = batch[start:start + BATCH]
            faces = torch.from_numpy(to_planes(crops, side=SIDE, colour='grey3',
                                               resize='antialias'))
            with torch.inference_mode():
                found = self.network(faces.to(
                    self._device, self._dtype, memory_format=torch.channels_last))
            scores[start:start + len(crops)] = found.float().cpu().numpy()
        return scores
