"""The audio-visual network: one film, a stream, and a step of its training."""

from collections import deque
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
import time
from typing import Any

from compare import row, seconds
import numpy as np

PAPER_MS = {'crema_d': 1.8, 'ravdess': 4.1}
"""Table 5 of Radoi and Cioroiu (2024): one film on an RTX 4090."""

DTYPES = ('fp32', 'int8')

CHEAPER = 4.0
"""A stream of five segments must be so many times cheaper than judging all five again."""

LOADING = 20.0
"""Reading films may take at most so many percent of a step of training."""

BATCHES = 5
REPEATS = 60


def run() -> list[dict[str, Any]]:
    """Return the times of films and of a stream on one core, and what a training step spends."""
    import torch

    torch.set_num_threads(1)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        rows = [row for corpus in PAPER_MS for row in _films(corpus, folder / corpus)]
        return [*rows, *_training(folder / 'films')]


def _films(corpus: str, folder: Path) -> list[dict[str, Any]]:
    """Return the rows of a network of full size with random weights."""
    import torch

    from mer_ros.cli.export_run import export_model
    from mer_ros.models import load_model
    from mer_ros.research.avnet.avnet_corpora import describe
    from mer_ros.research.avnet.avnet_torch import build, save

    torch.manual_seed(0)
    about = describe(corpus)
    save(build(about), about, folder)
    return [row for dtype in DTYPES for row in _stream(
        f'audio-visual, {corpus}, {dtype}', PAPER_MS[corpus], load_model(
            'av', 'avnet', path=export_model('avnet', folder, path=folder, dtype=dtype),
            device='cpu'))]


def _stream(what: str, paper: float, model: Any) -> list[dict[str, Any]]:
    """Return the rows of one model: a film, and one segment more of a stream."""
    from mer_ros.research.avnet.avnet_sizes import AUDIO_S, FACE_SHAPE

    count = model.segments
    noise = np.random.default_rng(0)
    faces = noise.integers(0, 256, (count, *FACE_SHAPE), dtype=np.uint8)
    sounds = noise.normal(0, 0.1, (count, round(AUDIO_S * model.sample_rate))).astype(np.float32)
    kept = deque(model.classify(model.embed(faces, sounds)), maxlen=count)
    order = cycle(range(count))

    def stream() -> Any:
        one = slice(new := next(order), new + 1)
        kept.append(model.classify(model.embed(faces[one], sounds[one]))[0])
        return np.mean(kept, axis=0)

    # The time of its core: other work on it does not count.
    film, step = (1e3 * seconds(call, repeats=REPEATS, clock=time.thread_time)
                  for call in (lambda: model.logits(faces, sounds), stream))
    error = np.abs(stream() - model.logits(faces, sounds)).max()
    return [
        row(f'{what}: a film of {count} segments (paper {paper:g} ms on an RTX 4090)', film, 'ms'),
        row(f'{what}: one more segment of a stream (differs by {error:.1g})', step, 'ms'),
        row(f'{what}: stream beside judging all again', film / step, 'x', least=CHEAPER)]


def _training(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of steps on films of the length and size of CREMA-D's."""
    import torch

    from mer_ros.research.avnet.avnet_cache import Film
    from mer_ros.research.avnet.avnet_corpora import describe
    from mer_ros.research.avnet.avnet_data import batches, FilmDataset
    from mer_ros.research.avnet.avnet_module import AvNetModule
    from mer_ros.research.avnet.avnet_torch import build

    about = describe('crema_d')
    films = [_write(folder / str(index), index) for index in range(16 * BATCHES)]
    loader = batches(FilmDataset(
        [Film(path.name, 'nobody', 'anger', path) for path in films], about['labels'],
        segments=about['segments'], sample_rate=about['sample_rate'], random=True),
        size=16, shuffle=True)
    module = AvNetModule(build(about), sample_rate=about['sample_rate'])
    optimizer = module.configure_optimizers()[0][0]
    loading, learning = [], []
    began = time.perf_counter()
    for faces, sound, classes in loader:
        read = time.perf_counter()
        loss = torch.nn.functional.cross_entropy(module(faces, sound), classes)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loading.append(read - began)
        began = time.perf_counter()
        learning.append(began - read)
    share = 100 * median(loading) / (median(loading) + median(learning))
    return [
        row('audio-visual training: a step of 16 films of 5 segments', 1e3 * median(learning),
            'ms'),
        row('audio-visual training: share of reading the films, without helpers', share, '%',
            most=LOADING)]


def _write(folder: Path, seed: int) -> Path:
    """Write 2.5 s of noise as a film that is ready, and return its folder."""
    noise = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    np.save(folder / 'faces.npy', noise.integers(0, 256, (75, 98, 80), dtype=np.uint8))
    np.save(folder / 'times.npy', np.arange(75) / 30)
    np.save(folder / 'sound.npy', noise.integers(-9000, 9000, 40000, dtype=np.int16))
    return folder
