"""Evaluation of the whole pipeline on a recording of a robot's senses."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import BadInput, Emotion, NANOSECONDS, Observation
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.pipeline import MODALITIES, Pipeline, time_of
from mer_ros.engines.profile_fusion import fusion_of, window_of
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.evaluation.bag_labels import LabelSpan, read_labels
from mer_ros.evaluation.compare import compare, INTERVALS
from mer_ros.evaluation.metrics.summary import summarise
from mer_ros.evaluation.perceived import modality_of, Perceived, Perceiver, Step
from mer_ros.fusion.presets import find_preset
from mer_ros.spilled import Spilled


@dataclass(frozen=True, slots=True)
class _Held:
    """What counts of the n states in a span: ``rows`` (n, K + 2).

    They hold the probabilities, the uncertainty and the conflict: a hundredth of the states.
    """

    rows: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)

    def each(self) -> list[_Held]:
        """Return the states one by one."""
        return [_Held(row[None]) for row in self.rows]

    @property
    def probability(self) -> NDArray[np.float64]:
        """The mean (K,)."""
        return np.asarray(self.rows[:, :-2].mean(axis=0))

    @property
    def uncertainty(self) -> float:
        """The mean."""
        return float(self.rows[:, -2].mean())

    @property
    def conflict(self) -> float:
        """The mean."""
        return float(self.rows[:, -1].mean())


def evaluate_bag(bag: Path, *, profile: str = 'lite', preset: str = 'calibrated',
                 make: Callable[..., Perceiver] = Pipeline, resamples: int = 1000, seed: int = 0,
                 topics: Mapping[str, str] | None = None,
                 audio: Mapping[str, Any] | None = None
                 ) -> tuple[dict[str, Any], Sequence[Emotion]]:
    """Measure what the pipeline perceives in a bag whose truth is known.

    A state counts for the span in which its stamp lies; the decision about a span is the mean
    probability of its states.  A choice of modalities is measured by leaving out the messages of
    the others, as if the robot had no such sensor.  The bag is perceived once and fused many times.

    Args:
        bag: a bag folder, or a bare .mcap or .db3 file, with labels, see `read_labels`.
        profile: the profile or name of the models.
        preset: of the fusion.
        make: makes the pipeline, given ``profile``.
        resamples: of the bootstrap over spans; 0 leaves intervals out.
        seed: of the bootstrap.
        topics: topics of the bag by modality, see `choose_topics`.
        audio: what the bytes of AudioData in the bag are, see `SoundReader`.

    Returns:
        The report, and the states with all modalities, read from a file each time.

        The report has ``fused`` with the figures of the decisions, ``modalities`` with those of
        each alone, ``states`` with the figures of the single states, ``subsets`` and ``presets``
        (see `compare`), ``decisions`` (one a span; None where nothing was perceived, which counts
        in no figure), ``topics``, ``skipped`` (what could not be used, by reason), ``inputs`` (both
        in sentences),
        ``origin`` (time 0 of the labels, in ns) and ``end`` (of the input, in ns).

    Raises:
        BagError: the bag cannot be read, or holds nothing that can be perceived.
        FileNotFoundError: the bag has no labels.
        ValueError: the labels are wrong, nothing was perceived in any span, or no model or preset
            is called so.
    """
    find_preset(preset)
    spans = read_labels(bag)
    inputs = BagInputs(bag, topics, audio)
    given = tuple(name for name in MODALITIES if name in inputs.topics)

    window = window_of(profile)
    perceived, origin = _perceive(inputs, given, make(profile=profile))

    @cache
    def held_of(names: tuple[str, ...], preset: str) -> list[_Held]:
        return _held(spans, perceived.states(names, fusion_of(profile, preset), window=window),
                     origin)

    # The fusion is told of once, not for every choice of modalities.
    states = perceived.states(given, fusion_of(profile, preset), inputs.remarks, window)
    held = _held(spans, states, origin)
    if not any(held):
        raise ValueError(f'{bag}: none of the {len(states)} states lies in any of the {len(spans)} '
                         f'spans of its labels; times count from its first input')

    def figures(names: tuple[str, ...], preset: str, **options: Any) -> dict[str, Any]:
        return _figures(spans, held_of(names, preset), fused=len(names) > 1,
                        resamples=resamples, seed=seed, **options)

    def measure(names: tuple[str, ...], preset: str) -> dict[str, Any]:
        return figures(names, preset, intervals_of=INTERVALS)

    one_by_one = [(span, state) for span, members in zip(spans, held, strict=True)
                  for state in members.each()]
    report = {
        'bag': bag.name, 'profile': profile, 'preset': preset, 'spans': len(spans),
        'modalities': {name: figures((name,), preset) for name in given},
        'fused': figures(given, preset),
        'states': _figures(*zip(*one_by_one, strict=True), fused=len(given) > 1,
                           groups=[str(spans.index(span)) for span, _ in one_by_one],
                           resamples=resamples, seed=seed),
        **compare(given, preset, measure),
        'decisions': [_decision(span, members) for span, members in zip(spans, held, strict=True)],
        'topics': inputs.topics, 'skipped': dict(inputs.remarks.counts), 'origin': origin,
        'end': max((step.time for step in perceived.steps), default=origin),
        'inputs': [*inputs.choice.lines(), *inputs.remarks.lines()],
    }
    return report, states


def _perceive(inputs: BagInputs, names: Sequence[str], pipeline: Perceiver
              ) -> tuple[Perceived, int]:
    """Return what was perceived, and the stamp of the earliest input."""
    steps: Spilled[Step] = Spilled()
    origin = 0
    for item in inputs.read(names, decode=False):
        origin = min(origin or item.stamp, item.stamp)
        evidence: list[Observation] = []
        try:
            evidence = pipeline.perceive(item)
        except BadInput as error:
            inputs.remarks.count(error.reason, str(error))
        steps.extend([Step(modality_of(item), time_of(item), evidence)])
    rest = pipeline.flush()
    pipeline.tell(inputs.remarks)
    return Perceived(steps, rest), origin


def _held(spans: Sequence[LabelSpan], states: Sequence[Emotion], origin: int) -> list[_Held]:
    """Return the states of each span; on a border the earlier span has them.

    A state without evidence, which says that the last has expired, is none.
    """
    held = [array('d') for _ in spans]
    for state in states:
        time = (state.stamp - origin) / NANOSECONDS
        owner = next((index for index, span in enumerate(spans)
                      if span.holds(time, state.person_id)), None)
        if owner is not None and state.modalities:
            held[owner].extend([*state.probability, state.uncertainty, state.conflict])
    return [_Held(np.asarray(rows).reshape(-1, len(EMOTIONS) + 2)) for rows in held]


def _figures(spans: Sequence[LabelSpan], held: Sequence[_Held], *, fused: bool,
             **options: Any) -> dict[str, Any]:
    """Return `summarise` of the decisions about the spans in which something was perceived."""
    seen = [(span, states) for span, states in zip(spans, held, strict=True) if states]
    if not seen:
        return {'n': 0}
    return summarise(
        np.array([EMOTIONS.index(span.label) for span, _ in seen]),
        np.array([states.probability for _, states in seen]), labels=EMOTIONS,
        uncertainty=[states.uncertainty for _, states in seen],
        conflict=[states.conflict for _, states in seen] if fused else None, **options)


def _decision(span: LabelSpan, states: _Held) -> dict[str, Any]:
    decision: dict[str, Any] = {**asdict(span), 'states': len(states), 'decision': None}
    if states:
        probability = states.probability
        decision.update(
            decision=EMOTIONS[int(probability.argmax())], confidence=float(probability.max()),
            uncertainty=states.uncertainty, conflict=states.conflict)
    return decision
