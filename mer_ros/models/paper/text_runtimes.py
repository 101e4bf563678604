"""Text classifiers of transformers: their parts, read from a local folder."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from mer_ros.models.paper.checkpoint import check_keys
from mer_ros.models.paper.device import choose_device, choose_dtype, place, set_threads

disable_progress_bar()  # the log of a robot is no terminal

WEIGHT_FILES = ('model.safetensors', 'pytorch_model.bin')
"""Where `save_pretrained` puts weights, now and formerly."""

_HARMLESS = ('position_ids', 'pooler.dense.weight', 'pooler.dense.bias')
_COUNT_FROM_PADDING = ('roberta', 'xlm-roberta', 'camembert', 'roberta-prelayernorm')


def read_config(folder: Path) -> Any:
    """Return the configuration in a folder; raise if it is missing or of no classifier."""
    if not (folder / 'config.json').is_file():
        raise FileNotFoundError(f'{folder} holds no config.json; give a folder that '
                                f'save_pretrained of transformers wrote')
    return AutoConfig.from_pretrained(folder, local_files_only=True)


def read_tokenizer(folder: Path, config: Any) -> tuple[Any, int]:
    """Return the tokenizer, which cuts at the start, and the most tokens the network takes."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, truncation_side='left')
    except (OSError, ValueError, TypeError) as error:
        raise ValueError(f'{folder} holds no complete tokenizer: {error}') from error
    if tokenizer.pad_token_id is None:
        raise ValueError(f'the tokenizer in {folder} names no padding token')
    if len(tokenizer) > config.vocab_size:
        raise ValueError(f'the tokenizer in {folder} has {len(tokenizer)} tokens, the network '
                         f'{config.vocab_size}; they belong to different models')
    positions = getattr(config, 'max_position_embeddings', None) or tokenizer.model_max_length
    if config.model_type in _COUNT_FROM_PADDING:
        positions -= tokenizer.pad_token_id + 1
    return tokenizer, min(positions, tokenizer.model_max_length)


class TorchRuntime:
    """The network in torch."""

    def __init__(self, folder: Path, *, device: str, dtype: str, threads: int | None) -> None:
        self._device = choose_device(device)
        precision = choose_dtype(dtype, self._device, on_gpu='fp16')
        set_threads(threads)
        path = next((folder / name for name in WEIGHT_FILES if (folder / name).is_file()), None)
        if path is None:
            raise FileNotFoundError(f'{folder} holds none of {list(WEIGHT_FILES)}')
        try:
            network, report = AutoModelForSequenceClassification.from_pretrained(
                folder, local_files_only=True, output_loading_info=True, dtype=torch.float32,
                use_safetensors=path.suffix == '.safetensors', ignore_mismatched_sizes=True)
        except Exception as error:  # safetensors and transformers raise classes of their own
            raise ValueError(f'{path} cannot be loaded; it is damaged or incomplete, or of '
                             f'another model: {error}') from error
        check_keys(path, missing=report['missing_keys'], unexpected=[
            key for key in report['unexpected_keys'] if not key.endswith(_HARMLESS)],
            mismatched=[entry[0] for entry in report['mismatched_keys']])
        self.network = place(network, self._device, precision)

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return raw scores (B, all classes) of padded token numbers (B, L) and their mask."""
        with torch.inference_mode():
            scores = self.network(
                input_ids=torch.from_numpy(ids).to(self._device),
                attention_mask=torch.from_numpy(mask).to(self._device)).logits
        return np.asarray(scores.float().cpu().numpy())
