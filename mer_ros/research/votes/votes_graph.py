"""The whole graph on CREMA-D: what people saw, what people or the model heard, what was said.

There is no open recording of many people with a face, a voice and words whose models could be
judged together.  The raters who only saw stand in for a face model, those who only heard for a
good voice model; the built-in speech and text models hear and read the same clips.
"""

from pathlib import Path
from typing import Any

import numpy as np

from mer_ros.data import Words
from mer_ros.emotions import align, EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.text import TextEngine
from mer_ros.evaluation.compare import subsets
from mer_ros.evaluation.datasets.face_sets import read_table
from mer_ros.evaluation.datasets.speech_sets import read_speech
from mer_ros.evaluation.recorded_evidence import Evidence, Scores
from mer_ros.models import load_model
from mer_ros.research.votes.votes import CLASSES, read_votes, Votes
from mer_ros.research.votes.votes_fit import VotesModel

SMOOTHING, PENALTY = 1.0, 3.0
"""Of the calibration of the votes; what the cross-validation of the evaluation chooses too."""

VOICES = ('people', 'model')
"""Who hears: the raters who only heard, or the built-in speech model."""


def graph_evidence(root: Path, split: str, *, voice: str = 'people', profile: str = 'lite'
                   ) -> Evidence:
    """Return face, text, and voice (of people) or speech (of the model); actors are groups.

    Votes are calibrated on the actors of the other splits (train, and dev unless it is asked
    for); the models are taken as they are.

    Args:
        root: the folder of the data sets.
        split: dev or test.
        voice: one of `VOICES`.
        profile: the profile or name of the models.

    Raises:
        ValueError: an unknown split or voice.
        FileNotFoundError: crema_d or, for the model, crema_d_audio is not in the folder.
    """
    if split not in ('dev', 'test') or voice not in VOICES:
        raise ValueError(f'split {split!r} and voice {voice!r} are unknown; allowed: dev and test, '
                         f'{" and ".join(VOICES)}')
    every = read_votes(root)
    model = VotesModel(every.of(*{'train', 'dev'} - {split}), ('voice', 'face'),
                       smoothing=SMOOTHING, penalty=PENALTY,
                       choices=[('voice',), ('face',), ('voice', 'face')])
    votes = every.of(split)
    heard = ({'voice': _of_votes(model, votes, 'voice')} if voice == 'people'
             else {'speech': _of_sound(root, votes, split, profile)})
    return Evidence({'face': _of_votes(model, votes, 'face'), **heard,
                     'text': _of_words(root, votes, profile)},
                    np.array([EMOTIONS.index(CLASSES[truth]) for truth in votes.truth]),
                    votes.actors.tolist())


def graph_figures(evidence: Evidence, settings: FusionSettings | None = None
                  ) -> dict[str, dict[str, Any]]:
    """Return by choice of modalities (``face+voice``) how well they are fused, and doubted.

    ``error_auroc``, ``error_auroc_uncertainty`` and ``error_auroc_conflict`` say how well the
    probability, the uncertainty and the conflict tell errors.
    """
    kept = ('n', 'accuracy', 'nll', 'ece', 'error_auroc', 'error_auroc_uncertainty',
            'error_auroc_conflict')
    found = {names: evidence.figures(names, settings or FusionSettings(), resamples=0)
             for names in subsets(list(evidence.scores))}
    return {'+'.join(names): {name: figures[name] for name in kept if name in figures}
            for names, figures in found.items()}


def _of_votes(model: VotesModel, votes: Votes, name: str) -> Scores:
    logits, named = align(CLASSES, model.calibration[name].apply(votes.logits(SMOOTHING)[name]))
    return Scores(logits, named, np.ones(len(logits), dtype=np.bool_))


def _of_sound(root: Path, votes: Votes, split: str, profile: str) -> Scores:
    folder = Path(root) / 'crema_d_audio'
    paths = {row['clip']: folder / row['path'] for row in read_table(folder / 'labels.csv')
             if row['split'] == split}
    return Scores.of(load_model('speech', profile), [
        read_speech(paths[clip]) if clip in paths else None for clip in votes.clips.tolist()])


def _of_words(root: Path, votes: Votes, profile: str) -> Scores:
    said = {row['code']: row['transcript']
            for row in read_table(Path(root) / 'crema_d' / 'sentences.csv')}
    engine = TextEngine(load_model('text', profile))
    found = {code: engine.process(Words(1, said[code], language='en'))[0]
             for code in np.unique(votes.sentences).tolist()}
    rows = [found[code] for code in votes.sentences.tolist()]
    logits, named = align(rows[0].labels, np.array([row.logits for row in rows]))
    return Scores(logits, named, np.ones(len(rows), dtype=np.bool_),
                  np.array([row.quality for row in rows]))
