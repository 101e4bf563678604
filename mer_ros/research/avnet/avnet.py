"""The lightweight audio-visual network: one face and the sound around it, segment by segment.

A. Radoi and G. Cioroiu, Uncertainty-Based Learning of a Lightweight Model for Multimodal Emotion
Recognition (IEEE Access, 2024), section III.B.  No weights ship with the package.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import check_labels
from mer_ros.models.session import open_session
from mer_ros.models.speech.mel import log_mel
from mer_ros.research.avnet.avnet_sizes import AUDIO_S, FACE_SHAPE
from mer_ros.research.avnet.avnet_weights import CHECKPOINT, read_description, Weights

SEGMENT_S = 0.5
"""Seconds of a segment where weights do not say it: five of a film of CREMA-D."""

HOW_TO_GET = (
    'no audio-visual weights ship with the package: train them with `mer_ros train avnet --data '
    'DIR --dataset crema_d --fold 1 --out runs`, export them with `mer_ros models export avnet '
    '--path runs/avnet/crema_d/fold_1 --out models`, and give the path models/avnet_fp32.onnx')


class AvNet:
    """Classifies films of one person from N segments: a grey face and 1.5 s of sound of each.

    A segment is embedded alone, so that a stream embeds each once and averages the scores of the
    newest N; `mer_ros.research.avnet.av_segments` cuts what it takes.

    ``labels`` are those of `mer_ros.emotions.EMOTIONS` that it learned, in that order, and then
    what else its data named (calm, in RAVDESS); ``segments`` is the N that it learned with and
    ``sample_rate`` the rate in Hz of its sound.  ``detector`` names the face detector whose crops
    it learned from, '' where nobody noted it, and ``segment_length`` is the mean length in
    seconds of the segments that it learned from.

    Args:
        path: an ONNX file with its description beside it (.json), as `mer_ros models export avnet`
            writes it; or the folder of a training run, or a checkpoint in it, which need torch.
        threads: cores to use.
        device: auto, cpu or cuda.

    Raises:
        FileNotFoundError: there are no weights; the message says how to get them.
        ValueError: the weights or their description are damaged or of something else.
        ImportError: a checkpoint is given and torch is not installed.

    """

    name = 'avnet'

    def __init__(
        self, *, path: Path | str | None = None, threads: int = 1, device: str = 'auto'
    ) -> None:
        weights = _open(path, threads=threads, device=device)
        about = weights.about
        self.labels = check_labels(about['labels'])
        self.segments = int(about['segments'])
        self.sample_rate = int(about['sample_rate'])
        self.detector = str(about.get('detector', ''))
        self.segment_length = float(about.get('segment_s', SEGMENT_S))
        self._takes_mel = about['audio'] == 'mel'
        self._weights = weights

    def embed(
        self, faces: NDArray[np.uint8], sounds: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return what describes B segments, float32 (B, 640).

        Args:
            faces: uint8 (B, 98, 80), one grey face a segment.
            sounds: float32 (B, round(1.5 * sample_rate)) in [-1, 1], the sound around each.

        """
        samples = round(AUDIO_S * self.sample_rate)
        if (faces.ndim != 3 or not len(faces) or faces.shape[1:] != FACE_SHAPE
                or faces.dtype != np.uint8 or sounds.shape != (len(faces), samples)):
            raise ValueError(
                f'segments are B >= 1 faces uint8 (B, {FACE_SHAPE[0]}, {FACE_SHAPE[1]}) and as '
                f'many sounds float32 (B, {samples}), {AUDIO_S} s at {self.sample_rate} Hz; given '
                f'{faces.shape} of {faces.dtype} and {sounds.shape} of {sounds.dtype}')
        sound = (np.stack([log_mel(sound, self.sample_rate, centre=False) for sound in sounds])
                 if self._takes_mel else sounds.astype(np.float32, copy=False))
        return self._weights.embed(np.ascontiguousarray(faces), sound)

    def classify(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return raw scores (B, len(labels)) of segments described by (B, 640)."""
        return np.asarray(embeddings @ self._weights.weight.T + self._weights.bias,
                          dtype=np.float32)

    def logits(
        self, faces: NDArray[np.uint8], sounds: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the raw scores (len(labels),) of a film: the mean over its segments (eq. 1).

        Any number of segments is taken, see `embed`; the softmax of eq. 2 is left to the caller.
        """
        scores: NDArray[np.float32] = self.classify(self.embed(faces, sounds)).mean(axis=0)
        return scores


def _open(path: Path | str | None, *, threads: int, device: str) -> Weights:
    if path is None:
        raise FileNotFoundError(HOW_TO_GET)
    file = Path(path)
    if file.is_dir():
        file = file / CHECKPOINT
    if not file.is_file():
        raise FileNotFoundError(f'there are no weights {file}; {HOW_TO_GET}')
    if file.suffix == '.onnx':
        return _open_onnx(file, threads=threads, device=device)
    try:
        from mer_ros.research.avnet.avnet_torch import open_checkpoint
    except ImportError as error:
        raise ImportError(f'{error}; {file} needs torch: pip install torch, or export it with '
                          f'`mer_ros models export avnet` where torch is installed') from error
    return open_checkpoint(file, threads=threads, device=device)


def _open_onnx(file: Path, *, threads: int, device: str) -> Weights:
    session = open_session(file, threads=threads, device=device)
    inputs = [one.name for one in session.get_inputs()]
    about = read_description(file.with_suffix('.json'))
    last = about.get('last_layer', {})
    if inputs != ['faces', 'sound'] or {'weight', 'bias'} - last.keys():
        raise ValueError(f'{file} is no exported avnet: it takes {inputs}; write one with '
                         f'`mer_ros models export avnet`')

    def embed(faces: NDArray[np.uint8], sound: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(session.run(['embedding'], {'faces': faces, 'sound': sound})[0])

    return Weights(about, embed, *(np.array(last[name], dtype=np.float32)
                                   for name in ('weight', 'bias')))
