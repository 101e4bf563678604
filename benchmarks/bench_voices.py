"""How well the built-in speech model does on people that it never heard, and in bad sound.

Needs the sets of ../shared/data; there are no rows of a set that is not there.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from compare import row
import numpy as np

DATA = Path(__file__).resolve().parents[2] / 'shared' / 'data'

SETS = {'crema_d_audio': ('test', 0.58, 0.66, 0.08), 'emodb': ('test', 0.80, 0.84, 0.08),
        'ravdess': ('eval', 0.50, 0.55, 0.12), 'savee': ('eval', None, 0.52, 0.12),
        'emovo': ('eval', None, None, None), 'iesc': ('eval', None, None, None)}
"""Split, and the targets of UAR plain, UAR adapted, and ECE."""

RATE = 16_000
LENGTHS = (0.25, 0.4, 0.6, 0.8, 1.2, 1.6)
SIGNALS_DB = (30, 20, 15, 10, 5, 0, -5)
BANDS_HZ = (800, 1200, 1800, 2500, 3500)
CLIPS = 240
"""Dev clips that are made shorter (s), noisier (dB of signal above noise) and narrower (Hz)."""


def run() -> list[dict[str, Any]]:
    """Return UAR and calibration, what bad sound costs, and how strange other sounds are."""
    from mer_ros.models import load_model

    model = load_model('speech', 'lite')
    return [*_figures(model), *_worse(model), *_no_voices(model)]


def _figures(model: Any) -> list[dict[str, Any]]:
    from mer_ros.evaluation.datasets.speech_sets import load, voice_votes
    from mer_ros.evaluation.voice_figures import evaluate

    rows = []
    for name, (split, plain, adapted, error) in SETS.items():
        try:
            samples, votes = load(name, DATA, split), voice_votes(name, DATA, split)
        except FileNotFoundError:
            continue
        found = evaluate(model, samples, votes)
        rows += [row(f'{name} {split}: UAR', found['']['uar'], 'share', least=plain),
                 row(f'{name} {split}: UAR, adapted', found[', adapted']['uar'], 'share',
                     least=adapted),
                 row(f'{name} {split}: ECE', found['']['ece'], 'share', most=error),
                 row(f'{name} {split}: ECE, adapted', found[', adapted']['ece'], 'share',
                     most=error)]
        if 'nll_votes' in found['']:
            rows.append(row(f'{name} {split}: NLL of votes against the best constant',
                            found['']['nll_votes'] / found['']['nll_constant'], 'share',
                            most=0.75))
    return rows


def _worse(model: Any) -> list[dict[str, Any]]:
    """Return what is left of the UAR above chance, beside what `voice_quality` measures."""
    from mer_ros.evaluation.datasets.speech_sets import load
    from mer_ros.evaluation.metrics.classification import balanced_accuracy
    from mer_ros.fusion.logspace import softmax
    from mer_ros.perception.sound_quality import sound_quality

    try:
        samples = load('crema_d_audio', DATA, 'dev')
    except FileNotFoundError:
        return []
    random = np.random.default_rng(0)
    drawn = random.permutation(len(samples))[:CLIPS]
    clips = [samples.inputs[i] for i in drawn]
    truth = np.array([model.labels.index(samples.labels[i]) for i in drawn])
    chance = 1 / len(model.labels)

    def measured(change: Callable[[Any], Any]) -> tuple[float, dict[str, float]]:
        changed = [change(clip) for clip in clips]
        heard = np.stack([model.describe(wave) for wave in changed])
        uar = balanced_accuracy(truth, softmax(model.classify(heard).astype(np.float64)))
        found = [sound_quality(wave) for wave in changed]
        return uar - chance, {
            'above noise': float(np.median([one.above_noise for one in found])),
            'band': float(np.median([one.band for one in found])),
            'strangeness': float(np.median(model.strangeness(heard))),
            'strangeness p95': float(np.percentile(model.strangeness(heard), 95))}

    clean, levels = measured(lambda wave: wave)
    rows = [row(f'clean dev clips: UAR ({_named(levels)})', clean + chance, 'share')]
    worse = [(f'{length} s', lambda wave, length=length: _middle(wave, length))
             for length in LENGTHS]
    worse += [(f'{colour} noise {level} dB', lambda wave, level=level, slope=slope: _noisy(
        wave, level, slope, random)) for level in SIGNALS_DB
        for colour, slope in (('white', 0.0), ('pink', 1.0))]
    worse += [(f'up to {band} Hz', lambda wave, band=band: _muffled(wave, band))
              for band in BANDS_HZ]
    for name, change in worse:
        left, levels = measured(change)
        rows.append(row(f'{name} ({_named(levels)}): UAR kept', left / clean, 'share'))
    return rows


def _named(levels: dict[str, float]) -> str:
    return ', '.join(f'{name} {level:.3g}' for name, level in levels.items())


def _no_voices(model: Any) -> list[dict[str, Any]]:
    from mer_ros.data import NANOSECONDS
    from mer_ros.engines.voice_quality import doubted
    from mer_ros.perception.segments import Utterance

    rows = []
    for name, wave in no_voices().items():
        strangeness = float(model.strangeness(model.describe(wave)[None])[0])
        quality, _ = doubted(Utterance(0, 3 * NANOSECONDS, wave, 1.0), strangeness=strangeness)
        rows.append(row(f'{name} (strangeness {strangeness:.2g}): quality', quality, 'share',
                        most=0.1))
    return rows


def no_voices(seconds: float = 3.0) -> dict[str, Any]:
    """Return sounds that are no voice, float32 (n,) at 16 kHz."""
    random = np.random.default_rng(0)
    time = np.arange(round(seconds * RATE)) / RATE
    chords = sum(np.sin(2 * np.pi * hertz * time) * np.exp(-4 * (time % 0.5)) / (1 + place % 4)
                 for place, hertz in enumerate((220, 277, 330, 440, 554, 659)))
    engine = np.sign(np.sin(2 * np.pi * 55 * time)) * (1 + 0.2 * np.sin(2 * np.pi * 3 * time))
    white = random.standard_normal(len(time))
    silent = np.zeros_like(time)
    sounds = {
        'white noise': white, 'pink noise': _coloured(white, 1.0),
        'brown noise': _coloured(white, 2.0), 'tone of 440 Hz': np.sin(2 * np.pi * 440 * time),
        'chords': chords, 'motor': engine, 'sweep': np.sin(2 * np.pi * (200 + 500 * time) * time),
        'clicks': np.where(random.random(len(time)) < 0.001, 1.0, silent),
        'beeps': np.sin(2 * np.pi * 1000 * time) * (time % 0.4 < 0.2)}
    return {name: (0.3 * sound / np.abs(sound).max()).astype(np.float32)
            for name, sound in sounds.items()}


def _coloured(noise: Any, slope: float) -> Any:
    hertz = np.fft.rfftfreq(len(noise), 1 / RATE)
    return np.fft.irfft(np.fft.rfft(noise) * np.maximum(hertz, 50.0) ** (-slope / 2), len(noise))


def _middle(wave: Any, seconds: float) -> Any:
    length = min(len(wave), round(seconds * RATE))
    start = (len(wave) - length) // 2
    return wave[start:start + length]


def _noisy(wave: Any, level_db: float, slope: float, random: Any) -> Any:
    noise = _coloured(random.standard_normal(len(wave)), slope)
    scale = np.sqrt(np.mean(np.square(wave)) / np.mean(noise ** 2)) * 10 ** (-level_db / 20)
    return (wave + scale * noise).astype(np.float32)


def _muffled(wave: Any, highest: float) -> Any:
    spectrum = np.fft.rfft(wave)
    spectrum[np.fft.rfftfreq(len(wave), 1 / RATE) > highest] = 0.0
    return np.fft.irfft(spectrum, len(wave)).astype(np.float32)
