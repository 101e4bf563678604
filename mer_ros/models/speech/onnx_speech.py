"""Speech models exported to ONNX: waveform in, scores out, without torch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import check_labels
from mer_ros.models.input_checks import check_waveform
from mer_ros.models.onnx_file import open_exported
from mer_ros.models.speech.waveform_windows import windows


class OnnxSpeech:
    """Classifies utterances with a file that `mer_ros models export` wrote for a speech model.

    Utterances are cut as the model in torch cuts them, and their scores averaged.  Each window
    goes through the graph alone, so that no padding blurs its scores.  An utterance below 0.1 s,
    or without anything to hear, supports no class: its scores are all 0.  The file tells whether
    windows are standardised (``standardise``); that happens here, in double precision, because
    a quiet voice would vanish in a graph of half precision.

    Args:
        path: the ONNX file.
        device: auto, cpu or cuda.
        threads: cores to use.

    """

    def __init__(self, *, path: Path | str, device: str = 'cpu', threads: int = 1) -> None:
        self._session, about = open_exported(path, 'speech', device=device, threads=threads)
        self.name = str(about['name'])
        self.labels = check_labels(about['labels'])
        self._standardise = bool(about['standardise'])

    def logits(self, batch: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of B mono waveforms at 16 kHz in [-1, 1].

        Raises ValueError for a waveform that is empty, not (n,), not float or not finite.
        """
        scores = np.zeros((len(batch), len(self.labels)), dtype=np.float32)
        for row, waveform in zip(scores, batch, strict=True):
            found = [self._judge(window) for window in windows(check_waveform(waveform))]
            if found:
                row[:] = np.mean(found, axis=0)
        return scores

    def _judge(self, window: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._standardise:
            samples = window.astype(np.float64)
            samples -= samples.mean()
            window = (samples / np.sqrt(samples.var() + 1e-5)).astype(np.float32)
        return np.asarray(self._session.run(['logits'], {'waveform': window[np.newaxis]})[0][0])
