"""Streams of sound as drivers send them.  The next kind is one more function."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.cases import Case, case
from corpus.odd_bags import header, START, words
from mer_ros.bags import BagWriter
from mer_ros.bags.bag_messages import to_message
from mer_ros.data import AudioBlock, NANOSECONDS

SOUND: list[Case] = []

BLOCK = NANOSECONDS // 25
HAPPY = r'happiness'
"""The words are told, whatever becomes of the sound."""


def tone(seconds: float = 0.04, rate: int = 16000, channels: int = 1) -> NDArray[np.float32]:
    wave = 0.3 * np.sin(np.arange(round(seconds * rate)) / 6)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def stream(folder: Path, stamps: list[int], *, rate: int = 16000, channels: int = 1,
           received: list[int] | None = None) -> Path:
    """Write blocks of 40 ms with these stamps, and words."""
    with BagWriter(folder / 'bag') as bag:
        bag.write('/transcript', words(), START)
        for stamp, arrival in zip(stamps, received or stamps, strict=True):
            block = AudioBlock(stamp, tone(rate=rate, channels=channels), rate)
            bag.write('/audio', to_message(block), arrival)
    return folder / 'bag'


@case(SOUND, HAPPY)
def blocks_in_bursts(folder: Path) -> Path:
    stamps = [START + index * BLOCK for index in range(100)]
    return stream(folder, stamps, received=[stamps[index // 4 * 4 + 3] for index in range(100)])


@case(SOUND, HAPPY)
def stamps_that_jitter(folder: Path) -> Path:
    jitter = np.random.default_rng(1).normal(0.0, 0.05, 100)
    return stream(folder, [START + NANOSECONDS + index * BLOCK + round(shift * NANOSECONDS)
                           for index, shift in enumerate(jitter)],
                  received=[START + NANOSECONDS + index * BLOCK for index in range(100)])


@case(SOUND, r'x gap: |x lost: ')
def blocks_that_are_lost(folder: Path) -> Path:
    return stream(folder, [START + index * BLOCK for index in range(100) if index % 20 < 15])


@case(SOUND, r'x backward: ')
def stamps_that_jump_back(folder: Path) -> Path:
    times = [*range(50, 100), *range(50)]
    return stream(folder, [START + index * BLOCK for index in times],
                  received=[START + index * BLOCK for index in range(100)])


@case(SOUND, r'300 ?Hz')
def rate_that_no_microphone_has(folder: Path) -> Path:
    return stream(folder, [START + index * BLOCK for index in range(9)], rate=300)


@case(SOUND, HAPPY)
def eight_channels_at_48_khz(folder: Path) -> Path:
    return stream(folder, [START + index * BLOCK for index in range(50)], rate=48000, channels=8)


@case(SOUND, r'x not_finite: |/audio: sound holds')
def samples_that_are_no_numbers(folder: Path) -> Path:
    path = folder / 'bag'
    with BagWriter(path) as bag:
        bag.write('/transcript', words(), START)
        for index in range(9):
            message = to_message(AudioBlock(START + index * BLOCK, tone(), 16000))
            message.encoding = 'pcm_f32le'
            message.data = np.frombuffer(
                np.full(640, np.nan, np.float32).tobytes(), dtype=np.uint8)
            bag.write('/audio', message, START + index * BLOCK)
    return path


@case(SOUND, HAPPY)
def blocks_without_a_sample(folder: Path) -> Path:
    with BagWriter(folder / 'bag') as bag:
        bag.write('/transcript', words(), START)
        for index in range(9):
            message = to_message(AudioBlock(
                START + index * BLOCK, np.empty((0, 1), np.float32), 16000))
            bag.write('/audio', message, START + index * BLOCK)
    return folder / 'bag'


@case(SOUND, r'not taken: /audio: the stamp is 0 ns')
def blocks_without_a_stamp(folder: Path) -> Path:
    with BagWriter(folder / 'bag') as bag:
        bag.write('/transcript', words(), START)
        for index in range(9):
            message = to_message(AudioBlock(START, tone(), 16000))
            message.header = header(0)
            bag.write('/audio', message, START + index * BLOCK)
    return folder / 'bag'
