"""From sound to the evidence of the voice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import AudioBlock, BadInput, check_stamp, Logits, Media, NANOSECONDS
from mer_ros.engines.scores import check_gives_features, features_of, scores
from mer_ros.engines.speaker_adaptation import SpeakerAdaptation
from mer_ros.models.protocols import SpeechModel
from mer_ros.perception.sample_clock import SampleClock
from mer_ros.perception.segments import Frame, Segmenter, SlidingWindow, Utterance
from mer_ros.perception.sound import check_sound, Resampler, SAMPLE_RATE
from mer_ros.perception.voice import FRAME, SileroVoice, VoiceActivity

MODES = ('utterance', 'window', 'both')
"""When to judge: at the end of each utterance, on sliding windows while someone speaks, or both."""

_CLIPPED = 0.999
_LONG_ENOUGH = NANOSECONDS
_FULLY_VOICED = 0.6

LEAST_NEW = NANOSECONDS // 4
"""Less new sound than this has no features of its own: it is left to the next ones."""

LEARN_FROM = 0.5
"""The least quality of an utterance that adaptation learns from."""


def quality(utterance: Utterance) -> float:
    """Return how far the voice in an utterance can be trusted, in [0, 1].

    The product of three shares: of the frames in which someone spoke (pauses and padding belong
    to speech: 0.6 of all is as good as 1); of what clipping left (a tenth of the samples at full
    scale leaves nothing); of the first second, since a shorter utterance says little.
    """
    clipped = float(np.mean(np.abs(utterance.waveform) >= _CLIPPED))
    unclipped = max(0.0, 1.0 - 10.0 * clipped)
    voiced = min(1.0, utterance.voiced / _FULLY_VOICED)
    return voiced * unclipped * min(1.0, (utterance.end - utterance.start) / _LONG_ENOUGH)


class SpeechEngine:
    """Judges the utterances in one stream of sound.

    ``mode`` is one of MODES; windows are ``window_length`` seconds long and come every ``hop``
    seconds (speech shorter than a hop is judged when it ends).  ``segmenter`` sets how utterances
    are found, ``voice`` by what; ``tolerance`` is that of SampleClock, in seconds.  ``counts``
    says how often sound was lost (``gap``: the utterance ends there) or time was set back
    (``backward``: everything is forgotten).  With ``adaptation``, the voice is judged against the
    person's own; it learns from whole utterances, after they were judged, never from windows.

    ``with_features`` asks for the model's features too; ValueError where it gives none.  They are
    of the sound since the last ones, so that nothing is told of twice where windows overlap.
    ``with_media`` asks for the sound that was judged, at 16 kHz.
    """

    def __init__(
        self, model: SpeechModel, *, mode: str = 'both', window_length: float = 3.0,
        hop: float = 1.0, segmenter: Segmenter | None = None, voice: VoiceActivity | None = None,
        tolerance: float = 0.1, adaptation: SpeakerAdaptation | None = None,
        with_features: bool = False, with_media: bool = False,
    ) -> None:
        if mode not in MODES:
            raise ValueError(f'no mode is called {mode!r}; known: {list(MODES)}')
        if with_features:
            check_gives_features(model)
        self.counts: Counter[str] = Counter()
        self._model = model
        self._mode = mode
        self._clock = SampleClock(tolerance=tolerance)
        self._resampler = Resampler()
        self._voice = voice or SileroVoice()
        self._segmenter = segmenter or Segmenter()
        self._windows = SlidingWindow(length=window_length, hop=hop)
        self._adaptation = adaptation
        self._with_features = with_features
        self._with_media = with_media
        self.reset()

    @property
    def people(self) -> tuple[str, ...]:
        """The persons that the engine has adapted to."""
        return () if self._adaptation is None else self._adaptation.people

    def reset(self) -> None:
        """Forget the stream and how people sound; the counts stay."""
        self._restart()
        self.reset_adaptation()

    def reset_adaptation(self) -> None:
        """Forget how people sound."""
        if self._adaptation is not None:
            self._adaptation.forget()

    def _restart(self) -> None:
        self._clock.reset()
        self._resampler.reset()
        self._voice.reset()
        self._segmenter.reset()
        self._windows.reset()
        self._rest = np.empty(0, dtype=np.float32)
        self._source: AudioBlock | None = None
        self._told = 0

    def process(self, block: AudioBlock) -> list[Logits]:
        """Take the next block; return the evidence that it completes.

        A gap, another person, frame, rate or number of channels ends the open utterance.

        Raises:
            BadInput: ``unstamped``, ``channels``, ``sample_rate``, ``not_finite``,
                ``model_output``.
        """
        check_block(block)
        step = self._clock.step(block.stamp)
        if step != 'next':
            self.counts[step] += 1
        results: list[Logits] = []
        if step == 'backward':
            self.reset()
        elif step == 'gap' or (self._source is not None and _kind(block) != _kind(self._source)):
            results = self.flush()
        stamp = self._clock.place(block.stamp, block.end - block.stamp)
        self._source = block
        return results + self._judge(*self._resampler.push(replace(block, stamp=stamp)))

    def flush(self) -> list[Logits]:
        """End the stream here; return the evidence that was still open; people stay known."""
        if self._source is None:
            return []
        results = self._judge(*self._resampler.flush())
        utterance = self._segmenter.flush()
        if utterance is not None:
            results += self._end(utterance)
        self._restart()
        return results

    def _judge(self, stamp: int, samples: NDArray[np.float32]) -> list[Logits]:
        stamp -= len(self._rest) * NANOSECONDS // SAMPLE_RATE
        stream = np.concatenate([self._rest, samples])
        whole = len(stream) - len(stream) % FRAME
        self._rest = stream[whole:]
        results = []
        for start in range(0, whole, FRAME):
            part = stream[start:start + FRAME]
            frame = Frame(stamp + start * NANOSECONDS // SAMPLE_RATE,
                          self._voice.probability(part), part)
            results += self._listen(frame)
        return results

    def _listen(self, frame: Frame) -> list[Logits]:
        utterance = self._segmenter.push(frame)
        results = [] if utterance is None else self._end(utterance)
        window = self._windows.push(
            frame, speaking=self._segmenter.speaking, keep=self._segmenter.keep)
        if window is not None and self._mode != 'utterance':
            results.append(self._with_sight(self._finish(window, whole=False), window))
        return results

    def _end(self, utterance: Utterance) -> list[Logits]:
        """Judge a whole utterance, if it is asked for or if something is to be learned from it."""
        wanted = self._mode != 'window' or not self._windows.given
        if not wanted and self._adaptation is None:
            return []
        logits = self._finish(utterance, whole=True)
        return [self._with_sight(logits, utterance)] if wanted else []

    def _finish(self, utterance: Utterance, *, whole: bool) -> Logits:
        source = self._source
        assert source is not None, 'sound is judged only after a block came'
        trust = quality(utterance)
        if self._adaptation is None:
            logits = scores(self._model, utterance.waveform)
        else:
            logits = self._adaptation.hear(
                source.person_id, utterance.waveform, learn=whole and trust >= LEARN_FROM)
        return Logits(
            stamp=utterance.end, modality='speech', labels=tuple(self._model.labels),
            logits=logits, person_id=source.person_id, model=self._model.name,
            window=utterance.end - utterance.start, quality=trust, frame_id=source.frame_id,
            media=Media(sound=utterance.waveform) if self._with_media else None)

    def _with_sight(self, logits: Logits, utterance: Utterance) -> Logits:
        """Return the logits with the features of what no features were of yet, if asked for."""
        if not self._with_features or utterance.end - self._told < LEAST_NEW:
            return logits
        new = -(-(utterance.end - self._told) * SAMPLE_RATE // NANOSECONDS)
        self._told = utterance.end
        return replace(logits, features=features_of(self._model, utterance.waveform[-new:]))


def _kind(block: AudioBlock) -> tuple[str, str, int, int]:
    return block.person_id, block.frame_id, block.sample_rate, block.samples.shape[1]


def check_block(block: AudioBlock) -> None:
    """Raise BadInput where sound cannot be used.

    The reasons are ``unstamped``, ``channels``, ``sample_rate`` and ``not_finite``.
    """
    check_stamp(block.stamp)
    if block.samples.ndim != 2:
        raise BadInput('channels', (
            f'samples of shape {block.samples.shape} cannot be used; needed is (n, channels)'))
    check_sound(block.samples.shape[1], block.sample_rate)
    if not np.isfinite(block.samples).all():
        raise BadInput('not_finite', (
            'sound holds samples that are NaN or infinite; they must be finite, in [-1, 1]'))
