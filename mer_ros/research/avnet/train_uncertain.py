"""Algorithm 1 of the paper on its own network: `mer_ros train avnet --uncertain`."""

from collections.abc import Sequence
from dataclasses import asdict
import json
import logging
from pathlib import Path
from typing import Any

from mer_ros.atomic_write import write_atomically
from mer_ros.research.active.acquisition import ACQUISITIONS
from mer_ros.research.active.active_learning import (
    learn_actively,
    learn_always,
    Plan,
    Round,
    split_start,
)
from mer_ros.research.avnet.avnet_cache import Film
from mer_ros.research.avnet.avnet_corpora import CORPORA, describe, load_films
from mer_ros.research.avnet.avnet_folds import FOLDS, make_folds, numbers_of
from mer_ros.research.avnet.avnet_learner import AvNetLearner
from mer_ros.research.avnet.avnet_torch import save
from mer_ros.research.avnet.uncertain_plot import plot_uncertain

_LOG = logging.getLogger(__name__)

ALL = 'all'
"""The strategy without uncertainty-based learning: every epoch shows all training films."""

STRATEGIES = (*ACQUISITIONS, ALL)
"""What may be compared; all begin with the same weights, and all but ALL with the same films."""

USUAL = ('entropy', 'margin', 'random', ALL)
"""What is compared unless something else is asked for."""

REPORT = 'uncertain.json'


