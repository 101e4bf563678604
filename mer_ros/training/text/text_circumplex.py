"""Valence and arousal of a sentence: a linear map on what the text model sees, from EmoBank."""

import csv
import json
from pathlib import Path
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
import onnx
from onnx import helper, numpy_helper, TensorProto
import onnxruntime

from mer_ros.models.text.english_text import (
    CIRCUMPLEX,
    indices_of,
    padded,
    places_of,
    stacked,
    traits,
)
from mer_ros.models.text.text_features import features, PARTS, word_features
from mer_ros.models.text.text_tokens import spoken
from mer_ros.training.text.text_blend import COLUMNS

RIDGE = 3000.0
"""Penalty of the ridge regression on standardised inputs; chosen on dev."""

PARTS_SCALE, TRAITS_SCALE = 3.0, 10.0
"""How much less scores and traits are penalised than the many pooled features; chosen on dev."""

SPLITS = ('train', 'dev', 'test')

Table = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""Inputs (N, D), traits (N, 3), and truth (N, 2)."""


def read_emobank(data: Path, split: str) -> tuple[list[str], NDArray[np.float64]]:
    """Return sentences, and their valence and arousal (N, 2), ratings of 1 to 5 as -1 to 1.

    Raises FileNotFoundError where the set is not there.
    """
    with (data / 'emobank' / f'{split}.tsv').open(encoding='utf-8', newline='') as file:
        rows = list(csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE))
    truth = np.array([[float(row[name]) for name in ('valence', 'arousal')] for row in rows])
    return [row['text'] for row in rows], (truth - 3.0) / 2.0


def add_circumplex(path: Path, data: Path) -> dict[str, Any]:
    """Add the output `CIRCUMPLEX` to a text model; return the figures on dev and test.

    It is fitted on the train split, as written and as spoken; the deviations of its errors are
    those on dev.  The other outputs stay as they are.
    """
    model = onnx.load(str(path))
    graph = model.graph
    heads = [node.input[0] for node in graph.node
             if re.fullmatch(r'/nets\.\d+/encoder/head/(Gemm|MatMul)', node.name)]
    softmax = [node for node in graph.node if node.op_type == 'Softmax'][-1].output[0]
    parts = next(node.output[0] for node in graph.node
                 if node.op_type == 'Concat' and '/linear/Add_output_0' in node.input)
    graph.node.append(helper.make_node(
        'Concat', [parts, softmax, *heads], [f'{CIRCUMPLEX}_inputs'], axis=1,
        name=f'{CIRCUMPLEX}_inputs'))
    graph.output.append(helper.make_tensor_value_info(
        f'{CIRCUMPLEX}_inputs', TensorProto.FLOAT, ['batch', None]))
    tables = _tables(model, data)
    del graph.output[-1]
    weights, slopes, offset = _fit(tables['train'])
    guesses = {split: _guess(tables[split], weights, slopes, offset) for split in SPLITS[1:]}
    error = np.sqrt(np.mean((guesses['dev'] - tables['dev'][2]) ** 2, axis=0))
    for name, values in (('weights', weights), ('offset', offset)):
        graph.initializer.append(numpy_helper.from_array(
            values.astype(np.float32), f'{CIRCUMPLEX}_{name}'))
    graph.node.append(helper.make_node(
        'Gemm', [f'{CIRCUMPLEX}_inputs', f'{CIRCUMPLEX}_weights', f'{CIRCUMPLEX}_offset'],
        [CIRCUMPLEX], name=CIRCUMPLEX))
    graph.output.append(helper.make_tensor_value_info(
        CIRCUMPLEX, TensorProto.FLOAT, ['batch', 2]))
    known = {one.key: one.value for one in model.metadata_props}
    helper.set_model_props(model, {**known, CIRCUMPLEX: json.dumps({
        'traits': slopes.tolist(), 'deviations': error.tolist()})})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return {'deviations': error.tolist(), **{
        f'r_{split}': [float(np.corrcoef(guesses[split][:, one], tables[split][2][:, one])[0, 1])
                       for one in (0, 1)] for split in SPLITS[1:]}}


def _tables(model: onnx.ModelProto, data: Path) -> dict[str, Table]:
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=['CPUExecutionProvider'])
    keys, words = session.run(['keys', 'word_keys'], {
        'ids': np.zeros((1, 1), np.int64), 'places': np.zeros((1, 1, PARTS), np.int64)})

    def seen(text: str) -> NDArray[np.float32]:
        (row,) = session.run([f'{CIRCUMPLEX}_inputs'], {
            'ids': padded([indices_of(features(text), keys)], len(keys)),
            'places': stacked([places_of(word_features(text), words)], len(words))})[0]
        return np.asarray(row)

    tables = {}
    for split in SPLITS:
        texts, truth = read_emobank(data, split)
        if split == 'train':
            texts, truth = texts + [spoken(text) for text in texts], np.tile(truth, (2, 1))
        tables[split] = (np.array([seen(text) for text in texts], np.float64),
                         np.array([traits(text) for text in texts]), truth)
    return tables


def _fit(table: Table) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return weights of the inputs (D, 2), of the traits (3, 2), and the offset (2,)."""
    inputs, style, truth = table
    x = np.concatenate([inputs, style], axis=1)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    favour = np.ones(x.shape[1])
    favour[:COLUMNS + 7] = PARTS_SCALE
    favour[-style.shape[1]:] = TRAITS_SCALE
    z = (x - mean) / scale * favour
    slopes = np.linalg.solve(z.T @ z + RIDGE * np.eye(z.shape[1]),
                             z.T @ (truth - truth.mean(axis=0))) * (favour / scale)[:, None]
    offset = truth.mean(axis=0) - mean @ slopes
    return slopes[:inputs.shape[1]], slopes[inputs.shape[1]:], offset


def _guess(table: Table, weights: NDArray[np.float64], slopes: NDArray[np.float64],
           offset: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(table[0] @ weights + table[1] @ slopes + offset, -1.0, 1.0)
