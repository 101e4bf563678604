"""Training of the built-in text model: `mer_ros train text --data DIR`."""

from __future__ import annotations

import csv
from dataclasses import asdict
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets_text import FILES
from mer_ros.evaluation.evaluate import evaluate_dataset
from mer_ros.evaluation.metrics import macro_f1
from mer_ros.models.lite_text import indices_of, LiteText, padded
from mer_ros.training.text_bag import Bag, Recipe, SIX, train_bag
from mer_ros.training.text_blend import fit_blend, Scored
from mer_ros.training.text_data import fine_labels, read_split, Split, vocabulary
from mer_ros.training.text_export import export
from mer_ros.training.text_linear import Linear, train_linear
from mer_ros.training.text_net import Blend, TextNet

BAGS = 3
"""Bags whose scores are averaged; they differ by seed and fold into one table."""


def train_text(*, data: Path, out: Path, seed: int = 0, epochs: int = 10,
               smoke: bool = False) -> dict[str, Any]:
    """Train, blend, calibrate, export and test the built-in text model.

    Learns from the train splits of GoEmotions and of XED (English); everything is chosen on
    their dev splits.  Figures are measured on the test split of every text set in the folder.

    Args:
        data: folder with the data sets, one folder each.
        out: folder to write lite_text.onnx, lite_text.json and lite_text.csv (the log) to.
        seed: of everything random; with the same versions, a run repeats itself.
        epochs: most epochs of each bag; it stops early by its score on dev.
        smoke: one bag of one epoch, to see that everything works.

    Returns:
        What is written to lite_text.json: labels, recipe, blend with its temperature, figures.

    Raises:
        FileNotFoundError: GoEmotions or XED is not in the folder.
    """
    torch.set_num_threads(1)
    out.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(epochs=1 if smoke else epochs)
    labels = fine_labels(data)
    train = [read_split(name, data, 'train', labels) for name in ('goemotions', 'xed')]
    dev = [read_split(name, data, 'dev', labels) for name in ('goemotions', 'xed')]
    keys = vocabulary(train)
    bags = _train_bags(train, dev, keys, recipe=recipe, count=1 if smoke else BAGS, seed=seed,
                       log=out / 'lite_text.csv')
    rows, film = _rows(train, keys), _film(train)
    linear = train_linear(rows, np.concatenate([part.truth for part in train]),
                          np.concatenate([part.single for part in train]), film,
                          keys=len(keys), seed=seed)
    net = _assemble(bags, linear, Blend())
    scored = [Scored(_parts(net, part, keys), part.truth[part.single]) for part in dev]
    net.blend = fit_blend(scored)
    export(net, keys, out / 'lite_text.onnx')
    description = {'labels': list(EMOTIONS), 'seed': seed, 'bags': len(bags),
                   'recipe': asdict(recipe), 'features': len(keys), 'blend': asdict(net.blend)}
    description['figures'] = _measure(
        LiteText(path=out / 'lite_text.onnx'), data, resamples=20 if smoke else 1000)
    (out / 'lite_text.json').write_text(json.dumps(description, indent=1) + '\n')
    return description


def _train_bags(
    train: list[Split], dev: list[Split], keys: NDArray[np.uint32], *, recipe: Recipe,
    count: int, seed: int, log: Path,
) -> list[Bag]:
    rows, film = _rows(train, keys), _film(train)
    target = np.concatenate([part.target for part in train])
    fine = np.concatenate([part.fine for part in train])
    comments, films = (_indices(part, keys) for part in dev)

    def score(bag: Bag) -> float:
        with torch.no_grad():
            seven = torch.softmax(bag(comments)[:, :7].double(), 1).numpy()
            six = torch.softmax(bag(films)[:, 7:13].double(), 1).numpy()
        film_truth = np.searchsorted(SIX, dev[1].truth[dev[1].single])
        return (macro_f1(dev[0].truth[dev[0].single], seven) + macro_f1(film_truth, six)) / 2

    bags = []
    with log.open('w', newline='') as stream, Progress() as progress:
        table = csv.writer(stream, lineterminator='\n')
        table.writerow(['bag', 'epoch', 'loss', 'dev_macro_f1'])
        bar = progress.add_task('text model', total=count * recipe.epochs)
        for index in range(count):
            def report(epoch: int, loss: float, value: float, bag: int = index) -> None:
                table.writerow([bag, epoch, f'{loss:.4f}', f'{value:.4f}'])
                stream.flush()
                progress.update(bar, completed=bag * recipe.epochs + epoch + 1)

            bags.append(train_bag(rows, target, fine, film, keys=len(keys), recipe=recipe,
                                  seed=seed + index, score=score, report=report))
    return bags


def _assemble(bags: list[Bag], linear: Linear, blend: Blend) -> TextNet:
    """Fold the bags and the linear map into one table."""
    folded = [bag.table() for bag in bags]
    table = np.concatenate([np.mean([weights for weights, _ in folded], axis=0),
                            linear.weights * linear.idf[:, None]], axis=1)
    offsets = np.concatenate([np.mean([bias for _, bias in folded], axis=0), linear.offsets])
    return TextNet(table, offsets, linear.idf, blend)


def _film(splits: list[Split]) -> NDArray[np.bool_]:
    """Return which sentences come from films: the second of the two data sets."""
    return np.concatenate([np.full(len(part.found), which == 1)
                           for which, part in enumerate(splits)])


def _rows(splits: list[Split], keys: NDArray[np.uint32]) -> list[NDArray[np.intp]]:
    return [indices_of(found, keys) for part in splits for found in part.found]


def _indices(part: Split, keys: NDArray[np.uint32]) -> list[NDArray[np.intp]]:
    return [indices_of(found, keys)
            for found, single in zip(part.found, part.single, strict=True) if single]


@torch.no_grad()
def _parts(net: TextNet, part: Split, keys: NDArray[np.uint32]) -> torch.Tensor:
    rows = _indices(part, keys)
    return torch.cat([net.parts(torch.from_numpy(padded([row], len(keys)))) for row in rows])


def _measure(model: LiteText, data: Path, *, resamples: int) -> dict[str, Any]:
    """Return the figures on every text set that the folder holds."""
    return {name: evaluate_dataset(name, data, 'test', model=model, resamples=resamples)
            for name, file in FILES.items() if (data / file.format(split='test')).is_file()}
