"""Training of the built-in text model: `mer_ros train text --data DIR`."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
import torch

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.text_sets import paths_of
from mer_ros.evaluation.evaluate import evaluate_dataset
from mer_ros.evaluation.languages import by_language
from mer_ros.models.text.english_text import indices_of, padded, places_of, stacked
from mer_ros.models.text.lite_text import LiteText
from mer_ros.models.text.text_tokens import spoken
from mer_ros.training.labelled_segments import read_collected, samples_of, SOURCE
from mer_ros.training.loop import fit
from mer_ros.training.text.text_batches import Batches
from mer_ros.training.text.text_blend import Blend
from mer_ros.training.text.text_blend_fit import fit_blend, Scored, with_calm
from mer_ros.training.text.text_circumplex import add_circumplex
from mer_ros.training.text.text_data import (
    fine_labels,
    Lessons,
    read_split,
    sentence_keys,
    Split,
    with_sentences,
    word_keys,
    Written,
)
from mer_ros.training.text.text_everyday import everyday
from mer_ros.training.text.text_export import export
from mer_ros.training.text.text_linear import train_linear
from mer_ros.training.text.text_model import TextModel
from mer_ros.training.text.text_net import Recipe, WordNet
from mer_ros.training.text.text_talk import read_talk
from mer_ros.training.text.text_unlabelled import unlabelled
from mer_ros.training.text.train_languages import train_languages

_LOG = logging.getLogger(__name__)

MEASURED = ('goemotions', 'xed', 'meld', 'dailydialog', 'topical_chat', 'robot_commands:en',
            'brighter:eng')
"""The sets whose test splits are measured, where they are in the folder."""

NETS = 3
"""Word networks whose scores are averaged; they differ by seed."""


def train_text(*, data: Path, out: Path, seed: int = 0, resume: bool = False,
               smoke: bool = False, collected: Path | None = None, teacher: bool = False
               ) -> dict[str, Any]:
    """Train, blend, calibrate, export and test the built-in text model.

    English learns from the train splits of GoEmotions and of XED, and from `everyday`; it is
    chosen on the dev splits of the two.  A gate for calm talk learns from `read_talk` beside
    them.  Valence and arousal are learned from EmoBank, where the folder has it.  Other languages
    are learned as `train_languages` says.
    Figures are measured on the test splits of the text sets in the folder.

    Args:
        data: folder with the data sets, one folder each.
        out: folder to write lite_text.onnx, lite_text_languages.npz, lite_text.json and
            lite_text_N (log and checkpoints of each network) to.
        seed: of everything random; with the same versions, a run repeats itself.
        resume: go on where a run in this folder was stopped.
        smoke: one network of two epochs, to see that everything works.
        collected: folder of labelled items of a robot, see `training.collected`; their words are
            learned from as comments, and nothing is measured on them.
        teacher: fine-tune the language model of `text_teacher` first, and let the networks learn
            beside the labels what it says, also of sentences without a label (`unlabelled`).

    Returns:
        What is written to lite_text.json: labels, recipe, blend with its temperature, figures,
        and figures on the same sentences without capitals and punctuation.

    Raises:
        FileNotFoundError: GoEmotions or XED is not in the folder, or a collected file is missing.
        ImportError: with ``teacher``, the package that carries the language model is missing.
        ValueError: something collected cannot be used; with ``resume``, the folder holds a run
            with another recipe.
    """
    torch.set_num_threads(1)
    out.mkdir(parents=True, exist_ok=True)
    recipe = replace(Recipe(), epochs=2, batch=16) if smoke else Recipe()
    _LOG.info('reading the sentences')
    names = {name: fine_labels(name, data) for name in ('goemotions', 'xed')}
    train, dev = ([read_split(name, data, split, names[name]) for name in names]
                  for split in ('train', 'dev'))
    said = samples_of(read_collected(collected, 'text') if collected else (), 'text')
    common = everyday(data, seed=seed, most=20 if smoke else None)
    for samples in (common, said):
        train[0] = with_sentences(train[0], samples, names['goemotions'])
    keys, words = sentence_keys(train), word_keys(train)
    lessons = None
    if teacher:
        from mer_ros.training.text.text_teacher import teach  # transformers, which others need not

        _LOG.info('the teacher')
        known = (text for part in (*train, *dev) for text in part.texts)
        more = unlabelled(data, known=known, measured=MEASURED)[:200 if smoke else None]
        lessons = teach(train, dev, more, seed=seed, out=out / 'teacher', resume=resume,
                        smoke=smoke)
    nets = _train_nets(train, dev, words, lessons=lessons, recipe=recipe,
                       count=1 if smoke else NETS, seed=seed, out=out, resume=resume)
    _LOG.info('linear classifiers of %d features', len(keys))
    talk = read_talk(data, seed=seed, most=200 if smoke else None)
    linear = train_linear(*train, keys, talk=talk, seed=seed, lessons=lessons)
    _LOG.info('blending on dev')
    model = TextModel(nets, linear, Blend()).eval()
    comments, films = (_scored(model, part, part.plain, keys, words) for part in dev)
    heard = _scored(model, dev[0], dev[0].spoken, keys, words)
    model.blend = with_calm(fit_blend(comments, films), comments, heard)
    export(model, keys, words, out / 'lite_text.onnx')
    description = {'labels': list(EMOTIONS), 'seed': seed, 'nets': len(nets),
                   'recipe': asdict(recipe), 'features': len(keys), 'word_features': len(words),
                   'everyday': len(common), 'talk': len(talk.calm), 'teacher': teacher,
                   'blend': asdict(model.blend),
                   **({SOURCE: len(said)} if said.labels else {})}
    if (data / 'emobank').is_dir():
        _LOG.info('valence and arousal of EmoBank')
        description['circumplex'] = add_circumplex(out / 'lite_text.onnx', data)
    description['languages'] = train_languages(data, out, seed=seed, smoke=smoke)
    description.update(measure(LiteText(
        path=out / 'lite_text.onnx', tables=out / 'lite_text_languages.npz'), data,
        resamples=20 if smoke else 1000))
    (out / 'lite_text.json').write_text(json.dumps(description, indent=1) + '\n')
    return description


def _train_nets(train: list[Split], dev: list[Split], words: NDArray[np.uint32], *,
                lessons: Lessons | None, recipe: Recipe, count: int, seed: int, out: Path,
                resume: bool) -> list[WordNet]:
    def batches(splits: list[Split], **options: Any) -> Batches:
        plain, heard = (
            [places_of(found, words) for part in splits for found in written(part).words]
            for written in (lambda part: part.plain, lambda part: part.spoken))
        return Batches(*splits, plain, heard, partial(stacked, filler=len(words)), **options)

    learn = batches([lessons.comments, lessons.films] if lessons else train, size=recipe.batch,
                    spoken=recipe.spoken, shuffle=True, taught=lessons and lessons.scores)
    check = batches(dev, size=256)
    comments, films = (part.target for part in train)
    fine = (train[0].fine.shape[1], train[1].fine.shape[1])
    nets = []
    for index in range(count):
        _LOG.info('word network %d of %d', index + 1, count)
        torch.manual_seed(seed + index)
        net = WordNet(len(words), fine, (comments, films), recipe)
        nets.append(fit(net, learn, check, folder=out / f'lite_text_{index}',
                        epochs=recipe.epochs, seed=seed + index, resume=resume,
                        recipe={**asdict(recipe), 'taught': lessons is not None,
                                'sentences': sum(len(part.texts) for part in train)},
                        gradient_clip_val=2.0))
    return nets


@torch.no_grad()
def _scored(model: TextModel, part: Split, written: Written, keys: NDArray[np.uint32],
            words: NDArray[np.uint32]) -> Scored:
    parts = []
    for row in np.flatnonzero(part.single):
        ids = padded([indices_of(written.sentences[row], keys)], len(keys))
        places = stacked([places_of(written.words[row], words)], len(words))
        parts.append(model.parts(torch.from_numpy(ids), torch.from_numpy(places)))
    return Scored(torch.cat(parts).double(), part.truth[part.single])


class Heard:
    """A text model that gets every sentence as a plain speech recogniser writes it."""

    def __init__(self, model: LiteText) -> None:
        self._model, self.name, self.labels = model, model.name, model.labels

    def logits(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Return raw scores (B, 7) of B sentences."""
        return self._model.logits([spoken(text) for text in batch])


def measure(model: LiteText, data: Path, *, resamples: int) -> dict[str, Any]:
    """Return the figures on the text sets that the folder holds; the language is never told."""
    _LOG.info('measuring')
    figures: dict[str, dict[str, Any]] = {'figures': {}, 'figures_spoken': {}}
    for name in MEASURED:
        try:
            paths_of(name, data, 'test')
        except FileNotFoundError:
            _LOG.info('%s is not in %s', name, data)
            continue
        for kind, judge in (('figures', model), ('figures_spoken', Heard(model))):
            figures[kind][name] = evaluate_dataset(name, data, 'test', model=judge,
                                                   resamples=resamples)
    return {**figures, 'figures_languages': by_language(model, data)}
