"""Learning curves of uncertainty-based learning: `mer_ros train active speech|face --data DIR`."""

from collections.abc import Sequence
from dataclasses import asdict, replace
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mer_ros.research.active.acquisition import ACQUISITIONS
from mer_ros.research.active.active_face import face_task
from mer_ros.research.active.active_learning import (
    chosen,
    learn_actively,
    learn_fully,
    Round,
    split_start,
    Task,
)
from mer_ros.research.active.active_plot import plot_curves
from mer_ros.research.active.active_speech import speech_task

_LOG = logging.getLogger(__name__)

FULL = 'full'
"""The strategy that has all labels from the start."""

STRATEGIES = (*ACQUISITIONS, FULL)
"""What is compared; the runs of one seed share the first samples and the first weights."""

TASKS = {'speech': speech_task, 'face': face_task}
"""What may be learned."""

FIGURES = ('uar', 'accuracy')
"""The figures that are summed up."""

Curves = dict[str, list[list[Round]]]
"""By strategy, a curve a seed."""


def train_active(modality: str, *, data: Path, out: Path, seed: int = 0, seeds: int = 3,
                 warm_up: int | None = None, resume: bool = False, smoke: bool = False
                 ) -> dict[str, Any]:
    """Compare what a classifier asks to be labelled: entropy, margin, vacuity, chance, everything.

    Nothing is chosen by the test split; the round that is best on dev is reported beside the last.

    Args:
        modality: one of `TASKS`.
        data: folder with the data sets, one folder each.
        out: folder to write active_<modality>.json and .png, and each curve, to.
        seed: the first of the seeds.
        seeds: how many runs each strategy gets.
        warm_up: epochs of the first samples before anything is asked for; None = the task's.
        resume: keep the curves that a run in ``out`` has finished.
        smoke: one round of one sample, to see that everything works.

    Returns:
        What is written to active_<modality>.json: plan, curves and their summary.

    Raises:
        ValueError: the modality is unknown, ``seeds`` < 1, or with ``resume`` a curve in ``out``
            is of another recipe.
        FileNotFoundError: the data set is not in the folder.

    """
    if modality not in TASKS or seeds < 1:
        raise ValueError(f'{modality!r} with {seeds} seeds was given; known are {sorted(TASKS)}, '
                         f'and at least one seed')
    torch.set_num_threads(1)
    task = TASKS[modality](Path(data), smoke=smoke)
    if warm_up is not None:
        task = replace(task, plan=replace(task.plan, warm_up=warm_up))
    folder = Path(out) / f'active_{modality}'
    folder.mkdir(parents=True, exist_ok=True)
    curves: Curves = {strategy: [] for strategy in STRATEGIES}
    for number in range(seed, seed + seeds):
        for strategy in STRATEGIES:
            curve = _run(task, strategy, number, folder / f'{strategy}_{number}.json', resume)
            curves[strategy].append(curve)
            _LOG.info('%s, seed %d: %d labels, test UAR %.3f', strategy, number,
                      curve[-1].labelled, curve[-1].test['uar'])
    summary = summarise(curves)
    for strategy, found in summary.items():
        _LOG.info('%s', line_of(strategy, found))
    description = {
        'seed': seed, 'seeds': seeds, **_recipe(task), 'summary': summary,
        'curves': {strategy: [_plain(curve) for curve in found]
                   for strategy, found in curves.items()}}
    file = Path(out) / f'active_{modality}.json'
    file.write_text(json.dumps(description, indent=1) + '\n', encoding='utf-8')
    plot_curves(description, file.with_suffix('.png'))
    return description


def _run(task: Task, strategy: str, seed: int, file: Path, resume: bool) -> list[Round]:
    recipe = json.loads(json.dumps(_recipe(task)))
    if resume and file.is_file():
        stored = json.loads(file.read_text(encoding='utf-8'))
        if stored['recipe'] != recipe:
            raise ValueError(f'{file} was made with {stored["recipe"]}, this run has {recipe}; '
                             f'choose another folder, or train without --resume')
        return [Round(**point) for point in stored['curve']]
    known, unknown = split_start(task.groups, seed=seed)
    learner = task.learner(seed)
    options: dict[str, Any] = {'plan': task.plan, 'seed': seed}
    if strategy == FULL:
        curve = learn_fully(learner, known, unknown, **options)
    else:
        curve = learn_actively(learner, known, unknown, acquisition=strategy, **options)
    file.write_text(json.dumps({'recipe': recipe, 'curve': _plain(curve)}) + '\n',
                    encoding='utf-8')
    return curve


def _recipe(task: Task) -> dict[str, Any]:
    return {'task': task.name, 'samples': len(task.groups), 'groups': len(set(task.groups)),
            'plan': asdict(task.plan), **task.numbers}


def _plain(curve: Sequence[Round]) -> list[dict[str, Any]]:
    return [asdict(point) for point in curve]


def summarise(curves: Curves) -> dict[str, Any]:
    """Return the figures on test of each strategy: at the end, as chosen on dev, over all rounds.

    Each is a mean over the seeds with its range, and ``above_random`` what it is more than that of
    the random strategy with the same seed, with the number of seeds for which it is more.
    """
    return {strategy: {'labels': [curve[-1].labelled for curve in found], **{
        figure: {when: {
            **_spread(of(found, figure)),
            'above_random': _above(of(found, figure), of(curves['random'], figure)),
        } for when, of in MOMENTS.items()} for figure in FIGURES}}
        for strategy, found in curves.items()}


def line_of(strategy: str, found: dict[str, Any]) -> str:
    """Return a strategy's part of a summary as a line of text."""
    last, mean = found['uar']['last'], found['uar']['mean']
    return (f'{strategy}: test UAR {last["mean"]:.3f} [{last["low"]:.3f}, {last["high"]:.3f}] at '
            f'the end ({last["above_random"]["mean"]:+.3f} to random), {mean["mean"]:.3f} over '
            f'all rounds ({mean["above_random"]["mean"]:+.3f})')


def _last(curves: Sequence[Sequence[Round]], figure: str) -> list[float]:
    return [curve[-1].test[figure] for curve in curves]


def _chosen(curves: Sequence[Sequence[Round]], figure: str) -> list[float]:
    return [chosen(curve).test[figure] for curve in curves]


def _mean(curves: Sequence[Sequence[Round]], figure: str) -> list[float]:
    return [float(np.mean([point.test[figure] for point in curve])) for curve in curves]


MOMENTS = {'last': _last, 'chosen': _chosen, 'mean': _mean}
"""At the end, at the round that is best on dev, and as the mean over all rounds."""


def _above(values: Sequence[float], others: Sequence[float]) -> dict[str, float]:
    differences = np.subtract(values, others)
    return {**_spread(differences.tolist()), 'seeds': int((differences > 0).sum())}


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {'mean': round(float(np.mean(values)), 4), 'low': round(min(values), 4),
            'high': round(max(values), 4)}
