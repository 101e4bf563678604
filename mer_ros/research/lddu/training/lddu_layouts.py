"""CMU-MOSEI and M3ED as the papers on multi-label emotions hand them around.

Two layouts: one file of `torch.save` with features and targets (CMU-MOSEI aligned; M3ED, one
sequence of utterances a dialogue), or pickled features of MMSA with a table of labels
(CMU-MOSEI unaligned).
"""

from collections.abc import Mapping, Sequence
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.research.lddu.training.lddu_data import Corpus, Sequences, Split
from mer_ros.research.lddu.training.safe_pickle import load_pickle, load_torch

SPLITS = ('train', 'valid', 'test')
"""Names of the splits in all the files."""

FIRST_LABEL = 4
"""Number of the first emotion in a target; below it are marks such as its begin and end."""

BEGIN, END = 2, 3
"""What a target begins and ends with."""

MOSEI_LABELS = ('happiness', 'sadness', 'anger', 'surprise', 'disgust', 'fear')
"""Emotions 4 to 9 of CMU-MOSEI."""

M3ED_LABELS = ('happiness', 'neutral', 'sadness', 'disgust', 'anger', 'fear', 'surprise')
"""Emotions 4 to 10 of M3ED as CARAT writes it."""

KEYS = {'text': 'text', 'audio': 'audio', 'visual': 'vision'}
"""What MMSA calls each modality."""

MOSEI_MODELS = {'text': 'glove', 'audio': 'covarep', 'visual': 'facet'}
MOSEI_UNALIGNED_MODELS = {'text': 'bert', 'audio': 'covarep', 'visual': 'facet'}
M3ED_MODELS = {'text': 'roberta-chinese', 'audio': 'wav2vec-chinese', 'visual': 'denseface'}


def read_targets(path: Path, labels: Sequence[str], models: Mapping[str, str]) -> Corpus:
    """Read a file of the first layout.

    Each split has ``src-text``, ``src-audio`` and ``src-visual``, n arrays (T, D) each, and
    ``tgt``, n lists [2, emotions, 3]; M3ED also ``len_list``, how many of the T rows are real.
    Samples have no ids there: they are numbered, and features and targets must be equally many.

    Raises:
        FileNotFoundError, ForbiddenGlobal: see `load_torch`.
        ValueError: something is missing, or does not belong together.
    """
    data = load_torch(path)
    splits = []
    for name in SPLITS:
        part = _part(data, name, path, ('src-text', 'src-audio', 'src-visual', 'tgt'))
        count = len(part['tgt'])
        lengths = part.get('len_list', [None] * count)
        sequences = {}
        for modality in models:
            rows = part[f'src-{modality}']
            if len(rows) != count or len(lengths) != count:
                raise ValueError(f'{path}, {name}: {len(rows)} sequences of {modality} and '
                                 f'{len(lengths)} lengths came with {count} targets')
            sequences[modality] = _sequences([
                _clean(row)[:length] for row, length in zip(rows, lengths, strict=True)])
        truth = np.array([read_target(target, labels) for target in part['tgt']])
        splits.append(Split(sequences, truth, tuple(f'{name}/{i}' for i in range(count))))
    return Corpus(tuple(labels), models, *splits)


def read_unaligned(features: Path, labels: Path, *, aligned: bool = False) -> Corpus:
    """Read CMU-MOSEI of the second layout, joined by id.

    The pickle has in each split ``text``, ``audio`` and ``vision``, arrays (n, T, D), and ``id``,
    n strings; with ``audio_lengths`` and ``vision_lengths``, padding is cut off.  With
    ``aligned`` (MMSA's aligned_50.pkl, BERT for the text) the three have the same T, and frames
    that are 0 in all of them are padding.  The table has
    the columns ``id`` (or ``video_id`` and ``clip_id``, which are joined by ``$_$`` as MMSA does),
    ``mode`` (the split) and ``tgt``.  The authors of TAILOR, CARAT and LDDU join by the order of
    the rows instead: one row off, and every label is another sample's.

    Raises:
        FileNotFoundError, ForbiddenGlobal: see `load_pickle`.
        ValueError: an id is missing on one side, repeated, or stands in another split.
    """
    data = load_pickle(features)
    targets = _read_table(labels)
    splits = []
    for name in SPLITS:
        part = _part(data, name, features, ('id', 'text', 'audio', 'vision'))
        ids = [str(found) for found in part['id']]
        wrong = [found for found in ids if targets.get(found, ('nowhere',))[0] != name]
        unused = {found for found, (split, _) in targets.items() if split == name} - set(ids)
        if wrong or unused:
            raise ValueError(
                f'{features} and {labels} differ in {name}: {len(wrong)} ids of features have no '
                f'label there (first: {wrong[:3]}), {len(unused)} labels have no features '
                f'(first: {sorted(unused)[:3]}); use files of the same release')
        whole = [None] * len(ids)
        rows = {modality: [_clean(row)[:length] for row, length in zip(
            part[key], whole if aligned else part.get(f'{key}_lengths', whole), strict=True)]
            for modality, key in KEYS.items()}
        if aligned:
            rows = _without_padding(rows, f'{features}, {name}')
        sequences = {modality: _sequences(each) for modality, each in rows.items()}
        truth = np.array([targets[found][1] for found in ids])
        splits.append(Split(sequences, truth, tuple(ids)))
    return Corpus(MOSEI_LABELS, MOSEI_UNALIGNED_MODELS, *splits)


