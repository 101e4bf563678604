"""The settings with which the fusion engine fuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.engines.company import beside, trusted
from mer_ros.engines.window_trust import ModalityTrust
from mer_ros.fusion import Affine, Rule
from mer_ros.fusion.affine import read_calibration
from mer_ros.fusion.fuse_logits import Options, read_options
from mer_ros.fusion.fuse_stack import fuse_stack, Method, Stack
from mer_ros.fusion.presets import find_preset

PerModality = float | Mapping[str, float]
"""A number for all modalities, or by modality; those that a mapping leaves out have 1."""


BUILT_IN_RELIABILITY: dict[str, float] = {'speech': 0.9}
"""How far the built-in models are trusted beside other modalities, and alone where no more is said.

On the dev actors of CREMA-D the calibration error of the voice alone is least there (0.027; 0.046
at full trust), and it costs nothing beside others (`mer_ros calibrate --graph`).
"""

BUILT_IN_ALONE: dict[str, float] = {'text': 1.0}
"""How far the built-in models are trusted where nothing else is present; else as beside others.

What words express is what the text model says; what a person feels who is seen and heard is
another matter.
"""

BUILT_IN_WEAK: dict[str, tuple[str, ...]] = {'text': ('neutral', 'surprise')}
"""The classes about which the built-in models are trusted less beside others.

Most sentences are neutral whatever the speaker feels, and what sounds like surprise in writing
("That is exactly what happened") is said in any mood.
"""

BUILT_IN_WEAK_RELIABILITY: dict[str, float] = {'text': 0.0}
"""How far they are trusted about these.

Words are then free of cost beside people's votes on faces and voices (`mer_ros calibrate --graph`).
"""

BUILT_IN_VOICE_WITHIN: dict[str, float] = {'text': 5.0}
"""Seconds before words in which a voice must have been heard, where the microphone reports.

A recogniser may take that long, and often stamps words when it is done.
"""

MIN_CONFIDENCE = 0.4
"""Below this probability of the best label the fusion node says 'unknown'.

