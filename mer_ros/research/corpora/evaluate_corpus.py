"""Evaluation of the whole pipeline on the films and sounds of an audio-visual corpus."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from mer_ros.data import Logits
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline import MODALITIES, Pipeline
from mer_ros.evaluation.compare import compare, compared, INTERVALS
from mer_ros.evaluation.metrics.bootstrap import interval
from mer_ros.evaluation.metrics.summary import MIN_GROUPS
from mer_ros.evaluation.perceived import Perceiver
from mer_ros.evaluation.recorded_evidence import Evidence
from mer_ros.evaluation.reports.paper_tables import METHODS
from mer_ros.fusion import untrained_rules
from mer_ros.research.corpora.clip import Clip, Skipped
from mer_ros.research.corpora.clip_evidence import perceive_clip, scores_of
from mer_ros.research.corpora.read_corpus import CORPORA, read_corpus
from mer_ros.research.corpora.unseen import unseen_classes

CAUTION = ('The speech model of the profile paper, emotion2vec+, was fine-tuned on EmoBox, which '
           'contains CREMA-D, eNTERFACE, MEAD, MELD and RAVDESS: for it, and in the figures of '
           'the paper, these are not unseen data.')
"""What must be known of every figure on these corpora."""

DECISION = ('One decision a clip, from the frame with the most probable class, the mean of the '
            'utterances and the words, trusted as the preset does whatever their quality; a '
            'modality that was not perceived is missing.')
"""How a clip is judged."""


def evaluate_corpus(name: str, root: Path, split: str = 'test', *, profile: str = 'lite',
                    preset: str = 'calibrated', limit: int | None = None,
                    make: Callable[..., Perceiver] = Pipeline, resamples: int = 1000,
                    seed: int = 0) -> dict[str, Any]:
    """Measure the engines and their fusion on the clips of one of `CORPORA`.

    Every clip goes through the engines once (see `perceive_clip`); what they say is kept and
    fused under every preset and rule, with every choice of modalities.

    Args:
        name: of the corpus.
        root: the folder of the corpus.
        split: see `read_corpus`.
        profile: the profile or name of the models.
        preset: of the fusion, for the main figures.
        limit: at most so many clips, drawn at random.
        make: makes the pipeline, given ``profile``.
        resamples: of the bootstrap over persons; 0 leaves intervals out.
        seed: of the drawing and of the bootstrap.

    Returns:
        ``modalities`` with the figures of each alone, ``fused``, ``subsets`` and ``presets`` (see
        `compare`), ``rules`` (all modalities fused by each rule), ``paper`` (figures of the
        presets basic, paper and calibrated, of each modality and fused, with confusion matrices
        and the gain of paper over basic), ``unseen`` (see `unseen_classes`), ``skipped`` (with id
        and reason), ``clips`` (how many were evaluated) and ``notes``.

    Raises:
        ValueError: no split, model or preset is called so, or nothing was perceived.
        FileNotFoundError: the corpus is not in the folder.
    """
    settings = FusionSettings(preset=preset)
    clips, skipped = read_corpus(name, root, split, limit=limit, seed=seed)
    clips, said, unusable = _perceive(name, clips, make(profile=profile))
    skipped += unusable
    if not any(clip.emotion for clip in clips):
        raise ValueError(f'nothing was perceived in any clip of {name} in {root} that shows one '
                         f'of {list(EMOTIONS)}: {skipped[:3]}')
    given = tuple(each for each in MODALITIES if any(each in one for one in said))
    scores = {each: scores_of([one.get(each) for one in said]) for each in given}
    evidence = Evidence(
        scores, np.array([EMOTIONS.index(clip.emotion) if clip.emotion else -1 for clip in clips],
                         dtype=np.intp), [clip.person for clip in clips])
    seen = evidence.rows([bool(clip.emotion) for clip in clips])

    @cache
    def measure(names: tuple[str, ...], preset: str) -> dict[str, Any]:
        return seen.figures(names, FusionSettings(preset=preset), resamples=resamples, seed=seed,
                            intervals_of=(*INTERVALS, 'neutral_tolerant_accuracy'))

    def figures(*names: str) -> dict[str, Any]:
        return seen.figures(names, settings, resamples=resamples, seed=seed)

    def by_rule(rule: str) -> dict[str, Any]:
        return seen.figures(given, FusionSettings(preset=preset, rule=rule), resamples=resamples,
                            seed=seed, intervals_of=INTERVALS)

    labels = [clip.emotion for clip in clips if clip.emotion]
    absent = sorted(set(EMOTIONS) - set(labels))
    return {
        'dataset': name, 'split': split, 'profile': profile, 'preset': preset,
        'clips': len(clips),
        'modalities': {each: {**_about(each, said, labels), **figures(each)} for each in given},
        'fused': figures(*given),
        **compare(given, preset, measure),
        'rules': [] if len(given) < 2 else [
            {'rule': rule, **compared(by_rule(rule))} for rule in untrained_rules()],
        'paper': {
            'figures': [{'preset': method, 'modalities': list(names),
                         **_without_curves(measure(names, method))}
                        for method in METHODS for names in _parts(given)],
            'gain': _gain(seen, given, resamples, seed)},
        'unseen': unseen_classes(evidence, [None if clip.emotion else clip.label
                                            for clip in clips], given),
        'skipped': [asdict(one) for one in skipped],
        'notes': [DECISION, *filter(None, [CORPORA[name].caution]), CAUTION,
                  *([f'No clip shows {", ".join(absent)}: to predict it counts as wrong.']
                    if absent else [])],
    }


def _parts(given: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [*((name,) for name in given), *([given] if len(given) > 1 else [])]


def _perceive(name: str, clips: Sequence[Clip], pipeline: Perceiver
              ) -> tuple[list[Clip], list[dict[str, Logits]], list[Skipped]]:
    """Return the clips in which something was perceived, what, and what was not and why."""
    kept: list[Clip] = []
    said: list[dict[str, Logits]] = []
    skipped: list[Skipped] = []
    for clip in track(clips, description=name, console=Console(stderr=True), transient=True):
        evidence, problems = perceive_clip(clip, pipeline)
        skipped += [Skipped(clip.id, problem) for problem in problems]
        if evidence:
            kept.append(clip)
            said.append(evidence)
        elif not problems:
            skipped.append(Skipped(clip.id, 'nothing was perceived: no face, no voice, no words'))
    return kept, said, skipped


def _about(name: str, said: Sequence[dict[str, Logits]], labels: Sequence[str]) -> dict[str, Any]:
    one = next(evidence[name] for evidence in said if name in evidence)
    return {'modality': name, 'model': one.model, 'labels': list(one.labels),
            'never_learned': {label: labels.count(label) for label in EMOTIONS
                              if label not in one.labels}}


def _without_curves(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in figures.items() if name != 'curves'}


def _gain(evidence: Evidence, names: tuple[str, ...], resamples: int, seed: int
          ) -> dict[str, Any]:
    """Return how much more often the preset paper is right than basic, on the same clips."""
    rows = np.flatnonzero(evidence.having(names)).tolist()
    truth = evidence.truth[rows]
    accepted: dict[str, list[NDArray[np.bool_]]] = {
        'accuracy': [], 'neutral_tolerant_accuracy': []}
    for preset in ('paper', 'basic'):
        opinion = evidence.opinion(names, FusionSettings(preset=preset), rows)
        predicted = opinion.probability.argmax(axis=-1)
        accepted['accuracy'].append(predicted == truth)
        accepted['neutral_tolerant_accuracy'].append(
            (predicted == truth) | (predicted == EMOTIONS.index('neutral')))
    better = {name: paper.astype(np.float64) - basic for name, (paper, basic) in accepted.items()}
    gain: dict[str, Any] = {name: float(each.mean()) for name, each in better.items()}
    persons = [evidence.groups[row] for row in rows] if evidence.groups else []
    if resamples:
        gain['intervals'] = {
            name: interval(lambda values: float(values.mean()), each, resamples=resamples,
                           groups=persons if len(set(persons)) >= MIN_GROUPS else None, seed=seed)
            for name, each in better.items()}
    return gain