def _without_padding(rows: Mapping[str, list[NDArray[np.float32]]], where: str
                     ) -> dict[str, list[NDArray[np.float32]]]:
    """Return aligned sequences without the frames in which every modality is 0."""
    kept: dict[str, list[NDArray[np.float32]]] = {name: [] for name in rows}
    for index, frames in enumerate(zip(*rows.values(), strict=True)):
        if len({len(one) for one in frames}) > 1:
            raise ValueError(f'{where}: sample {index} has {[len(one) for one in frames]} frames '
                             f'in {list(rows)}; aligned features have equally many')
        real = np.any([one.any(axis=1) for one in frames], axis=0)
        for name, one in zip(rows, frames, strict=True):
            kept[name].append(one[real])
    return kept


def read_target(target: Sequence[int], labels: Sequence[str]) -> NDArray[np.float32]:
    """Return a target [2, emotions, 3] as 0 or 1 (q,); ValueError if it is anything else."""
    numbers = [int(number) for number in target]
    chosen = [number - FIRST_LABEL for number in numbers[1:-1]]
    if len(numbers) < 2 or (numbers[0], numbers[-1]) != (BEGIN, END) or any(
            not 0 <= place < len(labels) for place in chosen):
        raise ValueError(
            f'a target is {numbers}; it must be [{BEGIN}, emotions, {END}] with emotions from '
            f'{FIRST_LABEL} to {FIRST_LABEL + len(labels) - 1} ({list(labels)})')
    truth = np.zeros(len(labels), np.float32)
    truth[chosen] = 1
    return truth


def _read_table(path: Path) -> dict[str, tuple[str, NDArray[np.float32]]]:
    """Return the split and the target of each id."""
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist; doc/models/lddu.md says where to get it')
    found: dict[str, tuple[str, NDArray[np.float32]]] = {}
    with path.open(encoding='utf-8', newline='') as stream:
        for row in csv.DictReader(stream):
            key = row.get('id') or f'{row.get("video_id")}$_${row.get("clip_id")}'
            if not {'mode', 'tgt'} <= row.keys() or 'None' in key.split('$_$'):
                raise ValueError(f'{path} must have the columns id (or video_id and clip_id), mode '
                                 f'and tgt; it has {list(row)}')
            if key in found:
                raise ValueError(f'{path} names {key!r} twice; ids must tell samples apart')
            found[key] = (row['mode'], read_target(json.loads(row['tgt']), MOSEI_LABELS))
    return found


def _part(data: Any, name: str, path: Path, keys: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping) or name not in data:
        raise ValueError(f'{path} has no split {name!r}; it must hold {list(SPLITS)}')
    part: Mapping[str, Any] = data[name]
    missing = [key for key in keys if key not in part]
    if missing:
        raise ValueError(f'{path}, {name} lacks {missing}; it has {sorted(map(str, part))}')
    return part


def _clean(row: Any) -> NDArray[np.float32]:
    """Return frames (T, D) in which minus infinity, a silent logarithm, is 0."""
    frames = np.array(row, dtype=np.float32)
    frames[np.isneginf(frames)] = 0
    return frames


def _sequences(rows: list[NDArray[np.float32]]) -> Sequences:
    if not rows or rows[0].ndim != 2:
        raise ValueError('a split is empty, or its sequences are not (T, D)')
    return Sequences(rows, rows[0].shape[1])
