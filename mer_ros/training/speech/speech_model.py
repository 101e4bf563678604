"""One built-in speech model: fitted to rows, calibrated, written and tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.evaluation.datasets.speech_sets import load, table_of, voice_votes
from mer_ros.evaluation.voice_figures import evaluate, figures
from mer_ros.models.speech.lite_speech import LiteSpeech
from mer_ros.training.half_weights import halve_weights
from mer_ros.training.speech.speech_data import Described, only_clean
from mer_ros.training.speech.speech_depth import fit_depth
from mer_ros.training.speech.speech_fit import fit_net, Fitted
from mer_ros.training.speech.speech_judged import Judged
from mer_ros.training.speech.speech_net import Recipe, SpeechNet

HELD_OUT = (('crema_d_audio', 'test'), ('emodb', 'test'), ('ravdess', 'eval'), ('savee', 'eval'),
            ('emovo', 'eval'), ('iesc', 'eval'))
"""What the model is tested on; the last four are other studios, actors and languages."""

JUDGES = 2
"""Networks of each expert that only serve to fit the temperatures."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a model is fitted to: clips to learn from, clips to check by, and no voices (N, D).

    Of the D columns, the first are statistics, the rest, if any, what the voice encoder hears.
    """

    learned: Described
    checked: Described
    others: NDArray[np.float64]

    def narrow(self, columns: int) -> Rows:
        """Return the first columns alone."""
        learned, checked = (replace(part, statistics=part.statistics[:, :columns])
                            for part in (self.learned, self.checked))
        return Rows(learned, checked, self.others[:, :columns])


def fit_model(rows: Rows, about: dict[str, Any], recipe: Recipe, path: Path, *, data: Path,
              corpora: Sequence[str], resume: bool) -> dict[str, Any]:
    """Fit a model, write it, and return its description, which is written beside it as .json.

    The temperatures are fitted on what the networks say about the clips to check by, and on what
    further ones that learned from the largest corpus alone say about everybody of the others: to
    them those are as strange as another studio and language is to the final model.

    Args:
        rows: of several speakers.
        about: labels, statistics (names of the first columns), seed and trained_on.
        recipe: the numbers of the run.
        path: of the model, .onnx; logs lie in the folder ``log`` beside it.
        data: folder with the data sets that figures are measured on.
        corpora: what temperatures are fitted with.
        resume: go on where a run was stopped.
    """
    labels, seed = about['labels'], about['seed']
    learned, checked = rows.learned, rows.checked
    log = path.parent / 'log' / path.stem
    options: dict[str, Any] = {'seed': seed, 'resume': resume}
    final = fit_net(learned, checked, rows.others, recipe, folder=log / 'all', **options)
    judged = [Judged.of(final, checked, adapted=adapted, seed=seed) for adapted in (False, True)]
    known = {name: count for name, count in about['trained_on'].items() if name in corpora}
    if len(known) > 1:
        largest = max(known, key=lambda name: known[name])
        inside = np.array([name == largest for name in learned.corpora()])
        fewer = replace(recipe, members=min(recipe.members, JUDGES))
        strange = fit_net(learned.where(inside), checked, rows.others, fewer,
                          folder=log / largest, **options)
        apart = learned.where(np.isin(learned.corpora(), corpora) & ~inside)
        judged += [Judged.of(strange, apart, adapted=adapted, seed=seed)
                   for adapted in (False, True)]
    curves = fit_curves(Judged.joined(judged))
    for expert, curve in zip((final.net.wide, final.net.robust), curves, strict=True):
        expert.depth.curve.copy_(torch.from_numpy(curve))
    export(final.net, len(final.mean), path)
    prior = float(np.exp(np.log(final.prior).mean()))
    description: dict[str, Any] = {
        'temperature': {name: dict(zip(('log_near', 'log_slope', 'from'), curve.round(4).tolist(),
                                       strict=True))
                        for name, curve in zip(('wide', 'robust'), curves, strict=True)},
        **about, 'recipe': asdict(recipe), 'heard': len(final.mean) > len(about['statistics']),
        'prior': round(prior, 2), 'mean': _short(final.mean), 'scale': _short(final.scale),
        'inertia': _short(final.prior / prior),
        'departures': [_short(row) for row in departures(learned, final)]}
    _write(description, path)
    clean = only_clean(checked)
    description['figures'] = {
        **{f'dev{name}': figures(Judged.of(final, clean, adapted=adapted).logits(curves),
                                 clean.truth, labels)
           for name, adapted in (('', False), (', adapted', True))},
        **_held_out(LiteSpeech(path=path), data)}
    _write(description, path)
    return description


def fit_curves(judged: Judged) -> NDArray[np.float64]:
    """Return the curves (2, 3) of the temperatures of the wide and the robust expert."""
    truth, easy = judged.described.truth, ~judged.described.hard

    def curve(expert: int, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        return fit_depth(judged.scores[expert, rows], truth[rows], judged.distance[expert, rows],
                         judged.group[rows])

    return np.stack([curve(0, easy), curve(1, np.ones_like(easy))])


def departures(described: Described, fitted: Fitted) -> NDArray[np.float64]:
    """Return by how much the clean clips of each class depart from their speakers' mean, (K, D)."""
    clean = only_clean(described)
    rows = fitted.standard(clean.statistics) * fitted.scale
    who = np.unique(clean.speaker, return_inverse=True)[1]
    means = np.stack([rows[who == one].mean(axis=0) for one in range(who.max() + 1)])
    return np.stack([(rows - means[who])[clean.truth == k].mean(axis=0)
                     for k in range(clean.target.shape[1])])


def export(net: SpeechNet, width: int, path: Path) -> None:
    """Write the calibrated ensemble as ONNX: statistics (B, D) to logits and strangeness (B,)."""
    torch.onnx.export(
        net.eval(), (torch.zeros((2, width)),), str(path), input_names=['statistics'],
        output_names=['logits', 'strangeness'], opset_version=17, dynamo=False,
        dynamic_axes={name: {0: 'batch'} for name in ('statistics', 'logits', 'strangeness')})
    halve_weights(path)


def _held_out(model: LiteSpeech, data: Path) -> dict[str, Any]:
    """Return the figures on every set of `HELD_OUT` that is there, plain and adapted."""
    found: dict[str, Any] = {}
    for name, split in HELD_OUT:
        if table_of(name, data).is_file():
            found |= {f'{name} {split}{suffix}': values for suffix, values in evaluate(
                model, load(name, data, split), voice_votes(name, data, split)).items()}
    return found


def _write(description: dict[str, Any], path: Path) -> None:
    path.with_suffix('.json').write_text(
        json.dumps(description, indent=1) + '\n', encoding='utf-8')


def _short(values: NDArray[np.floating[Any]]) -> list[float]:
    return [float(f'{value:.5g}') for value in values.tolist()]
