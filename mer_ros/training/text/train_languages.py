"""Training of the languages beside English: part of `mer_ros train text --data DIR`."""

import logging
from pathlib import Path
from typing import Any

import numpy as np

from mer_ros.emotions import EMOTIONS
from mer_ros.models.text.language_tags import ENGLISH
from mer_ros.models.text.many_languages import ManyLanguages
from mer_ros.training.text.language_guess_fit import fit_guess
from mer_ros.training.text.languages_answers import answers_of
from mer_ros.training.text.languages_data import read_varieties, Variety
from mer_ros.training.text.languages_feelings import calm_of, feelings_of
from mer_ros.training.text.languages_fit import fit_variety
from mer_ros.training.text.languages_named import fit_named, NONE

_LOG = logging.getLogger(__name__)

COMMANDS, FEW_COMMANDS = 400, 150
"""Neutral commands at most, in a variety without and with other neutral texts: they are easy."""

CALM = 20
"""Neutral texts that a language needs: without them all that is said would be an emotion."""

WITH_EMOTIONS = ('brighter', 'xed_multi', 'kote')
"""Sets from which emotions are learned."""


NEUTRAL = EMOTIONS.index('neutral')


def learnable(texts: Variety, *, seed: int) -> Variety:
    """Return the texts of a variety that emotions are learned from: not too many commands."""
    texts = texts.limited('', 0, seed=seed)
    other = (texts.truth == NEUTRAL) & (np.array(texts.sources) != 'robot_commands')
    most = FEW_COMMANDS if other.sum() >= CALM else COMMANDS
    return texts.limited('robot_commands', most, seed=seed)


def tables_of(parts: dict[str, dict[str, Any]], classes: int = len(EMOTIONS)) -> dict[str, Any]:
    """Return the tables of `ManyLanguages` of those of its varieties, by name."""
    empty = {'keys': np.empty(0, np.uint32), 'squares': np.empty(0, np.float16),
             'weights': np.empty((0, classes), np.int8)}
    return {'varieties': np.array(list(parts), dtype='U8'),
            'ends': np.cumsum([len(part['keys']) for part in parts.values()], dtype=np.int64),
            **{name: np.concatenate([none, *(part[name] for part in parts.values())])
               for name, none in empty.items()},
            **{name: np.array([part[name] for part in parts.values()], np.float32).reshape(
                -1, classes) for name in ('scale', 'bias')}}


def train_languages(data: Path, out: Path, *, seed: int, smoke: bool = False) -> dict[str, Any]:
    """Fit the classifiers of all varieties and the guess of the language; write their tables.

    Args:
        data: folder of the data sets; what it lacks is left out.
        out: where lite_text_languages.npz goes.
        seed: of everything random.
        smoke: a few texts of each variety, to see that everything works.

    Returns:
        The number of texts that each variety learned from, and of those that are only told apart.
    """
    most = 40 if smoke else None
    _LOG.info('reading the texts of all languages')
    train, dev = (read_varieties(data, split, seed=seed, most=most) for split in ('train', 'dev'))
    texts = {name: learnable(found, seed=seed) for name, found in train.items()
             if name != ENGLISH and set(found.sources) & set(WITH_EMOTIONS)}
    learned = [name for name, chosen in texts.items() if (chosen.truth == NEUTRAL).sum() >= CALM]
    texts = {name: texts[name].with_answers([*answers_of(name), *calm_of(name)])
             for name in learned}
    fitted: dict[str, dict[str, Any]] = {}
    named: dict[str, dict[str, Any]] = {}
    for name in learned:
        _LOG.info('emotions in %s: %d texts', name, len(texts[name].found))
        known = dev.get(name, Variety()).limited('', 0, seed=seed)
        fitted[name] = fit_variety(texts[name], known, seed=seed)
        if told := list(feelings_of(name)):
            alone = ManyLanguages(tables_of({name: fitted[name]}))
            named[name] = fit_named(told, texts[name], known, alone, name)
    _LOG.info('telling %d varieties apart', len(train))
    guess = fit_guess(train, dev, learned=learned, seed=seed)
    arrays = {f'{prefix}_{name}': values for prefix, tables in (
        ('guess', guess), ('emotion', tables_of(fitted)), ('named', tables_of(named, NONE + 1)))
        for name, values in tables.items()}
    with (out / 'lite_text_languages.npz').open('wb') as stream:
        np.savez_compressed(stream, **arrays)
    return {'emotions': {name: len(texts[name].found) for name in learned},
            'told_apart': {str(name): len(train[str(name)].found) for name in guess['varieties']},
            'english_prior': float(guess['prior'][guess['varieties'] == ENGLISH].sum()),
            'temperature': float(guess['temperature'])}