def train_uncertain(
    *, data: Path, out: Path, dataset: str, fold: str = 'all', folds: int = FOLDS,
    strategies: Sequence[str] = USUAL, moved: int | None = None, warm_up: int = 1,
    epochs: int = 100, batch: int = 16, rate: float = 1e-4, audio: str = 'mel',
    wav2vec2: Path | None = None, detector: str | None = None, cache: Path | None = None,
    jobs: int = 1, workers: int = 0, seed: int = 0, resume: bool = False, device: str = 'auto',
) -> dict[str, Any]:
    """Learn from a third of the people, and ask for the labels of the most uncertain films.

    Nothing is chosen by the test people: every curve is reported whole, with its last point.  The
    paper learns for 100 epochs and asks for 20 films of CREMA-D or 5 of RAVDESS before each.

    Args:
        data: folder of the corpus, or the one above it.
        out: folder; what is written lies in ``avnet/DATASET_uncertain``: REPORT with the curves,
            a plot a fold, and the last weights of each fold and strategy.
        dataset: one of `avnet_corpora.CORPORA`.
        fold: its number from 1 on, or ``all``.
        folds: how many the people are divided into.
        strategies: some of STRATEGIES.
        moved: films that get a label before each epoch; None is the paper's N_u.
        warm_up: epochs of the first films, before anything is asked for.
        epochs: further epochs.
        batch: films of a step.
        rate: learning rate of Adam, a tenth of it in the second half.
        audio: one of `mer_ros.research.avnet.avnet_net.AUDIO`.
        wav2vec2: folder of the pretrained model, for the audio ``wav2vec2``.
        detector: name of a face detector; None is the paper's, MTCNN.
        cache: folder for films made ready; None is ``avnet/cache`` in ``out``.
        jobs: processes that make films ready.
        workers: processes that read films ahead.
        seed: of everything random.
        resume: keep the curves that a run there has finished.
        device: auto, cpu or gpu.

    Returns:
        What is written to REPORT: ``folds``, each with ``number``, ``known`` and ``unknown`` (films
        with and without labels at the start) and ``strategies``: by name the ``curve`` (by epoch:
        labelled, loss and accuracy of learning, accuracy and UAR on dev and test), and
        ``seconds`` of learning and asking.

    Raises:
        FileNotFoundError: the corpus is not there.
        ValueError: a name or number is not allowed, or there are too few films for the plan.

    """
    unknown = [name for name in strategies if name not in STRATEGIES]
    if unknown or not strategies:
        raise ValueError(f'no strategy is called {unknown}; known: {list(STRATEGIES)}')
    about = describe(dataset, audio=audio, wav2vec2=wav2vec2, detector=detector)
    plan = Plan(epochs, CORPORA[dataset].moved if moved is None else moved, warm_up)
    base = Path(out) / 'avnet'
    films, about = load_films(dataset, Path(data), about, jobs=jobs,
                              cache=base / 'cache' if cache is None else Path(cache))
    people = make_folds([film.person for film in films], folds=folds, seed=seed)
    folder = base / f'{dataset}_uncertain'
    numbers = {'batch': batch, 'rate': rate, 'seed': seed, 'plan': asdict(plan), **about}
    found = []
    for number in numbers_of(fold, folds):
        parts = {name: [film for film in films if film.person in getattr(people[number - 1], name)]
                 for name in ('train', 'dev', 'test')}
        found.append(_fold(number, parts, about, plan, numbers, folder, strategies, {
            'rate': rate, 'batch': batch, 'drop_after': max(1, (epochs + warm_up) // 2),
            'seed': seed, 'device': {'gpu': 'cuda'}.get(device, device), 'workers': workers,
            'pretrained': wav2vec2}, seed, resume))
    report = {'dataset': dataset, **numbers, 'folds': found}
    write_atomically(folder / REPORT, json.dumps(report, indent=1) + '\n')
    return report


def _fold(number: int, parts: dict[str, list[Film]], about: dict[str, Any], plan: Plan,
          numbers: dict[str, Any], folder: Path, strategies: Sequence[str],
          learning: dict[str, Any], seed: int, resume: bool) -> dict[str, Any]:
    known, unknown = split_start([film.person for film in parts['train']], seed=seed)
    plan.check(len(known), len(unknown))
    place = folder / f'fold_{number}'
    recipe = json.loads(json.dumps(
        {**numbers, **{name: len(part) for name, part in parts.items()}}))
    curves = {}
    for strategy in strategies:
        file = place / f'{strategy}.json'
        if resume and file.is_file():
            stored = json.loads(file.read_text(encoding='utf-8'))
            if stored['recipe'] != recipe:
                raise ValueError(f'{file} was made with {stored["recipe"]}, this run has {recipe}; '
                                 f'choose another folder, or train without --resume')
            curves[strategy] = stored['found']
            continue
        learner = AvNetLearner(about, parts, **learning)
        if strategy == ALL:
            rounds = learn_always(learner, known, unknown, plan=plan, seed=seed)
        else:
            rounds = learn_actively(learner, known, unknown, plan=plan, acquisition=strategy,
                                    seed=seed)
        curves[strategy] = _described(learner, rounds, plan)
        save(learner.network, about, place / strategy)
        write_atomically(file, json.dumps({'recipe': recipe, 'found': curves[strategy]}) + '\n')
        last, seconds = curves[strategy]['curve'][-1], curves[strategy]['seconds']
        _LOG.info('fold %d, %s: test accuracy %.3f of %d labelled films, %.0f s', number,
                  strategy, last['test']['accuracy'], last['labelled'],
                  seconds['learning'] + seconds['asking'])
    found = {'number': number, 'known': len(known), 'unknown': len(unknown),
             'films': {name: len(part) for name, part in parts.items()}, 'strategies': curves}
    plot_uncertain(found, place / 'uncertain.png')
    return found


def _described(learner: AvNetLearner, rounds: Sequence[Round], plan: Plan) -> dict[str, Any]:
    """Return a curve with the loss and the accuracy of learning, and the time it took."""
    epochs = learner.epochs[plan.warm_up - 1:]
    return {
        'curve': [{'labelled': point.labelled, 'seen': point.seen, 'loss': epoch.loss,
                   'train': {'accuracy': epoch.accuracy}, 'dev': dict(point.dev),
                   'test': dict(point.test)}
                  for point, epoch in zip(rounds, epochs, strict=True)],
        'seconds': {'learning': round(sum(epoch.learning for epoch in learner.epochs), 2),
                    'asking': round(sum(epoch.asking for epoch in learner.epochs), 2)}}
