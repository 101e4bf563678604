"""Pretrained features of the attention fusion: BERT of words, a ResNet of ImageNet of faces."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import torch
from transformers import AutoModel, AutoTokenizer

from mer_ros.models.face.pictures import to_planes
from mer_ros.models.paper.frame_selector import SIDE
from mer_ros.models.paper.resnet_folder import read_resnet

MOST_TOKENS = 512
"""Longer texts are cut at their end."""


class BertFeatures:
    """The mean over the words of the last hidden state of an encoder like BERT.

    ``path`` is a folder as `save_pretrained` of transformers writes it, with its tokenizer.
    """

    def __init__(self, path: Path) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        self._encoder = AutoModel.from_pretrained(path, local_files_only=True).eval()

    def features(self, text: str) -> NDArray[np.float32]:
        """Return the features of a sentence, float32 (1, D)."""
        words = self._tokenizer(text, truncation=True, max_length=MOST_TOKENS, return_tensors='pt')
        with torch.inference_mode():
            return self._encoder(**words).last_hidden_state.mean(dim=1).float().numpy()


class ResNetFeatures:
    """What a ResNet of ImageNet pools before its last layer; see `read_resnet` for the folder."""

    def __init__(self, path: Path) -> None:
        self._encoder = read_resnet(path)[0].resnet.eval()

    def features(self, crop: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the features of a face crop (H, W, 3), RGB uint8, as float32 (1, D)."""
        pixels = torch.from_numpy(to_planes([crop], side=SIDE))
        with torch.inference_mode():
            return self._encoder(pixels).pooler_output.flatten(1).float().numpy()
