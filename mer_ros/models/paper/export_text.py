"""Exporting text classifiers of transformers, such as DistilRoBERTa."""

from pathlib import Path

import torch
from torch import nn, Tensor

from mer_ros.models.foreign_labels import translate
from mer_ros.models.paper.export_onnx import write_onnx
from mer_ros.models.paper.text_runtimes import read_config, read_tokenizer, TorchRuntime


class Scores(nn.Module):
    """A classifier that returns its raw scores alone."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Map token numbers and mask (B, L) to scores (B, K)."""
        scores: Tensor = self.network(input_ids=ids, attention_mask=mask).logits
        return scores


def export_text(folder: Path, path: Path, *, name: str, dtype: str) -> None:
    """Write the model in a folder of `save_pretrained` as one ONNX file, tokenizer included."""
    config = read_config(folder)
    labels, _ = translate([config.id2label[column] for column in range(config.num_labels)])
    tokenizer, longest = read_tokenizer(folder, config)
    network = TorchRuntime(folder, device='cpu', dtype='fp32', threads=None).network
    ids = torch.full((2, 4), tokenizer.pad_token_id + 1)
    free = {0: 'batch', 1: 'length'}
    write_onnx(
        Scores(network), path, dtype=dtype,
        inputs={'input_ids': (ids, free), 'attention_mask': (torch.ones_like(ids), free)},
        metadata={'kind': 'text', 'name': name, 'labels': labels, 'length': longest,
                  'pad': tokenizer.pad_token_id,
                  'tokenizer': tokenizer.backend_tokenizer.to_str()})
