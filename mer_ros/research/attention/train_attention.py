"""The command `mer_ros train attention`: learnable attention fusion, and what it is worth."""

from collections.abc import Sequence
from dataclasses import replace
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from mer_ros.calibration.affine_fit import fit_affine
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.manifest import MODALITIES, read_manifest
from mer_ros.evaluation.datasets.manifest_inputs import InputReader
from mer_ros.evaluation.recorded_evidence import Evidence, Scores
from mer_ros.fusion import fuse, PRESETS
from mer_ros.fusion.logspace import Floats, softmax
from mer_ros.models import load_model
from mer_ros.research.attention.attention_data import (
    learned_rows,
    Rows,
    rows_of_evidence,
    rows_of_votes,
)
from mer_ros.research.attention.attention_features import models_of, of_manifest, paired, Recordings
from mer_ros.research.attention.attention_fit import fit_attention
from mer_ros.research.attention.attention_graph import (
    graph_figures_beside,
    graph_rows,
    graph_table,
    graph_tests,
    SPOKEN,
)
from mer_ros.research.attention.attention_model import AttentionNetwork, read_network
from mer_ros.research.attention.attention_module import Recipe
from mer_ros.research.attention.attention_plot import plot_attention
from mer_ros.research.attention.attention_report import ATTENTION, attention_report, attention_table
from mer_ros.research.attention.attention_rule import load_attention
from mer_ros.research.attention.attention_select import select
from mer_ros.research.attention.text_encoder import find_encoder
from mer_ros.research.votes.votes import read_votes

_LOG = logging.getLogger(__name__)

INPUTS = ('logits', 'votes', 'features', 'paper')
"""What may be fused: logits, votes of people as logits, features of the models of a profile, or the
paper's features."""

GENTLE = Recipe(rate=3e-4, batch=512, missing=0.0, epochs=30, patience=5)
"""For calibrated logits, whose sum the training begins with; modalities are missing in the data."""

SMOOTHING = 3.0
"""Votes added to each class before the logarithm; chosen on the dev actors."""

SPLITS = ('train', 'dev', 'test')

MIN_FIT = 30
"""Rows with every modality that the affine calibration beside it needs at least."""


