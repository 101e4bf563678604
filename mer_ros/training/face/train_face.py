"""Training of the built-in face model: `mer_ros train face --data DIR`."""

from dataclasses import asdict, dataclass, replace
import json
from pathlib import Path
from typing import Any

from lightning.pytorch.callbacks import EMAWeightAveraging
import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.calibration.temperature import fit_temperature
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.face_sets import load
from mer_ros.evaluation.datasets.samples import Samples
from mer_ros.evaluation.metrics.classification import accuracy
from mer_ros.evaluation.metrics.summary import rounded, summarise
from mer_ros.fusion.logspace import softmax
from mer_ros.models.face.lite_face import CROP_MARGIN, LiteFace, SIDE
from mer_ros.training.face.face_data import (
    draw_weights,
    drawn_priors,
    FaceArrays,
    load_arrays,
    pooled_prior,
    present_sets,
)
from mer_ros.training.face.face_module import dev_batches, Draws, FaceModule, train_batches
from mer_ros.training.face.face_net import CalibratedFaceNet, FaceNet
from mer_ros.training.features_output import add_features_output
from mer_ros.training.labelled_segments import read_collected, samples_of, SOURCE
from mer_ros.training.loop import fit

TEMPERATURES = np.geomspace(0.2, 5.0, 321)
"""Temperatures that are tried."""

COMMON = 10
"""Test crops that a class needs for its recall to count in the figures."""

