import csv
import json

import numpy as np
import pytest
import soundfile

torch = pytest.importorskip('torch')
pytest.importorskip('sklearn')

from mer_ros.models.lite_speech import LiteSpeech  # noqa: E402
from mer_ros.training.speech import train_speech  # noqa: E402
from mer_ros.training.speech_augment import augment, equalise, speed  # noqa: E402

SAMPLE_RATE = 16000
LABELS = ('anger', 'happiness', 'sadness')


def tone(pitch, seconds=0.6):
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.1 * sum(np.sin(2 * np.pi * k * pitch * time) / k for k in range(1, 8))).astype(
        np.float32)


@pytest.fixture
def tones(tmp_path):
    """Make a data folder whose speakers hum: one pitch an emotion, two clips a speaker."""
    folder = tmp_path / 'data' / 'emodb'
    folder.mkdir(parents=True)
    with (folder / 'labels.csv').open('w', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(['path', 'ekman7', 'speaker', 'split'])
        for speaker, split in enumerate(('train', 'train', 'dev', 'test')):
            for clip, label in enumerate(2 * LABELS):
                name = f'{speaker}_{clip}.wav'
                pitch = (400, 200, 100)[LABELS.index(label)] + 5 * speaker + clip
                soundfile.write(folder / name, tone(pitch), SAMPLE_RATE)
                writer.writerow([name, label, speaker, split])
        writer.writerow(['left_out.wav', '', '9', 'train'])
    return tmp_path / 'data'


def test_a_smoke_run_leaves_a_model_that_loads(tones, tmp_path):
    out = tmp_path / 'out'
    description = train_speech(data=tones, out=out, smoke=True)
    assert description == json.loads((out / 'lite_speech.json').read_text())
    assert description['labels'] == list(LABELS)
    assert description['trained_on'] == {'emodb': 18}
    assert description['figures']['emodb test']['n'] == 6
    with (out / 'log.csv').open() as file:
        assert {row['left_out'] for row in csv.DictReader(file)} == {'0', '1', '2', ''}
    model = LiteSpeech(path=out / 'lite_speech.onnx')
    assert model.labels == LABELS
    assert model.logits([tone(400), tone(200), tone(100)]).argmax(axis=1).tolist() == [0, 1, 2]


def test_equal_seeds_give_equal_models(tones, tmp_path):
    logits = []
    for name, seed in (('a', 0), ('b', 0), ('c', 1)):
        train_speech(data=tones, out=tmp_path / name, smoke=True, seed=seed)
        logits.append(LiteSpeech(path=tmp_path / name / 'lite_speech.onnx').logits([tone(300)]))
    np.testing.assert_allclose(logits[0], logits[1], atol=1e-6)
    assert np.abs(logits[0] - logits[2]).max() > 1e-3


def test_a_class_of_a_single_speaker_is_refused(tones, tmp_path):
    table = tones / 'emodb' / 'labels.csv'
    lines = table.read_text().splitlines()
    kept = [line for line in lines if 'sadness' not in line or line.startswith('0_')]
    table.write_text('\n'.join(kept) + '\n')
    with pytest.raises(ValueError, match='two speakers'):
        train_speech(data=tones, out=tmp_path / 'out', smoke=True)


def test_a_folder_without_speech_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match='emodb'):
        train_speech(data=tmp_path, out=tmp_path / 'out', smoke=True)


def test_augmented_copies_differ_and_follow_the_generator():
    waveform = tone(200)
    once, again, other = (
        augment(waveform, np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(once, again)
    assert once.dtype == np.float32
    assert once.shape != other.shape or np.abs(once - other).max() > 1e-3
    assert all(np.isfinite(augment(waveform, np.random.default_rng(seed))).all()
               for seed in range(50))


def test_speaking_faster_is_shorter_and_higher():
    fast = speed(tone(200, 1.0), 1.25)
    assert len(fast) == pytest.approx(SAMPLE_RATE / 1.25, rel=0.01)
    spectrum = np.abs(np.fft.rfft(fast))
    assert spectrum.argmax() * SAMPLE_RATE / len(fast) == pytest.approx(250, abs=3)


def test_band_limits_take_away_the_top_of_the_spectrum():
    noise = np.random.default_rng(0).normal(size=SAMPLE_RATE).astype(np.float32)
    limited = [equalise(noise, np.random.default_rng(seed)) for seed in range(30)]
    top = [np.mean(np.abs(np.fft.rfft(wave))[7500:] ** 2) for wave in limited]
    assert min(top) < 1e-3 * np.mean(np.abs(np.fft.rfft(noise)) ** 2)
    assert max(top) > 0.1 * np.mean(np.abs(np.fft.rfft(noise)) ** 2)
