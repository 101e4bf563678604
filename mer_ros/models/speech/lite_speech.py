"""The built-in speech classifier: statistics of the voice and a small ensemble of networks."""

from collections.abc import Sequence
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import SAMPLE_RATE
from mer_ros.emotions import check_labels
from mer_ros.models.input_checks import check_waveform
from mer_ros.models.session import open_session, WEIGHTS
from mer_ros.models.shipped import read_shipped
from mer_ros.models.speech.speech_features import speech_features
from mer_ros.models.speech.voice_encoder import LONGEST_S, VoiceEncoder

WINDOW_S = LONGEST_S
"""Longer utterances are cut into equal windows of at most this many seconds."""

ROW_S = 1.0
"""A row of the features tells of at most this many seconds."""

LIMIT = 3.0
"""Standardised statistics are clipped to +- this, so that no outlier decides alone."""


class LiteSpeech:
    """Classifies utterances into six emotions (not surprise); about 16 ms for 3 s on one core.

    The statistics of an utterance are those of `speech_features` and, where the description says
    so (``heard``), those of `VoiceEncoder`.

    The statistics of an utterance are standardised by those of the population it learned from,
    and clipped to +-3, before the networks see them; those of a long utterance are the mean over
    its windows.  The temperature that was fitted on held-out speakers is part of the ONNX file;
    it rises with the distance of the statistics from those that were learned, so that speech
    unlike them gives little evidence.  To adapt to a person, give `classify` that person's own
    mean of the statistics; ``departures`` (K, D) is by how much each emotion departs from it,
    ``inertia`` (D,) how much slower than the others a statistic shall follow the person.

    Args:
        path: an ONNX file with its description beside it (.json), as `mer_ros train speech`
            writes.
        threads: cores for the networks; the statistics take most of the time and use one.

    Raises:
        OSError: a file is missing, or the network of the encoder is not installed.
        ValueError: a file is damaged.

    """

    name = 'lite'
    stands_in = ''
    """What it stands in for, and why; see `auto_speech`."""

    def __init__(
        self, *, path: Path | str = WEIGHTS / 'lite_speech.onnx', threads: int = 1
    ) -> None:
        file = Path(path)
        self._session = open_session(file, threads=threads)
        description = json.loads(read_shipped(file.with_suffix('.json')))
        self.labels = check_labels(description['labels'])
        self.statistics: tuple[str, ...] = tuple(description['statistics'])
        self.mean: NDArray[np.float64] = np.array(description['mean'])
        self._scale: NDArray[np.float64] = np.array(description['scale'])
        self.departures: NDArray[np.float64] = np.array(description['departures'])
        self.inertia: NDArray[np.float64] = np.array(description['inertia'])
        self._encoder = VoiceEncoder(threads=threads) if description.get('heard') else None

    def describe(self, waveform: NDArray[np.float32]) -> NDArray[np.float64] | None:
        """Return the statistics (D,) of a mono waveform at 16 kHz, or None when it is silent.

        One that cannot be measured (the pitch of a whisper) stands at the population's mean.
        Raises ValueError for a waveform that is empty, not (n,), not float or not finite.
        """
        rows, windows = self._measure_windows(waveform, WINDOW_S)
        if not len(rows):
            return None
        row: NDArray[np.float64] = rows.mean(axis=0)
        if self._encoder is not None:
            heard = [self._encoder.describe(window) for window in windows]
            row = np.concatenate([row, np.mean(heard, axis=0)])
        return row

    def features(self, waveform: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the statistics of each second of a waveform, float32 (T, S), each in +-3.

        What an encoder hears is no part of them.  They are standardised by the population and
        clipped, as the networks see them.  The rows are equal parts of at most `ROW_S`; silent ones
        are left out, so T may be 0.  Raises ValueError as `describe` does.
        """
        rows, _ = self._measure_windows(waveform, ROW_S)
        mean, scale = (values[:len(self.statistics)] for values in (self.mean, self._scale))
        return np.clip((rows - mean) / scale, -LIMIT, LIMIT).astype(np.float32)

    def _measure_windows(
        self, waveform: NDArray[np.float32], longest: float
    ) -> tuple[NDArray[np.float64], list[NDArray[np.float32]]]:
        """Return the statistics (T, S) of equal windows of at most so many seconds, and these T.

        Silent ones are left out; what the encoder hears is no part of it.
        """
        samples = check_waveform(waveform)
        rows, windows, mean = [], [], self.mean[:len(self.statistics)]
        for window in np.array_split(samples, -(-len(samples) // round(longest * SAMPLE_RATE))):
            values = speech_features(window)
            if values is not None:
                row = np.array([values[name] for name in self.statistics])
                rows.append(np.where(np.isfinite(row), row, mean))
                windows.append(window)
        return np.array(rows).reshape(-1, len(self.statistics)), windows

    def classify(
        self, statistics: NDArray[np.float64], *, mean: NDArray[np.float64] | None = None,
    ) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B utterances described by (B, D).

        The mean (D,) or (B, D) is that of the speaker, or the population's where None.
        """
        centre = self.mean if mean is None else mean
        standard = ((statistics - centre) / self._scale).astype(np.float32)
        return np.asarray(self._session.run(['logits'], {'statistics': standard})[0], np.float32)

    def strangeness(self, statistics: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how surely B sounds (B, D) are none of the voices that were learned, (B,).

        In [0, 1]; above 0.5 it is rather a noise, a tone, music, or far from all that was learned.
        """
        standard = ((statistics - self.mean) / self._scale).astype(np.float32)
        return np.asarray(
            self._session.run(['strangeness'], {'statistics': standard})[0], np.float64)

    def logits(self, batch: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B mono waveforms at 16 kHz in [-1, 1].

        Any length of at least one sample is taken; the gain does not matter.  A waveform in
        which there is nothing to hear supports no class: its scores are all 0.  Raises
        ValueError as `describe` does.
        """
        described = [self.describe(waveform) for waveform in batch]
        scores = np.zeros((len(described), len(self.labels)), dtype=np.float32)
        heard = [index for index, row in enumerate(described) if row is not None]
        if heard:
            scores[heard] = self.classify(np.stack([row for row in described if row is not None]))
        return scores