It is about where the built-in face and text models alone name the emotion in 82 % of the dev
recordings of their data sets, and are wrong in 30 % of those instead of 36 % of all
(doc/ALGORITHM.md, Abstention).
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class FusionSettings:
    """How the evidence of a window is fused, and when the engine abstains.

    The defaults are those of the fusion node's parameters, which are made from them.

    Args:
        preset, evidence, reference, temperature, rule: as for `mer_ros.fusion.fuse`; None leaves
            the value of the preset.
        calibration: as for `fuse`, by modality; the logits of the others stay as they are.
        reliability: of each modality, before quality and freshness, in [0, 1]; None means
            BUILT_IN_RELIABILITY with the preset calibrated, else 1.
        weak_labels: by modality, the classes about which it is trusted less beside others, see
            `mer_ros.engines.company`; None as for the next one, and none for others.
        weak_reliability: by modality, how far it is trusted about these.
        reliability_alone: the same where no other modality is present, see
            `mer_ros.engines.company`; None means BUILT_IN_ALONE where ``reliability`` is None too
            and the preset is calibrated, and for others the reliability.
        discount_quality: whether the quality of a message discounts its evidence.
        discount_age: whether the age of a message discounts its evidence.
        output_temperature: as for `fuse`, with the preset calibrated; the others define their
            probability by eq. (12) and ignore it.  None is eq. (12) for every preset.
        min_confidence: below this probability of the best label the label is 'unknown', in [0, 1],
            with the preset calibrated; the others' is no probability of being right.
        max_uncertainty: above this uncertainty the label is 'unknown', in [0, 1].
        set_coverage: share of cases in which the prediction set holds the truth, in [0, 1]; 0
            gives no sets.
        set_threshold: of `prediction_set` for that coverage, in [0, 1]; 1 gives all labels.
        voice_within: by modality, seconds before its evidence in which a voice must have been
            heard, see `mer_ros.engines.voice_gate`; 0, as for those left out, asks for none; None
            means BUILT_IN_VOICE_WITHIN.

    Raises:
        ValueError: the preset is unknown or a threshold is out of range.
    """

    preset: str = 'calibrated'
    evidence: str | None = None
    reference: str | PerModality | None = None
    temperature: PerModality | None = None
    calibration: Mapping[str, Affine] | None = None
    reliability: PerModality | None = None
    reliability_alone: PerModality | None = None
    weak_labels: Mapping[str, Sequence[str]] | None = None
    weak_reliability: Mapping[str, float] | None = None
    rule: str | Rule | None = None
    discount_quality: bool = True
    discount_age: bool = True
    output_temperature: float | None = 1.0
    min_confidence: float = MIN_CONFIDENCE
    max_uncertainty: float = 1.0
    set_coverage: float = 0.0
    set_threshold: float = 1.0
    voice_within: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        """Check what can be checked without knowing the modalities."""
        find_preset(self.preset)
        for name in ('min_confidence', 'max_uncertainty', 'set_coverage', 'set_threshold'):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f'{name} is {value}; it must be in [0, 1]')

    def voice_needed(self, modalities: Sequence[str]) -> dict[str, float]:
        """Return the seconds of `VoiceGate` by modality."""
        given = BUILT_IN_VOICE_WITHIN if self.voice_within is None else self.voice_within
        return {name: given[name] for name in modalities if given.get(name)}

    @property
    def options(self) -> dict[str, Any]:
        """The keyword options of `fuse`, without the reliability."""
        return {'preset': self.preset, 'evidence': self.evidence, 'reference': self.reference,
                'temperature': self.temperature, 'calibration': self.calibration,
                'rule': self.rule, 'doubt': self.preset == 'calibrated',
                'output_temperature':
                    self.output_temperature if self.preset == 'calibrated' else None}

    @property
    def needed_confidence(self) -> float:
        """Probability in [0, 1] below which the label is 'unknown'."""
        return self.min_confidence if self.preset == 'calibrated' else 0.0

    def reliability_of(self, modality: str) -> float:
        """Return the reliability in [0, 1] that a modality has before quality and freshness."""
        given = self.reliability
        if given is None:
            given = BUILT_IN_RELIABILITY if self.preset == 'calibrated' else 1.0
        return given.get(modality, 1.0) if isinstance(given, Mapping) else given

    def alone_of(self, modality: str) -> float:
        """Return the reliability in [0, 1] that a modality has where no other one is present."""
        given = self.reliability_alone
        if given is None and self.reliability is None and self.preset == 'calibrated':
            given = BUILT_IN_ALONE
        same = self.reliability_of(modality)
        if given is None:
            return same
        return given.get(modality, same) if isinstance(given, Mapping) else given

    def beside(self, modality: str, logits: NDArray[np.float64], named: NDArray[np.bool_],
               labels: Sequence[str] = EMOTIONS) -> float | NDArray[np.float64]:
        """Return how far what a modality says (..., K) is trusted beside others, see `beside`."""
        trust = self.trust_in(modality, labels)
        if trust.strong is None:
            return trust.reliability
        scores = logits if trust.calibration is None else trust.calibration.apply(logits)
        return beside(trust.reliability, trust.weak, scores / trust.temperature, named,
                      ~np.array(trust.strong))

    def trust_in(self, modality: str, labels: Sequence[str] = EMOTIONS) -> ModalityTrust:
        """Return what the settings say of the trust in a modality."""
        reliability, temperature = self.reliability_of(modality), self.temperature or 1.0
        weak_labels = self._weak(modality)
        strong = tuple([label not in weak_labels for label in labels])
        return ModalityTrust(
            reliability, self.alone_of(modality), strong=None if all(strong) else strong,
            weak=(BUILT_IN_WEAK_RELIABILITY if self.weak_reliability is None
                  else self.weak_reliability).get(modality, reliability),
            temperature=temperature.get(modality, 1.0) if isinstance(temperature, Mapping)
            else temperature, calibration=(self.calibration or {}).get(modality))

    def trust(self, presence: Mapping[str, NDArray[np.float64]],
              together: Mapping[str, Any]) -> dict[str, NDArray[np.float64]]:
        """Return the reliability (N) by modality, of its presence (N) and its `beside`."""
        names = list(presence)
        there = np.array([presence[name] for name in names])
        rows = trusted(
            np.array([np.broadcast_to(together[name], there.shape[1:]) for name in names]),
            np.array([self.alone_of(name) for name in names]), there)
        return dict(zip(names, rows, strict=True))

    def _weak(self, modality: str) -> Sequence[str]:
        given = self.weak_labels
        if given is None:
            built_in = self.reliability is None and self.preset == 'calibrated'
            given = BUILT_IN_WEAK if built_in else {}
        return given.get(modality, ())

    def prepare(self, modalities: Sequence[str], labels: Sequence[str] = EMOTIONS
                ) -> tuple[Method, Options]:
        """Return how to fuse, and the options of each modality in this order.

        Raises ValueError if nothing can be fused so; it says what was given and what is allowed.
        """
        preset, names = find_preset(self.preset), tuple(modalities)
        options = self.options
        method = Method.of(
            preset, evidence=self.evidence, rule=self.rule, doubt=options['doubt'],
            output_temperature=options['output_temperature'],
            calibration=read_calibration(self.calibration, names, len(labels)))
        if method.rule.labels not in ((), tuple(labels)):
            raise ValueError(
                f'the fusion rule was made for {list(method.rule.labels)}, the labels are '
                f'{list(labels)}; load it for these (load_attention(labels=))')
        given = self.reliability
        chosen = read_options(
            preset, method, temperature=self.temperature, reference=self.reference,
            reliability={name: self.reliability_of(name) for name in names}
            if given is None else given, used=names, known=names)
        # What a rule knows of these modalities shows when it is tried, on logits that say nothing.
        fuse_stack(Stack(names, (), np.zeros((len(names), len(labels))), *chosen), method)
        return method, chosen
