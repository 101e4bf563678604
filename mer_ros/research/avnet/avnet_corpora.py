"""The two corpora of the audio-visual network, made ready as the paper does (section V.A)."""

from dataclasses import dataclass
from importlib.util import find_spec
import logging
from pathlib import Path
from typing import Any

from mer_ros.emotions import EMOTIONS
from mer_ros.models.detectors import mtcnn
from mer_ros.research.avnet.avnet_cache import Film, prepare
from mer_ros.research.corpora.read_corpus import read_corpus

_LOG = logging.getLogger(__name__)

WAV2VEC2_RATE = 16000
"""The rate in Hz that wav2vec 2.0 learned with."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the paper does with a corpus: classes, segments N, sample rate in Hz, and N_u."""

    labels: tuple[str, ...]
    segments: int
    sample_rate: int
    moved: int


CORPORA = {
    'crema_d': Corpus(EMOTIONS[:-1], segments=5, sample_rate=16000, moved=20),
    'ravdess': Corpus((*EMOTIONS, 'calm'), segments=12, sample_rate=48000, moved=5),
}
"""The two corpora, by name."""


def describe(dataset: str, *, audio: str = 'mel', wav2vec2: Path | None = None,
             detector: str | None = None) -> dict[str, Any]:
    """Return what weights that are learned from a corpus say about themselves.

    That is labels, segments, sample_rate, audio, detector and, with wav2vec 2.0, its
    configuration.

    Args:
        dataset: one of `CORPORA`.
        audio: one of `mer_ros.research.avnet.avnet_net.AUDIO`.
        wav2vec2: folder of the pretrained model, for the audio wav2vec2.
        detector: name of a face detector; None is the paper's, MTCNN, and nothing replaces it.

    Raises:
        ValueError: no corpus is called so, or wav2vec 2.0 is asked for without its folder.
        ImportError: MTCNN is not installed, and no other detector is named.

    """
    if dataset not in CORPORA:
        raise ValueError(f'no audio-visual corpus is called {dataset!r}; known: {list(CORPORA)}')
    corpus = CORPORA[dataset]
    about: dict[str, Any] = {
        'labels': list(corpus.labels), 'segments': corpus.segments,
        'sample_rate': corpus.sample_rate, 'audio': audio,
        'detector': detector or 'mtcnn'}
    if detector is None and find_spec(mtcnn.PACKAGE) is None:
        raise ImportError(f'the paper cuts faces out with MTCNN, which is not installed: '
                          f'{mtcnn.INSTALL}; or name another detector, such as --detector haar, '
                          f'which gives other crops')
    if audio == 'wav2vec2':
        if wav2vec2 is None:
            raise ValueError('the audio wav2vec2 begins with a pretrained model; give its folder, '
                             'such as a copy of facebook/wav2vec2-base, with --wav2vec2')
        from transformers import Wav2Vec2Config

        values = Wav2Vec2Config.from_pretrained(wav2vec2, local_files_only=True).to_diff_dict()
        about |= {'sample_rate': WAV2VEC2_RATE, 'wav2vec2': values}
    return about


def load_films(dataset: str, data: Path, about: dict[str, Any], *, cache: Path, jobs: int = 1
               ) -> tuple[list[Film], dict[str, Any]]:
    """Return the films of a corpus, made ready in ``cache`` where they were not yet.

    Also returns ``about`` with ``segment_s``, the mean length of a segment in seconds, by which a
    stream is cut into segments as the films were.

    Args:
        dataset: one of `CORPORA`.
        data: folder of the corpus, or the one above it.
        about: what `describe` says.
        cache: where films of all corpora, rates and detectors are kept.
        jobs: processes that make films ready.

    Raises:
        FileNotFoundError: the corpus is not there.

    """
    rate, detector = int(about['sample_rate']), str(about['detector'])
    clips, unreadable = read_corpus(dataset, data, 'all')
    films, skipped = prepare(clips, cache / f'{dataset}_{rate}_{detector}', sample_rate=rate,
                             detector=detector, jobs=jobs)
    for one in (*unreadable, *skipped):
        _LOG.warning('%s is left out: %s', one.id, one.reason)
    lengths = [film.seconds for film in films]
    if lengths:
        about = {**about, 'segment_s': round(
            sum(lengths) / len(lengths) / int(about['segments']), 3)}
    return films, about
