"""The report on what models said about a corpus."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import Logits
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline import MODALITIES
from mer_ros.evaluation.compare import compare, compared, INTERVALS
from mer_ros.evaluation.metrics.bootstrap import interval
from mer_ros.evaluation.metrics.summary import MIN_GROUPS
from mer_ros.evaluation.recorded_evidence import Evidence
from mer_ros.evaluation.reports.paper_tables import METHODS
from mer_ros.fusion import untrained_rules
from mer_ros.research.corpora.clip_evidence import scores_of
from mer_ros.research.corpora.label_policy import LabelPolicy
from mer_ros.research.corpora.read_corpus import CORPORA
from mer_ros.research.corpora.recorded_corpus import RecordedCorpus
from mer_ros.research.corpora.systems import figures_of_systems
from mer_ros.research.corpora.unseen import unseen_classes

CAUTION = ('The speech model of the profile paper, emotion2vec+, was fine-tuned on EmoBox, which '
           'contains CREMA-D, eNTERFACE, MEAD, MELD and RAVDESS: for it, and in the figures of '
           'the paper, these are not unseen data.')
"""What must be known of every figure on these corpora."""

DECISION = ('One decision a clip, from the best frame, the mean of the utterances and the words, '
            'trusted as the preset does whatever their quality; a modality that was not perceived '
            'is missing.')
"""How a clip is judged."""

SHOWN = (*INTERVALS, 'neutral_tolerant_accuracy')
"""The figures of the paper's tables that come with an interval."""

VACUOUS = 1.0 - 1e-12
"""From this uncertainty on there is no evidence at all."""


def settings_of_method(method: str) -> FusionSettings:
    """Return how one of `METHODS` fuses."""
    if method == 'basic_softplus':
        return FusionSettings(preset='basic', evidence='softplus')
    return FusionSettings(preset=method)


def corpus_report(recorded: RecordedCorpus, *, preset: str = 'calibrated',
                  policy: LabelPolicy | None = None, resamples: int = 1000, seed: int = 0
                  ) -> dict[str, Any]:
    """Measure each modality, their fusion under every preset and rule, and other systems.

    Args:
        recorded: what was said about the clips.
        preset: of the fusion, for the main figures.
        policy: what labels count as.
        resamples: of the bootstrap over persons; 0 leaves intervals out.
        seed: of the bootstrap.

    Returns:
        What `evaluate_corpus` returns.

    Raises:
        ValueError: no preset is called so, nothing was perceived in any clip that counts, or the
            perceived emotion is asked for and not known.
    """
    settings, policy = FusionSettings(preset=preset), policy or LabelPolicy()
    if policy.truth == 'perceived' and not any(clip.perceived for clip in recorded.clips):
        raise ValueError(
            f'the perceived emotion is known of no clip of {recorded.dataset}; of crema_d it '
            f'stands in processedResults/summaryTable.csv')
    labelled = [(clip, said, label) for clip, said in zip(
        recorded.clips, recorded.said, strict=True)
        if (label := policy.label_of(clip)) is not None]
    clips = [clip for clip, _, _ in labelled]
    said = [one for _, one, _ in labelled]
    labels = [label for _, _, label in labelled]
    shown = [label for label in labels if label in EMOTIONS]
    if not shown:
        raise ValueError(
            f'nothing was perceived in any clip of {recorded.dataset} that shows one of '
            f'{list(EMOTIONS)}: {recorded.skipped[:3]}')
    given = tuple(each for each in MODALITIES if any(each in one for one in said))
    if not given:
        raise ValueError(f'only other systems are given: {list(recorded.modalities)}; add a file '
                         f'with {list(MODALITIES)}, as --save-logits writes it')
    every = [*given, *(name for name in recorded.modalities if name not in MODALITIES)]
    evidence = Evidence(
        {each: scores_of([one.get(each) for one in said]) for each in every},
        np.array([EMOTIONS.index(label) if label in EMOTIONS else -1 for label in labels],
                 dtype=np.intp),
        [clip.person for clip in clips] if all(clip.person for clip in clips) else None,
        policy.within(shown))
    seen = evidence.rows([label in EMOTIONS for label in labels])
    absent = sorted(set(EMOTIONS) - set(shown))
    corpus = CORPORA.get(recorded.dataset)
    report = {
        'dataset': recorded.dataset, 'split': recorded.split, 'profile': recorded.profile,
        'preset': preset, 'labels': asdict(policy), 'clips': len(recorded.clips),
        **_of_modalities(seen, evidence, given, said, labels, settings, resamples, seed),
        'systems': figures_of_systems(
            seen, [name for name in every if name not in MODALITIES], recorded.hard, given,
            resamples=resamples, seed=seed),
        'skipped': [asdict(one) for one in recorded.skipped],
        'notes': [DECISION, policy.sentence(len(recorded.clips) - len(clips)),
                  *filter(None, [corpus and corpus.caution]), CAUTION,
                  *([f'No clip shows {", ".join(absent)}'
                     + (': to predict it counts as wrong.' if policy.classes == 'seven' else '.')]
                    if absent else [])],
    }
    return report


def _of_modalities(
    seen: Evidence, evidence: Evidence, given: tuple[str, ...],
    said: Sequence[dict[str, Logits]], labels: Sequence[str], settings: FusionSettings,
    resamples: int, seed: int,
) -> dict[str, Any]:
    @cache
    def measure(names: tuple[str, ...], method: str) -> dict[str, Any]:
        return seen.figures(names, settings_of_method(method), resamples=resamples, seed=seed,
                            intervals_of=SHOWN)

    def figures(*names: str) -> dict[str, Any]:
        return seen.figures(names, settings, resamples=resamples, seed=seed)

    def by_rule(rule: str) -> dict[str, Any]:
        return seen.figures(given, FusionSettings(preset=settings.preset, rule=rule),
                            resamples=resamples, seed=seed, intervals_of=INTERVALS)

    return {
        'modalities': {each: {**_about(each, said, labels), **figures(each)} for each in given},
        'fused': figures(*given),
        **compare(given, settings.preset, measure),
        'rules': [] if len(given) < 2 else [
            {'rule': rule, **compared(by_rule(rule))} for rule in untrained_rules()],
        'paper': {
            'figures': [{'preset': method, 'modalities': list(names),
                         'vacuous': vacuous(seen, names, settings_of_method(method)),
                         **_without_curves(measure(names, method))}
                        for method in METHODS for names in _parts(given)],
            'gain': _gain(seen, given, resamples, seed)},
        'unseen': unseen_classes(evidence, [None if label in EMOTIONS else label
                                            for label in labels], given),
    }


def vacuous(evidence: Evidence, names: Sequence[str], settings: FusionSettings) -> float | None:
    """Return the share of rows in which the modalities give no evidence at all."""
    rows = np.flatnonzero(evidence.having(names)).tolist()
    if not rows:
        return None
    return float((evidence.opinion(names, settings, rows).uncertainty >= VACUOUS).mean())


def _parts(given: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [*((name,) for name in given), *([given] if len(given) > 1 else [])]


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
        predicted = evidence.answers(opinion.probability)
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