INTERVALS = ('accuracy', 'uar', 'ece')
"""The figures that come with a bootstrap interval."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One cycle of the learning rate, up to ``rate``.

    At least about ``least_share`` of the draws are of each data set, however small it is.
    """

    epochs: int
    rate: float
    least_share: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a training run; an epoch shows ``draws`` crops.

    The second stage starts again from a lower rate, shows small data sets more, and adjusts for
    the classes of all data sets together instead of each: a set of two classes would otherwise
    never teach that a face shows none of the others.
    """

    learn: Stage = Stage(epochs=26, rate=0.1, least_share=0.0)
    refine: Stage = Stage(epochs=4, rate=0.03, least_share=0.1)
    draws: int = 20_000
    batch: int = 128
    weight_decay: float = 5e-4
    smoothing: float = 0.1
    averaging: float = 0.998


def train_face(*, data: Path, out: Path, seed: int = 0, smoke: bool = False, threads: int = 1,
               resume: bool = False, recipe: Recipe | None = None,
               collected: Path | None = None) -> dict[str, Any]:
    """Train, calibrate, export and test the built-in face model.

    Uses every data set of `datasets_face.FACE_SETS` that the folder holds: its train split to
    learn from, dev to choose the epochs and the temperature, test for the figures.

    Args:
        data: folder with the data sets, one folder each.
        out: folder to write lite_face.onnx and lite_face.json to, and the checkpoints and logs of
            the two stages (face_learn, face_refine).
        seed: of everything random; with the same versions and threads, a run repeats itself.
        smoke: two short stages of at most 64 crops, to see that everything works.
        threads: cores to use.
        resume: go on where a run in ``out`` was stopped.
        recipe: numbers of the run; None = those of the built-in weights.
        collected: folder of labelled items of a robot, see `training.collected`; their crops are
            learned from as one data set more, and nothing is measured on them.

    Returns:
        What is written to lite_face.json: labels, temperature, data sets, recipe and figures.

    Raises:
        FileNotFoundError: the folder holds no face data set, or a collected file is missing.
        ValueError: a split is empty, something collected cannot be used, or ``out`` holds the
            checkpoint of another recipe.

    """
    torch.set_num_threads(threads)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    names = present_sets(Path(data))
    crops = samples_of(read_collected(collected, 'face') if collected else (), 'face')
    train = load_arrays(Path(data), names, 'train', further={SOURCE: crops} if crops.labels else {})
    dev = load_arrays(Path(data), names, 'dev')
    for split, faces in (('train', train), ('dev', dev)):
        if not len(faces):
            raise ValueError(f'the {split} split of {list(names)} is empty; '
                             f'name it in the column split of labels.csv')
    chosen = recipe or Recipe()
    if smoke:
        chosen = replace(chosen, learn=replace(chosen.learn, epochs=1),
                         refine=replace(chosen.refine, epochs=1), draws=min(64, len(train)))
    torch.manual_seed(seed)
    net = FaceNet(len(EMOTIONS))
    _learn(net, train, dev, chosen, seed=seed, folder=folder / 'face_learn', resume=resume)
    _refine(net, train, dev, chosen, seed=seed + 1, folder=folder / 'face_refine', resume=resume)
    temperature = fit_temperature(network_logits(net, dev), dev.labels, TEMPERATURES)
    path = folder / 'lite_face.onnx'
    export(net, temperature, path)
    description: dict[str, Any] = {
        'labels': list(EMOTIONS), 'side': SIDE, 'crop_margin': CROP_MARGIN,
        'temperature': temperature,
        'parameters': sum(weights.numel() for weights in net.parameters()),
        'trained_on': {name: int(count) for name, count in zip(
            train.names, train.counts().sum(axis=1), strict=True)},
        'recipe': asdict(chosen), 'seed': seed}
    description_file = path.with_suffix('.json')
    description_file.write_text(json.dumps(description, indent=1) + '\n', encoding='utf-8')
    model = LiteFace(path=path, threads=threads)
    description['figures'] = {
        split: {name: figures(model, load(name, Path(data), split)) for name in names}
        for split in ('dev', 'test')}
    description_file.write_text(json.dumps(description, indent=1) + '\n', encoding='utf-8')
    return description


def _learn(net: FaceNet, train: FaceArrays, dev: FaceArrays, recipe: Recipe, **run: Any) -> None:
    """Train with the log-prior of the classes of each data set.

    One prior for each keeps the network from guessing the class by the look of the data set.
    """
    weights = draw_weights(train, least_share=recipe.learn.least_share)
    _fit(net, train, dev, recipe, recipe.learn, weights=weights, priors=drawn_priors(train), **run)


def _refine(net: FaceNet, train: FaceArrays, dev: FaceArrays, recipe: Recipe, **run: Any) -> None:
    """Go on with the log-prior of the classes among all draws."""
    weights = draw_weights(train, least_share=recipe.refine.least_share)
    priors = np.tile(pooled_prior(train, weights), (len(train.names), 1))
    _fit(net, train, dev, recipe, recipe.refine, weights=weights, priors=priors, **run)


def _fit(net: FaceNet, train: FaceArrays, dev: FaceArrays, recipe: Recipe, stage: Stage, *,
         weights: NDArray[np.float64], priors: NDArray[np.float64], folder: Path, seed: int,
         resume: bool) -> None:
    module = FaceModule(net.train(), np.log(priors), rate=stage.rate, seed=seed,
                        weight_decay=recipe.weight_decay, smoothing=recipe.smoothing)
    draws = Draws(weights, count=recipe.draws, batch=recipe.batch, seed=seed)
    fit(module, train_batches(train, draws), dev_batches(dev), folder=folder,
        epochs=stage.epochs, recipe=asdict(recipe) | {'train': len(train)}, seed=seed,
        resume=resume, precision='bf16-mixed',
        callbacks=[EMAWeightAveraging(decay=recipe.averaging)])


def network_logits(net: FaceNet, faces: FaceArrays) -> NDArray[np.float64]:
    """Return the logits (N, K) that are shipped, before they are divided by a temperature."""
    shipped = CalibratedFaceNet(net, 1.0).eval()
    with torch.inference_mode():
        parts = [shipped(pixels) for pixels in torch.from_numpy(faces.pixels).split(256)]
    return np.asarray(torch.cat(parts).double().numpy())


def export(net: FaceNet, temperature: float, path: Path) -> None:
    """Write the calibrated network as ONNX: pixels uint8 (B, 48, 48) to logits (B, K).

    The output features (B, D) is the input of the last layer, the mean of crop and mirror image.
    """
    shipped = CalibratedFaceNet(net.to(memory_format=torch.contiguous_format), temperature).eval()
    example = torch.zeros((2, SIDE, SIDE), dtype=torch.uint8)
    # The newer exporter writes the paths of the training machine into the file.
    torch.onnx.export(
        shipped, (example,), str(path), input_names=['pixels'], output_names=['logits'],
        dynamic_axes={'pixels': {0: 'batch'}, 'logits': {0: 'batch'}}, opset_version=17,
        dynamo=False)
    add_features_output(path, before=r'/net/classifier(_\d+)?/Gemm', combine='Mean')


def figures(model: LiteFace, samples: Samples) -> dict[str, Any]:
    """Return what a model reaches on one split of one data set, rounded to four digits.

    Crops of classes with fewer than `COMMON` examples are left out and counted in
    ``left_out``.  ``accuracy_among_present`` lets the model answer only the classes that occur.
    """
    counts = {label: samples.labels.count(label) for label in model.labels}
    few = {label: count for label, count in counts.items() if 0 < count < COMMON}
    kept = [i for i, label in enumerate(samples.labels) if label not in few]
    if not kept:
        return {'n': 0, 'left_out': few}
    truth = np.array([model.labels.index(samples.labels[i]) for i in kept])
    logits = np.concatenate([
        model.logits([samples.inputs[i] for i in kept[start:start + 64]])
        for start in range(0, len(kept), 64)]).astype(np.float64)
    present = np.unique(truth)
    report = summarise(
        truth, softmax(logits), labels=model.labels, groups=[samples.groups[i] for i in kept],
        intervals_of=INTERVALS)
    chosen: dict[str, Any] = rounded({
        name: report[name] for name in ('n', 'accuracy', 'uar', 'macro_f1', 'nll', 'ece')})
    chosen['intervals'] = rounded(report['intervals'])
    chosen['recall'] = rounded({
        model.labels[i]: report['classes'][model.labels[i]]['recall'] for i in present})
    chosen['accuracy_among_present'] = rounded(accuracy(
        np.searchsorted(present, truth), softmax(logits[:, present])))
    chosen['left_out'] = few
    return chosen
