"""Training of the built-in speech model: `mer_ros train speech --data DIR`."""

from dataclasses import asdict, replace
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.speech_sets import load, table_of, voice_votes
from mer_ros.evaluation.voice_figures import evaluate, figures
from mer_ros.models.speech.lite_speech import LiteSpeech
from mer_ros.models.speech.speech_features import speech_features
from mer_ros.training.labelled_segments import read_collected, samples_of, SOURCE
from mer_ros.training.speech.no_voices import no_voices
from mer_ros.training.speech.speech_collected import with_features, without_media
from mer_ros.training.speech.speech_corpora import Clips, CORPORA, once, read_corpora
from mer_ros.training.speech.speech_data import describe, Described, only_clean
from mer_ros.training.speech.speech_depth import fit_depth
from mer_ros.training.speech.speech_fit import fit_net, Fitted
from mer_ros.training.speech.speech_judged import Judged
from mer_ros.training.speech.speech_net import Recipe, SpeechNet

HELD_OUT = (('crema_d_audio', 'test'), ('emodb', 'test'), ('ravdess', 'eval'), ('savee', 'eval'),
            ('emovo', 'eval'), ('iesc', 'eval'))
"""What the model is tested on; the last four are other studios, actors and languages."""

OTHERS = 1000
"""Sounds that are no voice, to learn from."""

JUDGES = 2
"""Networks of each expert that only serve to fit the temperatures."""


def train_speech(
    *, data: Path, out: Path, seed: int = 0, smoke: bool = False, resume: bool = False,
    collected: Path | None = None,
) -> dict[str, Any]:
    """Train, calibrate, export and test the built-in speech model.

    Learns from the train split of each of the `CORPORA` that the folder holds, and from what was
    ``collected``.  The dev split chooses the epochs.  The temperatures are fitted on what the
    networks say about the dev split, and on what further ones that learned from the largest
    corpus alone say about everybody of the others: to them those are as strange as another studio
    and language is to the final model.
    Figures are measured on every set of `HELD_OUT` that the folder holds.

    Args:
        data: folder with the data sets, one folder each.
        out: folder to write lite_speech.onnx, lite_speech.json, the statistics of all clips
            (described.npz, which a second run with the same clips takes) and the logs to.
        seed: of everything random; with the same versions, a run repeats itself.
        smoke: one epoch and two augmented copies, to see that everything works.
        resume: go on where a run in ``out`` was stopped.
        collected: folder of labelled items of a robot, see `training.collected`; they are only
            learned from, and nothing is measured on them.

    Returns:
        What is written to lite_speech.json: labels, statistics with mean, scale and inertia,
        departures of the emotions, the curves of the temperatures, recipe and figures.

    Raises:
        FileNotFoundError: none of the corpora is in the folder, or a collected file is missing.
        ValueError: a class that fewer than two speakers have, or a split without clips; something
            collected cannot be used; with ``resume``, the folder holds a run with another recipe.

    """
    torch.set_num_threads(1)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(sessions=2, members=1, epochs=1) if smoke else Recipe()
    train, dev = (read_corpora(Path(data), split) for split in ('train', 'dev'))
    if not len(train.samples) or not len(dev.samples):
        raise FileNotFoundError(f'{data} has no clips for training and development of any of '
                                f'{list(CORPORA)}')
    items = read_collected(collected, 'speech') if collected else []
    own = samples_of(items, 'speech')
    clips = Clips.joined([train, dev, Clips(own, np.zeros((len(own), len(EMOTIONS))))])
    labels = [label for label in EMOTIONS if label in clips.samples.labels]
    names = list(_names())
    counts = {name: sum(group.startswith(f'{name}/') for group in train.samples.groups)
              for name in CORPORA}
    described = once(
        folder / 'described.npz',
        {'clips': len(clips.samples), 'collected': [item.id for item in items], 'seed': seed,
         'labels': labels, 'statistics': names, 'sessions': recipe.sessions,
         'votes': recipe.votes, 'smoothing': recipe.smoothing},
        lambda: describe(clips.samples, clips.target(labels, recipe), names=names,
                         sessions=recipe.sessions, seed=seed))
    check = np.isin(described.speaker, sorted(set(dev.samples.groups)))
    learned, checked = described.where(~check), described.where(check)
    _check_speakers(learned, labels)
    mute = without_media(items, labels)
    if mute:
        learned = with_features(learned, mute, names=names, labels=labels)
    options: dict[str, Any] = {'seed': seed, 'resume': resume}
    others = no_voices(20 if smoke else OTHERS, names=names, seed=seed)
    final = fit_net(learned, checked, others, recipe, folder=folder / 'log' / 'all', **options)
    judged = [Judged.of(final, checked, adapted=adapted, seed=seed) for adapted in (False, True)]
    largest = max(counts, key=lambda name: counts[name])
    inside = np.array([name == largest for name in learned.corpora()])
    if sum(map(bool, counts.values())) > 1:
        fewer = replace(recipe, members=min(recipe.members, JUDGES))
        strange = fit_net(learned.where(inside), checked, others, fewer,
                          folder=folder / 'log' / largest, **options)
        apart = learned.where(np.isin(learned.corpora(), CORPORA) & ~inside)
        judged += [Judged.of(strange, apart, adapted=adapted, seed=seed)
                   for adapted in (False, True)]
    curves = fit_curves(Judged.joined(judged))
    for expert, curve in zip((final.net.wide, final.net.robust), curves, strict=True):
        expert.depth.curve.copy_(torch.from_numpy(curve))
    path = folder / 'lite_speech.onnx'
    export(final.net, len(names), path)
    prior = float(np.exp(np.log(final.prior).mean()))
    description: dict[str, Any] = {
        'labels': labels,
        'temperature': {name: dict(zip(('log_near', 'log_slope', 'from'), curve.round(4).tolist(),
                                       strict=True))
                        for name, curve in zip(('wide', 'robust'), curves, strict=True)},
        'seed': seed, 'recipe': asdict(recipe), 'trained_on': {
            **{name: count for name, count in counts.items() if count},
            **({SOURCE: len(own) + len(mute)} if items else {})},
        'prior': round(prior, 2), 'statistics': names, 'mean': _short(final.mean),
        'scale': _short(final.scale), 'inertia': _short(final.prior / prior),
        'departures': [_short(row) for row in departures(learned, final)]}
    _write(description, path)
    clean = only_clean(checked)
    description['figures'] = {
        **{f'dev{name}': figures(Judged.of(final, clean, adapted=adapted).logits(curves),
                                 clean.truth, labels)
           for name, adapted in (('', False), (', adapted', True))},
        **_held_out(LiteSpeech(path=path), Path(data))}
    _write(description, path)
    return description


def _names() -> list[str]:
    hum = np.sin(np.arange(16_000) / 20).astype(np.float32)
    found = speech_features(hum)
    assert found is not None, 'a hum can be heard'
    return list(found)


def _check_speakers(described: Described, labels: list[str]) -> None:
    for index, label in enumerate(labels):
        who = set(described.speaker[described.truth == index].tolist())
        if len(who) < 2 and not any(name.startswith(SOURCE) for name in who):
            raise ValueError(f'{label} is spoken by {sorted(who)} alone in the training splits; '
                             f'every class needs two speakers')


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
