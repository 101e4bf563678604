"""Training of LDDU networks: `mer_ros train lddu --dataset NAME --data DIR`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.evaluation.metrics.bootstrap import interval
from mer_ros.evaluation.metrics.multilabel import (
    as_published,
    best_threshold,
    correlation_cosine,
    f1_by_label,
    figures,
    label_correlation,
    micro_f1,
)
from mer_ros.evaluation.metrics.selective import error_auroc
from mer_ros.evaluation.metrics.summary import rounded
from mer_ros.research.lddu.lddu_net import LdduNet
from mer_ros.research.lddu.training.lddu_baselines import baselines
from mer_ros.research.lddu.training.lddu_brighter import Part
from mer_ros.research.lddu.training.lddu_data import batches, Split
from mer_ros.research.lddu.training.lddu_datasets import open_dataset, Opened
from mer_ros.research.lddu.training.lddu_export import export
from mer_ros.research.lddu.training.lddu_latents import write_latents
from mer_ros.research.lddu.training.lddu_module import LdduModule, predict
from mer_ros.research.lddu.training.lddu_predictions import read_predictions, THRESHOLD
from mer_ros.research.lddu.training.lddu_recipe import (
    corrected,
    FORMS,
    printed,
    Recipe,
    with_corrections,
    without,
)
from mer_ros.research.lddu.training.lddu_synthetic import noise_ranks
from mer_ros.training.loop import fit

_LOG = logging.getLogger(__name__)

CHECK = 256
"""Samples of a batch where nothing is learned."""


def train_lddu(*, data: Path, out: Path, dataset: str = 'goemotions', seed: int = 0,
               resume: bool = False, form: str = 'corrected', corrections: Sequence[str] = (),
               leave_out: Sequence[str] = (), compare: bool = True, device: str = 'cpu',
               dump: bool = False, gate: str = 'direct',
               systems: Mapping[str, Path] | None = None, smoke: bool = False) -> dict[str, Any]:
    """Train, export and test an LDDU network, and compare it with baselines.

    The epoch and the threshold are chosen on the validation split, every figure is measured once on
    the test split.

    Args:
        data: folder of the data sets; ``synthetic`` is made, not read.
        out: folder to write lddu.onnx, lddu.json, and the logs and checkpoints to.
        dataset: one of `lddu_datasets.DATASETS`.
        seed: of everything random; with the same versions, a run repeats itself.
        resume: go on where a run in this folder was stopped.
        form: one of FORMS, see `lddu_recipe`.
        corrections: names of `lddu_recipe.CORRECTIONS`, for the form paper.
        leave_out: parts to do without, names of `lddu_recipe.ABLATIONS`.
        compare: also train the same network without uncertainty and, where there are any, the
            plain baselines.
        dump: also write latents.npz, see `lddu_latents`.
        systems: files of what other systems predict for the test split, by their names, see
            `read_predictions`; they are among what is compared.
        gate: one of `sizes.GATES`, which the form paper mixes its classifiers by.
        device: accelerator of Lightning: cpu, gpu or auto.
        smoke: a few samples, small networks and two epochs, to see that everything works.

    Returns:
        What is written to lddu.json: what `Lddu` reads, the recipe and the figures.

    Raises:
        FileNotFoundError: the data set is not in the folder.
        ValueError: a name is unknown, files do not belong together, or with ``resume`` the folder
            holds another run.
    """
    if form not in FORMS or (form == 'corrected' and corrections):
        raise ValueError(f'no form is called {form!r}; known: {list(FORMS)}' if form not in FORMS
                         else f'the form corrected has all corrections; {list(corrections)} go '
                              f'with the form paper')
    torch.set_num_threads(1)
    opened = open_dataset(dataset, data, seed=seed, smoke=smoke)
    recipe = replace(opened.recipe, epochs=2) if smoke else opened.recipe
    recipe = without(corrected(recipe) if form == 'corrected'
                     else with_corrections(printed(recipe), corrections), leave_out)
    recipe = replace(recipe, shape={**recipe.shape, 'gate': gate})
    corpus = opened.corpus
    foreign = {name: read_predictions(Path(file), corpus.test.ids, corpus.labels)
               for name, file in (systems or {}).items()}
    run: dict[str, Any] = {'seed': seed, 'resume': resume, 'device': device}
    net, threshold, report = _judged(opened, recipe, out / 'network', **run)
    compared = {}
    if compare:
        plain = without(recipe, ['uncertainty'])
        compared['without uncertainty'] = _judged(
            opened, plain, out / 'without_uncertainty', **run)[2]
        if opened.texts is not None:
            _LOG.info('plain baselines')
            compared |= {name: measured(corpus.test, probability, chosen, parts=opened.parts)
                         for name, (probability, chosen) in baselines(
                             corpus, opened.texts, seed=seed).items()}
    compared |= {name: measured(corpus.test, probability, THRESHOLD, parts=opened.parts)
                 for name, probability in foreign.items()}
    path = out / 'lddu.onnx'
    export(net, path)
    if dump:
        write_latents(out / 'latents.npz', net, corpus, threshold)
    description = {
        'name': f'lddu-{dataset}', 'labels': list(corpus.labels), 'dims': corpus.dims,
        'models': dict(corpus.models), 'threshold': threshold, 'dataset': dataset, 'form': form,
        'corrections': list(corrections), 'left_out': list(leave_out), 'seed': seed,
        'parameters': sum(weights.numel() for weights in net.parameters()),
        'recipe': asdict(recipe), 'figures': report, 'compared': compared}
    path.with_suffix('.json').write_text(json.dumps(description, indent=1) + '\n', encoding='utf-8')
    return description


def _judged(opened: Opened, recipe: Recipe, folder: Path, *, seed: int, resume: bool,
            device: str) -> tuple[LdduNet, float, dict[str, Any]]:
    """Train a network; return it, its threshold, and what it reaches on test."""
    corpus = opened.corpus
    torch.manual_seed(seed)
    net = LdduNet(recipe.sizes(corpus.dims, corpus.labels))
    net.standardise([rows.statistics() for rows in corpus.train.sequences.values()])
    _LOG.info('%s: training on %d samples', folder.name, len(corpus.train.ids))
    module = LdduModule(net, recipe, truth=corpus.train.truth, seed=seed)
    fit(module, batches(corpus.train, batch=recipe.batch, seed=seed),
        batches(corpus.valid, batch=CHECK), folder=folder, epochs=recipe.epochs,
        recipe=asdict(recipe) | {'train': len(corpus.train.ids)}, seed=seed, resume=resume,
        accelerator=device, gradient_clip_val=recipe.clip)
    valid, test = (predict(net, batches(split, batch=CHECK))
                   for split in (corpus.valid, corpus.test))
    threshold = best_threshold(corpus.valid.truth, valid['final'])[0]
    report = measured(corpus.test, test['final'], threshold, uncertainty=test['uncertainty'],
                      parts=opened.parts)
    if opened.noise is not None:
        report['noise_ranks'] = noise_ranks(test['spread'], opened.noise, corpus.dims)
    _LOG.info('%s: %s', folder.name, json.dumps(report))
    return net, threshold, report


def measured_parts(truth: NDArray[np.float32], predicted: NDArray[np.bool_],
                   parts: Mapping[str, Part]) -> dict[str, dict[str, Any]]:
    """Return n and `figures` of each part of a test split, about the labels that it asked for.

    The macro-F1 is the mean over those that the part has.
    """
    found = {}
    for name, part in parts.items():
        true, said = truth[part.samples][:, part.labels], predicted[part.samples][:, part.labels]
        there = true.any(axis=0)
        found[name] = {'n': len(true), **rounded({
            **figures(true, said), 'macro_f1': float(f1_by_label(true, said)[there].mean())})}
    return found


def measured(split: Split, probability: NDArray[np.float32], threshold: float, *,
             uncertainty: NDArray[np.float32] | None = None,
             parts: Mapping[str, Part] | None = None) -> dict[str, Any]:
    """Return the figures of a split, rounded to four digits, with an interval of the micro-F1.

    With ``parts`` also theirs, see `measured_parts`.

    ``error_auroc`` is how well the distance to the threshold and, where given, the uncertainty tell
    right answers about single labels from wrong ones.
    """
    truth, predicted = split.truth, probability >= threshold
    found = figures(truth, predicted)
    right = (predicted == (truth > 0)).ravel()
    sure = {'distance': np.abs(probability - threshold)}
    if uncertainty is not None:
        sure['uncertainty'] = -uncertainty
    return {
        'n': len(truth), 'threshold': threshold,
        **rounded(found),
        'interval': rounded(interval(micro_f1, truth, predicted)),
        'published_names': rounded(as_published(found)),
        'label_correlation': {
            'truth': rounded(label_correlation(truth).tolist()),
            'predicted': rounded(label_correlation(predicted).tolist()),
            'cosine': rounded(correlation_cosine(truth, predicted))},
        'f1_by_label': rounded(f1_by_label(truth, predicted).tolist()),
        'error_auroc': rounded({name: error_auroc(right, value.ravel().astype(np.float64))
                                 for name, value in sure.items()}),
        **({'parts': measured_parts(truth, predicted, parts)} if parts else {})}
