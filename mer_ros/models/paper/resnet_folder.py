"""ResNets in local folders, as transformers writes them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import AutoConfig, ResNetForImageClassification
from transformers.utils.logging import disable_progress_bar

disable_progress_bar()  # the log of a robot is no terminal

FILES = ('config.json', 'model.safetensors')
"""What such a folder holds, among other files."""


def read_resnet(
    folder: Path, *, labels: Sequence[str] = ()
) -> tuple[Any, dict[str, list[str]]]:
    """Return the network in a folder, and which of its weights were not in there.

    Args:
        folder: a folder of `save_pretrained`.
        labels: classes of a new last layer, or none to keep that of the folder.

    Returns:
        The network, and the names of weights that are ``missing``, ``unexpected`` or
        ``mismatched`` (in shape); with new labels, the last layer is among them.

    Raises:
        FileNotFoundError: one of FILES is missing.
        ValueError: the folder holds another network, or the weights are damaged.
    """
    absent = [name for name in FILES if not (folder / name).is_file()]
    if absent:
        raise FileNotFoundError(f'{folder} lacks {absent}; a ResNet of transformers has '
                                f'{list(FILES)}')
    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    if config.model_type != 'resnet':
        raise ValueError(f'{folder} holds a {config.model_type!r}; needed is a resnet')
    if labels:
        config.id2label = dict(enumerate(labels))
        config.label2id = {label: column for column, label in enumerate(labels)}
    try:
        loaded: Any = ResNetForImageClassification.from_pretrained(
            folder, config=config, local_files_only=True, output_loading_info=True,
            ignore_mismatched_sizes=True)
    except Exception as error:  # safetensors and transformers raise classes of their own
        raise ValueError(f'{folder} cannot be loaded; its weights are damaged or incomplete: '
                         f'{error}') from error
    network, report = loaded
    return network, {
        'missing': list(report['missing_keys']), 'unexpected': list(report['unexpected_keys']),
        'mismatched': [entry[0] for entry in report['mismatched_keys']]}
