"""How far a voice can be trusted, and why not further."""

import numpy as np

from mer_ros.data import NANOSECONDS
from mer_ros.perception.segments import Utterance
from mer_ros.perception.sound_quality import sound_quality

Curve = tuple[tuple[float, ...], tuple[float, ...]]
"""A measure, and the share of the accuracy above chance that is left there; lines between."""

LENGTH: Curve = ((0.0, 0.25, 0.4, 0.6, 0.8, 1.2, 1.6, 2.0),
                 (0.0, 0.21, 0.34, 0.5, 0.6, 0.75, 0.88, 1.0))
"""By the length of the speech in seconds.

This curve and the next two are fitted: `python benchmarks/run.py --only voices` makes dev clips
shorter, noisier and narrower, and prints what is kept.
"""

NOISE: Curve = ((3.0, 5.0, 8.5, 12.0, 15.0, 18.0), (0.0, 0.15, 0.35, 0.65, 0.85, 1.0))
"""By how many dB the voice is above the noise, see `SoundQuality`.

From 12 dB on between what is left where noise was added, and dev clips that have as much noise by
themselves, of which as many are recognised as of all.
"""

BAND: Curve = ((1000.0, 1250.0, 2000.0, 2750.0, 3500.0, 5000.0),
               (0.04, 0.11, 0.29, 0.48, 0.77, 1.0))
"""By the frequency in Hz up to which something is heard."""

STRANGE: Curve = ((0.5, 0.9), (1.0, 0.0))
"""By how surely it is none of the voices that were learned."""

FULLY_VOICED = 0.6
"""Pauses and padding belong to speech: this share of voiced frames is as good as all."""

MOST_CLIPPED = 0.1
"""When this share of the samples is at full scale, nothing is left."""

NAMED = 0.9
"""A share below this is worth a word."""


def doubted(utterance: Utterance, *, strangeness: float = 0.0
            ) -> tuple[float, tuple[str, ...]]:
    """Return how far a voice can be trusted, in [0, 1], and the names of what lowers that.

    Each reason keeps a share of the trust, and the shares are multiplied.  The names are those of
    `mer_ros.engines.remarks.DOUBTS`, for shares below `NAMED`.

    Args:
        utterance: what was heard.
        strangeness: how surely it is none of the voices that were learned, in [0, 1].

    """
    sound = sound_quality(utterance.waveform)
    shares = {
        'pauses': min(1.0, utterance.voiced / FULLY_VOICED),
        'overdriven': max(0.0, 1.0 - sound.clipped / MOST_CLIPPED),
        'short': _at(LENGTH, (utterance.end - utterance.start) / NANOSECONDS),
        'noisy': _at(NOISE, sound.above_noise),
        'narrow_band': _at(BAND, sound.band),
        'strange_voice': _at(STRANGE, strangeness)}
    doubts = tuple(name for name, share in shares.items() if share < NAMED)
    return float(np.prod(list(shares.values()))), doubts


def _at(curve: Curve, measure: float) -> float:
    return float(np.interp(measure, *curve))
