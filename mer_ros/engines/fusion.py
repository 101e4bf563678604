"""The fusion engine: logits of several modalities in, perceived emotions out."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from mer_ros.data import Emotion, Logits, ModalityOpinion, NO_VOICE, Speaker, VoiceHeard
from mer_ros.emotions import check_labels, circumplex, EMOTIONS, in_frame, UNKNOWN
from mer_ros.engines.active_speaker import ActiveSpeaker
from mer_ros.engines.check_logits import check_logits
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.prediction_set import prediction_set
from mer_ros.engines.temporal import TemporalFilter
from mer_ros.engines.valence_arousal import joined
from mer_ros.engines.voice_gate import VoiceGate
from mer_ros.engines.window_trust import trusted_together
from mer_ros.fusion import Opinion
from mer_ros.fusion.fuse_stack import fuse_one
from mer_ros.fusion.one_window import PlainStack
from mer_ros.window import Window, Windows, WindowSettings

NOWHERE = (float('nan'), float('nan'))
"""Valence and arousal of a person about whom nothing is known."""

_stamp = attrgetter('stamp')


class FusionEngine:
    """Gathers logits into windows of event time and fuses each window into one `Emotion`.

    A modality is discounted by its reliability (see `company`) times the quality of the message
    times its freshness (2 to the power of minus its age in half-lives), so that old evidence fades
    to ignorance; the settings may leave out either of the last two.  When the last evidence about
    a person has expired, one 'unknown' state with a vacuous opinion is given, with the expiry as
    its stamp.

    Evidence that names no person is about the active speaker of its middle, where one was noted
    (see ActiveSpeaker), else about the one anonymous person ''.

    Words that came while the microphone heard no voice have no weight, the doubt 'no_voice' and a
    place in ``counts``, and they take the place of no others (see VoiceGate and `note_voice`).

    With ``temporal`` the states of each person are smoothed (see TemporalFilter) before they are
    labelled; what each modality said stays as it was.  Valence and arousal are those expected
    under the probabilities (see `mer_ros.emotions.circumplex`), joined with what the models say
    themselves (see `mer_ros.engines.valence_arousal`).

    A state's label is 'unknown' when its confidence or uncertainty is beyond the thresholds of
    the settings, or when no class is ahead of all others.  It may be believed for ``valid_for``
    after its stamp, the time in which its evidence expires.  With a ``set_coverage`` it has a
    prediction set, which an 'unknown' label does not change; of somebody about whom nothing is
    known it is all labels.

    Args:
        modalities: names of the expected modalities; states list them in this order.
        labels: the K classes of the frame; messages may name fewer, in any order.
        fusion: how to fuse and when to abstain.
        window: how to gather messages.
        temporal: memory over the states of each person; None = each state on its own.

    Raises:
        ValueError: a setting is not allowed; the message says what is.
    """

    def __init__(
        self,
        *,
        modalities: Sequence[str],
        labels: Sequence[str] = EMOTIONS,
        fusion: FusionSettings | None = None,
        window: WindowSettings | None = None,
        temporal: TemporalFilter | None = None,
    ) -> None:
        self.labels = check_labels(labels)
        self._windows = Windows(modalities, window, on_restart=self._forget_people)
        self._speaker = ActiveSpeaker(max_future=self._windows.settings.max_future)
        self._gate = VoiceGate({}, max_future=self._windows.settings.max_future)
        self._temporal = temporal
        self.configure(fusion or FusionSettings())

    @property
    def modalities(self) -> tuple[str, ...]:
        """The expected modalities, in the order of the states."""
        return self._windows.modalities

    @property
    def people(self) -> Collection[str]:
        """Whom there is evidence about."""
        return self._windows.people

    @property
    def settings(self) -> FusionSettings:
        """The settings in force."""
        return self._settings

    @property
    def counts(self) -> Counter[str]:
        """What was out of the ordinary, by reason; see `mer_ros.window.Windows`."""
        return self._windows.counts

    def configure(self, settings: FusionSettings) -> None:
        """Fuse with other settings from the next state on; what is gathered stays.

        Raises ValueError, and keeps the old settings, if the new ones are not allowed.
        """
        self._method, options = settings.prepare(self.modalities, self.labels)
        self._settings = settings
        self._gate.configure(settings.voice_needed(self.modalities))
        self._trust = {name: settings.trust_in(name, self.labels) for name in self.modalities}
        self._heat = dict(zip(self.modalities, options.temperature.tolist(), strict=True))
        reference = options.reference
        self._reference = reference if isinstance(reference, str) else dict(
            zip(self.modalities, reference.tolist(), strict=True))

    def reset(self) -> None:
        """Forget all evidence, as after a jump of the clock; the counts stay."""
        self._windows.reset()
        self._forget_people()

    def withdraw(self) -> list[Emotion]:
        """Forget all evidence; return the 'unknown' state of everybody who had another one."""
        last = self._windows.newest_used()
        self.reset()
        return [self.nothing_known(person, stamp) for person, stamp in sorted(last.items())]

    def turned_away(self) -> list[str]:
        """Return who has found no place since the last call; see `mer_ros.window.Windows`."""
        return self._windows.turned_away()

    def note_speaker(self, speaker: Speaker, now: int | None = None) -> None:
        """Take in whom the robot was talking with; raise BadInput for a stamp in the future."""
        self._speaker.note(speaker, now)

    def add(self, logits: Logits, now: int | None) -> list[Emotion]:
        """Take one message in and return the states that are ready.

        Args:
            logits: the message.
            now: the clock in nanoseconds; None or 0 as long as there is no time.

        Raises:
            BadInput: the message cannot be used; nothing has changed.
        """
        check_logits(logits, self.labels)
        if not logits.person_id and (
                speaker := self._speaker.at(logits.stamp - logits.window // 2)):
            logits = replace(logits, person_id=speaker)
        return self._gather(self._gate.add(logits, now), now)

    def note_voice(self, report: VoiceHeard, now: int | None = None) -> list[Emotion]:
        """Take in what the microphone heard; return the states that are ready.

        Raises BadInput as `VoiceGate.note` does.
        """
        return self._gather(self._gate.note(report, now), now)

    def advance(self, now: int | None) -> list[Emotion]:
        """Return the states that are ready at ``now``."""
        states = self._gather(self._gate.due(now), now)
        return states + [self._emotion(window) for window in self._windows.advance(now)]

    def next_deadline(self) -> int | None:
        """Return the time of the clock at which ``advance`` next has something to do, or None."""
        return min([time for time in (self._windows.next_deadline(), self._gate.deadline)
                    if time is not None], default=None)

    def _gather(self, items: Iterable[Logits], now: int | None) -> list[Emotion]:
        states = []
        for item in items:
            if NO_VOICE in item.doubts:
                self.counts[NO_VOICE] += 1
            states += [self._emotion(window) for window in self._windows.add(item, now)]
        return states

    def nothing_known(self, person_id: str, stamp: int) -> Emotion:
        """Return the state of a person about whom there is no evidence: 'unknown', vacuous."""
        return self._emotion(Window(person_id, stamp, stamp, {}, self.modalities, expired=True))

    def _forget_people(self) -> None:
        self._speaker.reset()
        self._gate.reset()
        if self._temporal is not None:
            self._temporal.reset()

    def _emotion(self, window: Window) -> Emotion:
        evidence = [one.logits for one in window.evidence.values()]
        newest = max(evidence, key=_stamp, default=None)
        opinion, trust = self._fuse(window)
        probability = opinion.probability
        best = int(probability.argmax())
        point = joined(circumplex(self.labels, probability) if newest else NOWHERE,
                       zip(evidence, trust, strict=True))
        weights = (trust if opinion.judgement is None
                   else opinion.judgement.weights)
        stamp = newest.stamp if newest else window.time
        state = Emotion(
            stamp=stamp,
            window_start=max(0, min([item.stamp - item.window for item in evidence],
                                    default=window.start)),
            person_id=window.person_id,
            label=self.labels[best],
            confidence=float(probability[best]),
            uncertainty=float(opinion.uncertainty),
            conflict=float(opinion.lost_certainty),
            certain_conflict=float(opinion.disagreement),
            labels=self.labels,
            belief=opinion.belief,
            probability=probability,
            alpha=opinion.alpha,
            valence=point.valence,
            arousal=point.arousal,
            valence_deviation=point.valence_deviation,
            arousal_deviation=point.arousal_deviation,
            modalities=_contributions(evidence, opinion, weights, stamp),
            missing=window.missing,
            valid_for=self._windows.settings.max_age if newest else 0,
            frame_id=newest.frame_id if newest else '',
        )
        if self._temporal is not None:
            if newest:
                state = self._temporal.update(state)
            else:
                self._temporal.forget(window.person_id)
        if self._settings.set_coverage:
            state = replace(
                state, prediction_set_coverage=self._settings.set_coverage,
                prediction_set=prediction_set(self.labels, state.probability,
                                              self._settings.set_threshold))
        return replace(state, label=UNKNOWN) if self._abstains(state) else state

    def _fuse(self, window: Window) -> tuple[Opinion, Sequence[float]]:
        """Fuse what is in a window; return the opinion, and how far each modality was trusted."""
        rows, places, presence, together = [], [], [], []
        for name, one in window.evidence.items():
            row, named = in_frame(one.logits.labels, one.logits.logits.tolist(), self.labels)
            counts = self._settings.discount_quality or NO_VOICE in one.logits.doubts
            there = one.logits.quality if counts else 1.0
            rows.append(row)
            places.append(named)
            presence.append(there * one.freshness if self._settings.discount_age else there)
            together.append(self._trust[name].beside(row, named))
        used = tuple(window.evidence)
        trust = trusted_together(together, [self._trust[name].alone for name in used], presence)
        stack = PlainStack(
            used, window.missing, rows, [self._heat[name] for name in used], trust,
            self._reference if isinstance(self._reference, str)
            else [self._reference[name] for name in used], places if any(places) else None)
        return fuse_one(stack, self._method, len(self.labels)), trust

    def _abstains(self, state: Emotion) -> bool:
        return (state.confidence < self._settings.needed_confidence
                or state.uncertainty > self._settings.max_uncertainty
                or (state.probability == state.confidence).sum() > 1)


def _contributions(evidence: Sequence[Logits], opinion: Opinion, weights: Iterable[Any],
                   stamp: int) -> tuple[ModalityOpinion, ...]:
    return tuple([
        ModalityOpinion(
            modality=item.modality, model=item.model, belief=belief, uncertainty=uncertainty,
            probability=probability, age=stamp - item.stamp, weight=float(weight),
            doubts=item.doubts)
        for item, (belief, uncertainty, probability), weight in zip(
            evidence, opinion.contributions(), weights, strict=True)])
