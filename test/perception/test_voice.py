import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from mer_ros.data import NANOSECONDS
from mer_ros.perception.segments import Frame, Segmenter, Utterance
from mer_ros.perception.voice import FRAME, SileroVoice

START = 7 * NANOSECONDS
SILENCE_SECONDS = 2.0


def utterances(samples: np.ndarray) -> list[Utterance]:
    voice, segmenter, found = SileroVoice(), Segmenter(), []
    for at in range(0, len(samples) - FRAME + 1, FRAME):
        part = samples[at:at + FRAME].astype(np.float32)
        found.append(segmenter.push(
            Frame(START + at * 62500, voice.probability(part), part)))
    return [utterance for utterance in [*found, segmenter.flush()] if utterance is not None]


def loud_span(samples: np.ndarray, level: float) -> tuple[float, float]:
    """Return when 20 ms of a clean recording first and last rise above a share of its peak."""
    count = len(samples) // 320
    loudness = np.sqrt((samples[:count * 320].reshape(count, 320) ** 2).mean(axis=1))
    loud = np.flatnonzero(loudness > level * np.abs(samples).max())
    return loud[0] * 0.02, (loud[-1] + 1) * 0.02


def check_where_it_is(speech: np.ndarray, name: str) -> None:
    spoken = utterances(np.pad(speech, round(SILENCE_SECONDS * 16000)))
    assert spoken, name
    # Speech fades in and out: the true boundary lies between faint and clearly loud.
    faint, loud = loud_span(speech, 0.005), loud_span(speech, 0.02)
    begin = (spoken[0].start - START) / NANOSECONDS - SILENCE_SECONDS
    end = (spoken[-1].end - START) / NANOSECONDS - SILENCE_SECONDS
    assert faint[0] - 0.2 < begin < loud[0] + 0.2, name
    assert loud[1] - 0.2 < end < faint[1] + 0.2, name


def test_speech_between_silences_is_found_where_it_is(sample: Any) -> None:
    for index, words in enumerate(sample.words):
        check_where_it_is(sample.spoken(index), words.text)


def test_recorded_speech_between_silences_is_found_where_it_is(shared_data: Path) -> None:
    with (shared_data / 'emodb' / 'labels.csv').open(newline='') as table:
        emodb = [shared_data / 'emodb' / row['path'] for row in csv.DictReader(table)]
    thorsten = sorted((shared_data / 'thorsten_emotional' / 'audio').glob('*.wav'))
    for path in [*emodb[::40], *thorsten[:4]]:
        samples, rate = soundfile.read(path, dtype='float32')
        check_where_it_is(soxr.resample(samples, rate, 16000), path.name)


@pytest.mark.parametrize('level', [0.0, 0.001, 0.01, 0.1])
def test_silence_and_noise_are_no_speech(level: float) -> None:
    noise = level * np.random.default_rng(3).standard_normal(10 * 16000)
    assert utterances(np.clip(noise, -1, 1)) == []


def test_a_tone_is_no_speech() -> None:
    assert utterances(0.3 * np.sin(2 * np.pi * 440 * np.arange(5 * 16000) / 16000)) == []


def test_reset_forgets_what_was_heard() -> None:
    voice, random = SileroVoice(), np.random.default_rng(4)
    frame = (0.1 * random.standard_normal(FRAME)).astype(np.float32)
    first = voice.probability(frame)
    voice.probability(frame)
    voice.reset()
    assert voice.probability(frame) == first