def train_attention(
    *, data: Path | None = None, manifest: Path | None = None, bags: Sequence[Path] = (),
    inputs: str = 'logits', combination: str = 'weighted', profile: str = 'lite', out: Path,
    seed: int = 0, resume: bool = False, resamples: int = 1000, recipe: Recipe | None = None,
    text_model: Path | None = None, allow_tuned: bool = False, single_label: str = 'alone',
) -> dict[str, Any]:
    """Train an attention fusion, measure it beside Dempster's rule on people it never saw.

    Args:
        data: the folder of the data sets: the three default modalities on CREMA-D as logits (see
            `attention_graph`), the votes of its raters alone, or sentences, voices and faces that
            are paired by label as features (see `paired`).
        manifest: recordings instead, see `read_manifest`; each person is in one split alone.
        bags: or the logits in labelled bags.
        inputs: one of `INPUTS`; the rule of the fusion node needs logits.
        combination: one of `mer_ros.research.attention.attention_model.COMBINATIONS`.
        profile: the profile or name of the models.
        out: folder in whose folder attention the network (attention.json), figures.json,
            attention.png and the logs are written.
        seed: of everything random.
        resume: go on where a run there was stopped.
        resamples: of the bootstrap.
        recipe: how to train.
        text_model: folder of the BERT, for the inputs ``paper``.
        allow_tuned: take one that was tuned on emotions, too.
        single_label: how several labels of a sentence become one, see `single_label`.

    Returns:
        `attention_report` of the test rows, with ``source``, ``rows`` of each split and, of
        features, ``selected`` and ``features``: how many by modality; ``text_model`` says what
        the BERT is.  Of logits of the data sets ``graph`` instead, see `graph_figures_beside`.

    Raises:
        ValueError: not exactly one source was given (an environment variable may name the data;
            a manifest or bags go before it), or it cannot be learned from.
        FileNotFoundError: data or weights are missing.
    """
    if inputs not in INPUTS:
        raise ValueError(f'inputs {inputs!r} were given; allowed are {list(INPUTS)}')
    if (manifest and bags) or not (data or manifest or bags):
        raise ValueError('give --data FOLDER (or MER_ROS_DATA), --manifest FILE or --bag BAG')
    if inputs == 'votes' and (data is None or manifest or bags):
        raise ValueError('the votes are in the data sets: give --data FOLDER, no manifest or bag')
    folder = Path(out) / 'attention'
    if inputs == 'logits' and data is not None and not (manifest or bags):
        return _of_graph(data, profile, folder, seed=seed, resume=resume,
                         recipe=replace(recipe or GENTLE, combination=combination))
    selections, about = None, {}
    if inputs in ('logits', 'votes'):
        parts, source = _logits(data, manifest, bags, profile, seed)
    else:
        if bags:
            raise ValueError('bags hold logits; features need --manifest or --data')
        encoder = find_encoder(text_model, allow_tuned=allow_tuned) if inputs == 'paper' else None
        recordings, source = _recordings(data, manifest, seed, single_label)
        classes = tuple(label for label in EMOTIONS
                        if any(label in part.labels for part in recordings))
        models = models_of(inputs, profile, *recordings[:2], folder=folder, seed=seed,
                           resume=resume, text=encoder)
        parts = tuple(part.rows(models, classes) for part in recordings)
        selections = select(parts[0], seed=seed)
        about |= {'models': {name: getattr(model, 'name', type(model).__name__)
                             for name, model in models.items()},
                  'dims': {name: values.shape[1] for name, values in parts[0].inputs.items()}}
    train, dev, test = parts
    _LOG.info('training on %d rows of %s, choosing on %d', len(train.truth), source, len(dev.truth))
    path = fit_attention(
        train, dev, folder=folder, seed=seed, resume=resume, selections=selections,
        inputs='logits' if inputs in ('logits', 'votes') else 'features',
        about={'source': source, **about},
        recipe=replace(recipe or Recipe(), combination=combination))
    network = read_network(path)
    methods, attention = measured(network, train, test)
    report = {'source': source, 'inputs': inputs, 'combination': combination,
              'rows': {name: len(part.truth) for name, part in zip(SPLITS, parts, strict=True)},
              **attention_report(test.truth, methods, attention, labels=test.labels,
                                 groups=test.groups, resamples=resamples, seed=seed)}
    if selections:
        report['text_model'] = encoder.about if encoder else None
        report['features'] = {name: values.shape[1] for name, values in train.inputs.items()}
        report['selected'] = {name: len(one.columns) for name, one in selections.items()}
    (folder / 'figures.json').write_text(json.dumps(report, indent=1) + '\n', encoding='utf-8')
    plot_attention(report, folder / 'attention.png')
    Console().print(attention_table(report))
    _LOG.info('written to %s', path)
    return report


def _of_graph(data: Path, profile: str, folder: Path, *, seed: int, resume: bool, recipe: Recipe
              ) -> dict[str, Any]:
    """Train on the three default modalities, and measure as the node fuses them."""
    source = 'face, speech and text on CREMA-D'
    train, dev = graph_rows(data, profile=profile, seed=seed)
    _LOG.info('training on %d rows of %s, choosing on %d', len(train.truth), source, len(dev.truth))
    path = fit_attention(train, dev, folder=folder, recipe=recipe, calibrated=True, seed=seed,
                         resume=resume, about={'source': source})
    tests = graph_tests(data, profile=profile, seed=seed)
    report = {'source': source, 'inputs': 'logits', 'combination': recipe.combination,
              'rows': {'train': len(train.truth), 'dev': len(dev.truth),
                       'test': len(tests[SPOKEN].truth)},
              'graph': graph_figures_beside(tests, load_attention(path))}
    (folder / 'figures.json').write_text(json.dumps(report, indent=1) + '\n', encoding='utf-8')
    Console().print(graph_table(report['graph']))
    _LOG.info('written to %s', path)
    return report


