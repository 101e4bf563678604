"""The three default modalities on the clips of CREMA-D, to train the attention fusion for the node.

The built-in speech model hears the clips, the raters who only saw them stand in for a face model
(see `mer_ros.research.votes.votes_graph`), and the built-in text model reads.  It reads the
sentence that was spoken, one of twelve that say nothing of the emotion, and in a second copy of
the clips a sentence of GoEmotions with the clip's label, lest words be learned as useless.  The
models learned from the train actors, whose voices they know too well: the fusion is learned on
actors of the dev split.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from mer_ros.data import Words
from mer_ros.emotions import align, EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.text import TextEngine
from mer_ros.evaluation.compare import subsets
from mer_ros.evaluation.recorded_evidence import Evidence, Scores
from mer_ros.fusion import Rule
from mer_ros.models import load_model
from mer_ros.research.attention.attention_data import Rows
from mer_ros.research.attention.attention_features import texts_of
from mer_ros.research.attention.attention_model import centred
from mer_ros.research.votes.votes import CLASSES
from mer_ros.research.votes.votes_graph import graph_evidence

NAMES = ('face', 'speech', 'text')
"""The default modalities of the fusion node."""

SPOKEN, PAIRED = 'spoken', 'paired'
"""Which words come with a clip: those that were spoken, or a sentence of the same label."""

COPIES = 6
"""How often each clip is learned from with either words, each time with other modalities there."""

FEWER_DEV = 3
"""Of the ten dev actors so many are kept for choosing the epoch and the temperature."""

LEAST_TRUST = 0.01
"""Rows in which nothing is trusted further than this teach nothing."""

_COLUMNS = [EMOTIONS.index(label) for label in CLASSES]

FIGURES = ('accuracy', 'macro_f1', 'nll', 'ece')
"""What is reported of each choice of modalities."""


def graph_rows(root: Path, *, profile: str = 'lite', seed: int = 0) -> tuple[Rows, Rows]:
    """Return rows to learn from and rows to choose by, of different actors of the dev split.

    Each row has some of the modalities, drawn at random, and each of them the trust that the
    fusion node gives it in such company (`FusionSettings.trust`).

    Args:
        root: the folder of the data sets.
        profile: the profile or name of the models.
        seed: of the actors, the sentences and the missing modalities.

    Raises:
        FileNotFoundError: crema_d, crema_d_audio or goemotions is not in the folder.
    """
    draw = np.random.default_rng(seed)
    clips, said = _read(root, 'dev', profile)
    actors = np.array(clips.groups)
    chosen = draw.permutation(np.unique(actors))
    parts = []
    for kept in (chosen[FEWER_DEV:], chosen[:FEWER_DEV]):
        rows = np.isin(actors, kept).tolist()
        spoken = clips.rows(rows)
        parts.append(_joined([_some(one, draw, alone=words == PAIRED) for _ in range(COPIES)
                              for words, one in ((SPOKEN, spoken),
                                                 (PAIRED, said.paired(spoken, draw)))]))
    return parts[0], parts[1]


def graph_tests(root: Path, *, profile: str = 'lite', seed: int = 0) -> dict[str, Evidence]:
    """Return the clips of the test actors with the words `SPOKEN` and `PAIRED`."""
    draw = np.random.default_rng(seed)
    clips, said = _read(root, 'test', profile)
    return {SPOKEN: clips, PAIRED: said.paired(clips, draw)}


class Said:
    """What the text model says about the single-labelled sentences of a split of GoEmotions."""

    def __init__(self, root: Path, split: str, profile: str) -> None:
        texts, engine = texts_of(root, split, 'alone'), TextEngine(load_model('text', profile))
        found = [(one[0], label) for text, label in zip(texts.inputs, texts.labels, strict=True)
                 if (one := engine.process(Words(1, text, language='en')))]
        self._logits, self._named = align(
            found[0][0].labels, np.array([one.logits for one, _ in found]))
        self._quality = np.array([one.quality for one, _ in found])
        self._truth = np.array([EMOTIONS.index(label) for _, label in found])

    def paired(self, evidence: Evidence, draw: np.random.Generator) -> Evidence:
        """Return the evidence with a sentence of the same label in each row."""
        rows = np.array([draw.choice(np.flatnonzero(self._truth == truth))
                         for truth in evidence.truth])
        return evidence.replacing('text', Scores(
            self._logits[rows], self._named, np.ones(len(rows), dtype=np.bool_),
            self._quality[rows]))


def _read(root: Path, split: str, profile: str) -> tuple[Evidence, Said]:
    return graph_evidence(root, split, voice='model', profile=profile), Said(root, split, profile)


def graph_figures_beside(tests: Mapping[str, Evidence], rule: Rule) -> dict[str, Any]:
    """Return `FIGURES` by words, rule (default, attention) and modalities (``face+speech``).

    Both are fused with the default settings of the node, as on the robot.
    """
    settings = {'default': FusionSettings(), 'attention': FusionSettings(rule=rule)}
    return {words: {name: {'+'.join(chosen): {figure: round(float(found[figure]), 4)
                                              for figure in FIGURES}
                           for chosen in subsets(NAMES)
                           if (found := evidence.figures(chosen, one, resamples=0))}
                    for name, one in settings.items()}
            for words, evidence in tests.items()}


def graph_table(figures: Mapping[str, Any]) -> Table:
    """Return figures of `graph_figures_beside` as a table: default / attention."""
    table = Table(title='test actors of CREMA-D: default rule / attention')
    for heading in ('words', 'modalities', *FIGURES):
        table.add_column(heading)
    for words, rules in figures.items():
        for names, default in rules['default'].items():
            table.add_row(words, names, *(
                f'{default[one]:.3f} / {rules["attention"][names][one]:.3f}' for one in FIGURES))
    return table


def _some(evidence: Evidence, draw: np.random.Generator, *, alone: bool) -> Rows:
    """Return rows with modalities drawn at random, trusted as in the node.

    Without ``alone`` words are never the only modality: nothing could be learned from them.
    """
    choices = [one for one in subsets(NAMES) if alone or one != ('text',)]
    drawn = draw.integers(len(choices), size=len(evidence.truth))
    there = {name: evidence.scores[name].presence * np.array(
        [name in choices[one] for one in drawn]) for name in NAMES}
    settings = FusionSettings()
    trust = settings.trust(there, {
        name: settings.beside(name, evidence.scores[name].logits, evidence.scores[name].named)
        for name in NAMES})
    rows = Rows({name: centred(evidence.scores[name].logits[:, _COLUMNS]) for name in NAMES}, trust,
                evidence.truth, np.array(evidence.groups), CLASSES)
    return rows.of(np.max(list(trust.values()), axis=0) > LEAST_TRUST)


def _joined(parts: Sequence[Rows]) -> Rows:
    def of(field: str) -> dict[str, NDArray[np.float64]]:
        return {name: np.concatenate([getattr(part, field)[name] for part in parts])
                for name in NAMES}

    return Rows(of('inputs'), of('present'), np.concatenate([part.truth for part in parts]),
                np.concatenate([part.groups for part in parts]), CLASSES)
