"""Training of the audio-visual network: `mer_ros train avnet --data DIR --dataset crema_d`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
import json
import logging
import os
from pathlib import Path
from typing import Any

from lightning.pytorch.utilities import rank_zero_only
import torch

from mer_ros.models import load_detector
from mer_ros.research.avnet.avnet_cache import Film
from mer_ros.research.avnet.avnet_collected import collected_films
from mer_ros.research.avnet.avnet_corpora import describe, load_films
from mer_ros.research.avnet.avnet_data import batches, FilmDataset
from mer_ros.research.avnet.avnet_folds import Fold, FOLDS, make_folds, numbers_of
from mer_ros.research.avnet.avnet_module import AvNetModule, predict
from mer_ros.research.avnet.avnet_report import FIGURES, write_report
from mer_ros.research.avnet.avnet_torch import build, save
from mer_ros.training.loop import fit

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a run; the defaults are the paper's (table 2 and section V.A).

    ``frames`` of each segment are averaged in the test; it is not said there how many.
    """

    epochs: int = 100
    batch: int = 16
    rate: float = 1e-4
    frames: int = 1


def train_avnet(
    *, data: Path, out: Path, dataset: str, fold: str = 'all', folds: int = FOLDS,
    audio: str = 'mel', wav2vec2: Path | None = None, detector: str | None = None,
    cache: Path | None = None, jobs: int = 1, workers: int | None = None, seed: int = 0,
    resume: bool = False, device: str = 'auto', devices: str | None = None,
    precision: str = '32-true', strategy: str = 'auto', collected: Path | None = None,
    as_printed: bool = False,
    **numbers: Any,
) -> dict[str, Any]:
    """Train and test on folds of the people of a corpus.

    Args:
        data: folder of the corpus, or the one above it.
        out: folder; the fold k is written to ``avnet/DATASET/fold_k`` in it (weights for `AvNet`,
            checkpoints, log, figures), what all give to ``avnet/DATASET/folds.json``.
        dataset: one of `avnet_corpora.CORPORA`.
        fold: its number from 1 on, or ``all``.
        folds: how many the people are divided into.
        audio: one of `mer_ros.research.avnet.avnet_net.AUDIO`.
        wav2vec2: folder of the pretrained model, for the audio ``wav2vec2``.
        detector: name of a face detector; None is the paper's, MTCNN.
        cache: folder for films made ready; None is ``avnet/cache`` in ``out``.
        jobs: processes that make films ready.
        workers: processes that read films ahead; None is none on a CPU and up to 8 for a GPU.
        seed: of everything random.
        resume: go on where a run there was stopped.
        device: accelerator of Lightning: cpu, gpu or auto.
        devices: how many, or auto; each learns from a ``batch`` of its own.  None is one, or as
            many as `torchrun` started processes.
        precision: of Lightning, such as bf16-mixed.
        strategy: of Lightning, such as ddp.
        collected: folder of segments that avnet_node collected and people labelled; they are
            learned from in every fold, and never tested.
        as_printed: choose the epoch by the test people, as the paper does; the figures are then
            chosen, and the run lies in ``avnet/DATASET_as_printed``.
        numbers: those of `Recipe` that differ from the paper's.

    Returns:
        What is written to folds.json, see `mer_ros.research.avnet.avnet_report`; nothing in a
        process that only helps with the training.

    Raises:
        FileNotFoundError: the corpus is not there.
        ValueError: a name or number is not allowed, or too few people can be seen and heard.

    """
    recipe = Recipe(**numbers)
    about = describe(dataset, audio=audio, wav2vec2=wav2vec2, detector=detector)
    base = Path(out) / 'avnet'
    films, about = load_films(dataset, Path(data), about, jobs=jobs,
                              cache=base / 'cache' if cache is None else Path(cache))
    people = make_folds([film.person for film in films], folds=folds, seed=seed,
                        as_printed=as_printed)
    more = [] if collected is None else collected_films(
        Path(collected), base / 'cache' / 'collected', labels=about['labels'],
        sample_rate=int(about['sample_rate']), detector=load_detector(about['detector']))
    on_gpu = device != 'cpu' and torch.cuda.is_available()
    reading = {'workers': (min(8, os.cpu_count() or 1) if on_gpu else 0)
               if workers is None else workers, 'to_gpu': on_gpu}
    folder = base / '_'.join([dataset, *([] if audio == 'mel' else [audio]),
                              *(['as_printed'] if as_printed else [])])
    for number in numbers_of(fold, folds):
        _run(number, people[number - 1], films, more, about, recipe, pretrained=wav2vec2, seed=seed,
             folder=folder / f'fold_{number}', resume=resume, reading=reading, accelerator=device,
             devices=devices or os.environ.get('LOCAL_WORLD_SIZE', '1'),
             num_nodes=int(os.environ.get('GROUP_WORLD_SIZE', '1')),
             precision=precision, strategy=strategy)
    return write_report(folder, dataset) if rank_zero_only.rank == 0 else {}


def _run(number: int, people: Fold, films: Sequence[Film], more: Sequence[Film],
         about: dict[str, Any], recipe: Recipe, *, pretrained: Path | None, folder: Path, seed: int,
         resume: bool, reading: dict[str, Any], **trainer: Any) -> None:
    """Train and test one fold, and write its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {name: [film for film in films if film.person in getattr(people, name)]
             for name in ('train', 'dev', 'test')}
    parts['train'] += more
    _LOG.info('fold %d: %s', number, ', '.join(
        f'{len(part)} films of {len(getattr(people, name))} people {name}'
        for name, part in parts.items()))
    train, dev, test = (
        batches(FilmDataset(part, about['labels'], segments=about['segments'],
                            sample_rate=about['sample_rate'], random=name == 'train',
                            frames=recipe.frames),
                size=recipe.batch, shuffle=name == 'train', **reading)
        for name, part in parts.items())
    torch.manual_seed(seed)
    network = build(about)
    if pretrained is not None:
        network.sound.load_pretrained(pretrained)
    module = AvNetModule(network, sample_rate=about['sample_rate'], audio=about['audio'],
                         rate=recipe.rate, drop_after=max(1, recipe.epochs // 2))
    identity = {**asdict(recipe), **about, **{name: len(part) for name, part in parts.items()},
                **({'chosen_by': 'test'} if people.dev == people.test else {})}
    fit(module, train, dev, folder=folder, epochs=recipe.epochs, recipe=identity, seed=seed,
        resume=resume, **trainer)
    if rank_zero_only.rank == 0:
        save(network, about, folder)
        scores, classes = predict(module, test, device='cuda' if reading['to_gpu'] else 'cpu')
        (folder / FIGURES).write_text(json.dumps({
            'fold': number, 'seed': seed, **identity,
            'parameters': sum(weights.numel() for weights in network.parameters()),
            'films': [film.id for film in parts['test']],
            'persons': [film.person for film in parts['test']],
            'truth': classes.tolist(), 'scores': scores.round(5).tolist()}) + '\n',
            encoding='utf-8')
