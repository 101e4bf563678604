"""Training of the built-in speech models: `mer_ros train speech --data DIR`."""

from dataclasses import replace
import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.models.speech.speech_features import speech_features
from mer_ros.models.speech.voice_encoder import VoiceEncoder
from mer_ros.training.labelled_segments import read_collected, samples_of, SOURCE
from mer_ros.training.speech.no_voices import no_voices
from mer_ros.training.speech.speech_collected import with_features, without_media
from mer_ros.training.speech.speech_corpora import Clips, CORPORA, once, read_corpora
from mer_ros.training.speech.speech_data import describe, Described
from mer_ros.training.speech.speech_model import fit_model, Rows
from mer_ros.training.speech.speech_net import Recipe

_LOG = logging.getLogger(__name__)

PLAIN, HEARING = 'lite_speech', 'lite_speech_encoder'
"""The models that know statistics alone, and also what the voice encoder hears."""

HEARING_RECIPE = {'hidden': 64, 'whitened': 128}
"""What differs for the second: it is given four times as many numbers, and no larger."""

OTHERS = 1000
"""Sounds that are no voice, to learn from."""


def train_speech(
    *, data: Path, out: Path, seed: int = 0, smoke: bool = False, resume: bool = False,
    collected: Path | None = None,
) -> dict[str, dict[str, Any]]:
    """Train, calibrate, export and test the built-in speech models.

    One learns from statistics alone, the other also from what the voice encoder hears, where its
    package is installed.  Both learn from the train split of each of the `CORPORA` that the folder
    holds, and from what was ``collected``.  The dev split chooses the epochs.  Figures are measured
    on every set of `speech_model.HELD_OUT` that the folder holds.

    Args:
        data: folder with the data sets, one folder each.
        out: folder to write the models `PLAIN` and `HEARING`, see `fit_model`, the statistics of
            all clips (described.npz, which a second run with the same clips takes) and the logs to.
        seed: of everything random; with the same versions, a run repeats itself.
        smoke: one epoch and two augmented copies, to see that everything works.
        resume: go on where a run in ``out`` was stopped.
        collected: folder of labelled items of a robot, see `training.collected`; they are only
            learned from, and nothing is measured on them.

    Returns:
        What is written to the .json of each model, by its name.

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
    encoder = _installed_encoder()
    described = once(
        folder / 'described.npz',
        {'clips': len(clips.samples), 'collected': [item.id for item in items], 'seed': seed,
         'labels': labels, 'statistics': names, 'sessions': recipe.sessions,
         'votes': recipe.votes, 'smoothing': recipe.smoothing, 'encoder': encoder is not None},
        lambda: describe(clips.samples, clips.target(labels, recipe), names=names,
                         sessions=recipe.sessions, seed=seed, encoder=encoder))
    check = np.isin(described.speaker, sorted(set(dev.samples.groups)))
    learned, checked = described.where(~check), described.where(check)
    _check_speakers(learned, labels)
    mute = without_media(items, labels)
    if mute:
        learned = with_features(learned, mute, names=names, labels=labels)
    rows = Rows(learned, checked,
                no_voices(20 if smoke else OTHERS, names=names, seed=seed, encoder=encoder))
    about = {'labels': labels, 'statistics': names, 'seed': seed,
             'trained_on': {**{name: count for name, count in counts.items() if count},
                            **({SOURCE: len(own) + len(mute)} if items else {})}}
    options: dict[str, Any] = {'data': Path(data), 'corpora': CORPORA, 'resume': resume}
    found = {PLAIN: fit_model(rows.narrow(len(names)), about, recipe, folder / f'{PLAIN}.onnx',
                              **options)}
    if encoder is not None:
        found[HEARING] = fit_model(rows, about, replace(recipe, **HEARING_RECIPE),
                                   folder / f'{HEARING}.onnx', **options)
    return found


def _installed_encoder() -> VoiceEncoder | None:
    try:
        return VoiceEncoder()
    except FileNotFoundError as error:
        _LOG.warning('only the model without the voice encoder is trained: %s', error)
        return None


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
