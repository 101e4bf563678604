"""Training of the built-in face model: `mer_ros train face --data DIR`."""

from dataclasses import asdict, dataclass, replace
import json
from pathlib import Path
from typing import Any

from lightning.pytorch.callbacks import EMAWeightAveraging
import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.evaluation.datasets.face_sets import load
from mer_ros.models.face.lite_face import CROP_MARGIN, LiteFace, SIDE
from mer_ros.training.eight_bits import quantise
from mer_ros.training.face.face_calibration import Calibration, fit_calibration, network_scores
from mer_ros.training.face.face_data import (
    draw_weights,
    drawn_priors,
    FaceArrays,
    load_arrays,
    present_sets,
    with_nothing,
)
from mer_ros.training.face.face_figures import figures, vote_figures
from mer_ros.training.face.face_module import batches, Draws, FaceModule
from mer_ros.training.face.face_net import CalibratedFaceNet, FaceNet
from mer_ros.training.face.face_targets import CLASSES, SCORES
from mer_ros.training.face.nothing import nothing
from mer_ros.training.features_output import add_features_output
from mer_ros.training.labelled_segments import read_collected, samples_of, SOURCE
from mer_ros.training.loop import fit

RANGES = 1024
"""The most faces on which the ranges of layers are measured, with as many crops without one."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a training run; an epoch shows ``draws`` crops.

    At least about ``least_share`` of the draws are of each data set, however small it is;
    ``power`` is that of `draw_weights`; ``nothing`` is how many crops show no face, as a share of
    the others; ``averaging`` is how much of the average of the weights stays at each step.
    """

    epochs: int = 32
    draws: int = 48_000
    batch: int = 128
    rate: float = 0.1
    weight_decay: float = 5e-4
    averaging: float = 0.998
    least_share: float = 0.02
    power: float = 0.3
    nothing: float = 0.05


def train_face(*, data: Path, out: Path, seed: int = 0, smoke: bool = False, threads: int = 1,
               resume: bool = False, recipe: Recipe | None = None,
               collected: Path | None = None) -> dict[str, Any]:
    """Train, calibrate, export and test the built-in face model.

    Uses every data set of `face_sets.FACE_SETS` that the folder holds: its train split to
    learn from, dev to choose the epoch and to calibrate, test for the figures.

    Args:
        data: folder with the data sets, one folder each.
        out: folder to write lite_face.onnx and lite_face.json to, and the checkpoints and logs
            (folder face).
        seed: of everything random; with the same versions and threads, a run repeats itself.
        smoke: one short epoch of at most 64 crops, to see that everything works.
        threads: cores to use.
        resume: go on where a run in ``out`` was stopped.
        recipe: numbers of the run; None = those of the built-in weights.
        collected: folder of labelled items of a robot, see `training.collected`; their crops are
            learned from as one data set more, and nothing is measured on them.

    Returns:
        What is written to lite_face.json: labels, calibration, data sets, recipe and figures.

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
        chosen = replace(chosen, epochs=1, draws=min(64, len(train)))
    torch.manual_seed(seed)
    net = FaceNet(SCORES)
    _learn(net, with_nothing(train, share=chosen.nothing, seed=seed), dev, chosen, seed=seed,
           folder=folder / 'face', resume=resume)
    return ship(net, train, dev, folder, {'recipe': asdict(chosen), 'seed': seed},
                data=Path(data), threads=threads)


def ship(net: FaceNet, train: FaceArrays, dev: FaceArrays, folder: Path, run: dict[str, Any], *,
         data: Path, threads: int = 1) -> dict[str, Any]:
    """Calibrate on dev, write lite_face.onnx and lite_face.json, and return what the latter says.

    ``run`` says how the network was trained.
    """
    names = [name for name in train.names if name in present_sets(data)]
    calibration = fit_calibration(network_scores(net, dev), dev)
    path = folder / 'lite_face.onnx'
    export(net, calibration, path)
    quantise(path, typical(train, seed=run['seed']), layers='/net/features/.*')
    description: dict[str, Any] = {
        'labels': list(CLASSES), 'side': SIDE, 'crop_margin': CROP_MARGIN,
        'calibration': asdict(calibration) | {'bias': list(calibration.bias)},
        'parameters': sum(weights.numel() for weights in net.parameters()),
        'trained_on': {name: int(np.sum(train.sources == source))
                       for source, name in enumerate(train.names)}, **run}
    description_file = path.with_suffix('.json')
    description_file.write_text(json.dumps(description, indent=1) + '\n', encoding='utf-8')
    model = LiteFace(path=path, threads=threads, contempt=True)
    description['figures'] = {
        split: {name: figures(model, load(name, data, split)) for name in names}
        for split in ('dev', 'test')}
    if 'fer2013' in names:
        for split in ('dev', 'test'):
            description['figures'][split] |= vote_figures(model, data / 'fer2013', split)
    description_file.write_text(json.dumps(description, indent=1) + '\n', encoding='utf-8')
    return description


def _learn(net: FaceNet, train: FaceArrays, dev: FaceArrays, recipe: Recipe, *, folder: Path,
           seed: int, resume: bool) -> None:
    weights = draw_weights(train, least_share=recipe.least_share, power=recipe.power)
    module = FaceModule(net.train(), np.log(drawn_priors(train, weights)), rate=recipe.rate,
                        weight_decay=recipe.weight_decay, seed=seed)
    draws = Draws(weights, count=recipe.draws, batch=recipe.batch, seed=seed)
    fit(module, batches(train, draws), batches(dev), folder=folder,
        epochs=recipe.epochs, recipe=asdict(recipe) | {'train': len(train)}, seed=seed,
        resume=resume, precision='bf16-mixed',
        callbacks=[EMAWeightAveraging(decay=recipe.averaging)])


def export(net: FaceNet, calibration: Calibration, path: Path) -> None:
    """Write the calibrated network as ONNX: pixels uint8 (B, 48, 48) to what LiteFace reads.

    The output features (B, D) is the input of the last layer, the mean of crop and mirror image.
    """
    shipped = CalibratedFaceNet(
        net.to(memory_format=torch.contiguous_format), bias=torch.tensor(calibration.bias),
        temperature=calibration.temperature).eval()
    example = torch.zeros((2, SIDE, SIDE), dtype=torch.uint8)
    # The newer exporter writes the paths of the training machine into the file.
    torch.onnx.export(
        shipped, (example,), str(path), input_names=['pixels'], output_names=['logits', 'face'],
        dynamic_axes={name: {0: 'batch'} for name in ('pixels', 'logits', 'face')},
        opset_version=17, dynamo=False)
    add_features_output(path, before=r'/net/classifier(_\d+)?/Gemm', combine='Mean')


def typical(train: FaceArrays, *, seed: int) -> NDArray[np.uint8]:
    """Return crops (N, 48, 48) to measure the ranges of layers on, and their mirror images.

    Faces drawn at random, at most `RANGES`, as many crops without one, and flat ones.  With its
    mirror image beside each, both passes of the network get the same ranges, and treat them alike.
    """
    random = np.random.default_rng(seed)
    faces = train.pixels[random.permutation(np.flatnonzero(train.is_face))[:RANGES]]
    flat = np.repeat(np.arange(0, 256, 17, dtype=np.uint8), SIDE * SIDE).reshape(-1, SIDE, SIDE)
    crops = np.concatenate([faces, nothing(len(faces), faces, random), flat])
    return np.concatenate([crops, crops[:, :, ::-1]])
