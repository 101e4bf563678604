"""How the cost grows with people, modalities, windows, image size, words and sound.

Costs are processor times of this process, medians of a few repeats.  The slope is that of a line
through the logarithms of the upper half of the sizes, where constants count least; 1 is linear.
The curves go into the JSON, and into bench_output/growth.png.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

from bench_bringup import sample
from compare import row, seconds
import numpy as np

PICTURE = Path('bench_output/growth.png')
REPEATS = 5
TARGET_SLOPE = 1.1
"""Linear, and a tenth for what measuring adds."""

MODALITIES = ('face', 'speech', 'text')
STEP = 100_000_000
START = 1_000_000_000_000

PEOPLE = (1, 5, 20, 50, 100, 200)
KINDS = (1, 2, 3, 6, 9, 12)
WINDOWS = (1_000, 3_000, 10_000, 30_000, 100_000)
HEIGHTS = (480, 720, 1080, 1440, 2160)
WORDS = (5, 20, 80, 160, 320)
SECONDS = (1, 2, 4, 8, 16)


def run() -> list[dict[str, Any]]:
    """Return the slope of each cost in log-log, with its curve in milliseconds."""
    curves = {
        'people, a round of 3 modalities': _curve(PEOPLE, _people),
        'modalities, 20 windows of a person': _curve(KINDS, _modalities),
        'windows, one batch': _curve(WINDOWS, _windows),
        'megapixels, an image with a face': _curve(
            HEIGHTS, _image, lambda height: height ** 2 * 16 / 9e6),
        'words, a transcript': _curve(WORDS, _words),
        'seconds, an utterance': _curve(SECONDS, _sound),
    }
    _draw(curves)
    return [{**row(f'slope of the cost of {name}', slope(curve), '', most=TARGET_SLOPE),
             'curve': {f'{size:g}': round(cost, 4) for size, cost in curve.items()}}
            for name, curve in curves.items()]


def slope(curve: Mapping[float, float]) -> float:
    """Return the slope in log-log of the upper half of the sizes."""
    points = np.log(np.array(list(curve.items())[len(curve) // 2 - 1:]))
    return float(np.polyfit(*points.T, 1)[0])


def _curve(sizes: Sequence[int], make: Callable[[int], Callable[[], Any]],
           measure: Callable[[int], float] = float) -> dict[float, float]:
    """Return the cost in ms of each size."""
    return {measure(size): 1e3 * seconds(make(size), repeats=REPEATS, clock=process_time)
            for size in sizes}


def _rounds(people: int, modalities: Sequence[str]) -> Callable[[], None]:
    """Return what hands an engine the next evidence of all modalities about all people."""
    from mer_ros.data import Logits
    from mer_ros.emotions import EMOTIONS
    from mer_ros.engines.fusion import FusionEngine
    from mer_ros.window import WindowSettings

    engine = FusionEngine(modalities=modalities, window=WindowSettings(max_people=max(PEOPLE)))
    scores = np.linspace(-1.0, 2.0, len(EMOTIONS))
    now = START

    def play() -> None:
        nonlocal now
        now += STEP
        states = [state for person in range(people) for name in modalities
                  for state in engine.add(Logits(now, name, EMOTIONS, scores,
                                                 person_id=f'person_{person}'), now)]
        assert len(states) == people

    return play


def _people(count: int) -> Callable[[], None]:
    return _rounds(count, MODALITIES)


def _modalities(count: int) -> Callable[[], None]:
    play = _rounds(1, [f'm{index}' for index in range(count)])
    return lambda: [play() for _ in range(20)] and None


def _windows(count: int) -> Callable[[], Any]:
    from mer_ros.fusion import fuse

    draw = np.random.default_rng(0)
    batch = {name: draw.normal(scale=3.0, size=(count, 7)) for name in MODALITIES}
    return lambda: fuse(batch, output_temperature=1.0, doubt=True).probability


def _image(height: int) -> Callable[[], Any]:
    import cv2

    from mer_ros.data import CameraImage
    from mer_ros.engines.face import FaceEngine
    from mer_ros.models import load_detector, load_model

    pixels = np.frombuffer(sample()[0][0], dtype=np.uint8).reshape(480, 640, 3)
    pixels = cv2.resize(pixels, (height * 16 // 9, height))
    engine = FaceEngine(load_model('face', 'lite'), load_detector('auto'), selection='off', every=1)
    stamps = iter(range(START, START + 10 ** 12, STEP))
    return lambda: engine.process(CameraImage(next(stamps), pixels))


def _words(count: int) -> Callable[[], Any]:
    from mer_ros.models import load_model

    model = load_model('text', 'lite')
    said = ['I', 'am', 'so', 'glad', 'to', 'see', 'you', 'after', 'this', 'rather', 'sad', 'week']
    text = ' '.join(said[index % len(said)] for index in range(count))
    return lambda: [model.logits([text]) for _ in range(5)]


def _sound(count: int) -> Callable[[], Any]:
    from mer_ros.models import load_model

    model = load_model('speech', 'lite')
    voice = np.resize(sample()[1][:, 0], count * 16000).astype(np.float32)
    return partial(model.logits, [voice])


def _draw(curves: Mapping[str, Mapping[float, float]]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 6), layout='constrained')
    axes = figure.subplots(2, 3)
    for (name, curve), plot in zip(curves.items(), axes.flat, strict=True):
        sizes, costs = list(curve), list(curve.values())
        plot.loglog(sizes, costs, 'o-', label=f'slope {slope(curve):.2f}')
        line = [costs[-1] * size / sizes[-1] for size in sizes]
        plot.loglog(sizes, line, ':', color='grey', label='linear')
        plot.set(xlabel=name, ylabel='ms of processor time')
        plot.minorticks_off()
        plot.set_xticks(sizes, [f'{size:.2g}' if size < 10 else f'{size:g}' for size in sizes])
        plot.legend()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE, dpi=80)