def measured(network: AttentionNetwork, train: Rows, test: Rows
             ) -> tuple[dict[str, dict[str, Floats]], dict[str, Floats]]:
    """Return probabilities (N, K) of test rows by method and modalities, and the attention (N,).

    The other methods are the presets on the logits (of features: those of the classifiers), and
    ``fitted``: the preset calibrated with an affine calibration that is learned from the train
    rows, one for each modality alone and all together (`fit_affine`).
    """
    names = tuple(network.branches)
    sets = [*((name,) for name in names), names] if len(names) > 1 else [names]
    trust = {name: test.present[name] * 1.0 for name in names}

    def attended(chosen: Sequence[str]) -> tuple[Floats, Floats]:
        logits, shares = network.judge({name: test.inputs[name] for name in chosen},
                                       np.array([trust[name] for name in chosen]))
        return softmax(logits), shares

    def said(rows: Rows) -> dict[str, Floats]:
        if network.inputs == 'logits':
            return dict(rows.inputs)
        return {name: branch.embed(rows.inputs[name]) for name, branch in network.branches.items()}

    tested = said(test)

    def fused(chosen: Sequence[str], **options: Any) -> Floats:
        return fuse({name: tested[name] for name in chosen},
                    reliability={name: trust[name] for name in chosen}, **options).probability

    methods = {ATTENTION: {'+'.join(chosen): attended(chosen)[0] for chosen in sets}}
    for preset in PRESETS:
        sharp = 1.0 if preset == 'calibrated' else None
        methods[preset] = {'+'.join(chosen): fused(chosen, preset=preset, output_temperature=sharp)
                           for chosen in sets}
    whole = train.of(np.all([train.present[name] for name in names], axis=0))
    if len(whole.truth) >= MIN_FIT:
        maps = fit_affine(said(whole), whole.truth, classes=len(train.labels), choices=sets)
        methods['fitted'] = {'+'.join(chosen): fused(
            chosen, calibration={name: maps[name] for name in chosen}, output_temperature=1.0)
            for chosen in sets}
    return methods, dict(zip(names, attended(names)[1], strict=True))


def _logits(data: Path | None, manifest: Path | None, bags: Sequence[Path], profile: str, seed: int
            ) -> tuple[tuple[Rows, ...], str]:
    if manifest is not None:
        whole, source = rows_of_evidence(_evidence(manifest, profile)), manifest.name
    elif bags:
        # Only what reads bags needs the packages for it.
        from mer_ros.research.attention.attention_bags import rows_of_bags

        whole, source = rows_of_bags(bags), ', '.join(bag.name for bag in bags)
    else:
        assert data is not None
        votes = read_votes(data)
        return tuple(rows_of_votes(votes.of(split), SMOOTHING) for split in SPLITS), 'CREMA-D votes'
    return learned_rows(whole).split(seed), source


def _evidence(manifest: Path, profile: str) -> Evidence:
    rows, reader = read_manifest(manifest), InputReader()
    return Evidence(
        {name: Scores.of(load_model(name, profile), [reader.read(row, name) for row in rows])
         for name in MODALITIES if any(getattr(row, name) is not None for row in rows)},
        np.array([EMOTIONS.index(row.label) for row in rows], dtype=np.intp),
        [row.person or row.id for row in rows])


def _recordings(data: Path | None, manifest: Path | None, seed: int, rule: str
                ) -> tuple[tuple[Recordings, ...], str]:
    if manifest is not None:
        return of_manifest(manifest, seed), manifest.name
    assert data is not None
    return (tuple(paired(data, split, seed=seed, rule=rule) for split in SPLITS),
            f'sentences, voices and faces paired by label (one label a sentence: {rule})')
