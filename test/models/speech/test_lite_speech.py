import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.adaptation_gain import adaptation_gain
from mer_ros.evaluation.datasets.speech_sets import load
from mer_ros.evaluation.metrics.classification import balanced_accuracy, calibration_error
from mer_ros.fusion.logspace import softmax
from mer_ros.models import load_model
from mer_ros.models.speech.lite_speech import LIMIT, WINDOW_S

SAMPLE_RATE = 16000


@pytest.fixture(scope='module')
def model():
    return load_model('speech', 'lite')


def voice(seconds, pitch=150.0, seed=0):
    """Make something like a vowel that is spoken again and again."""
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    glide = 2 * np.pi * np.cumsum(pitch * (1 + 0.1 * np.sin(3 * time))) / SAMPLE_RATE
    tone = sum(np.sin(k * glide) / k for k in range(1, 20)) * (1 + np.sin(20 * time))
    noise = np.random.default_rng(seed).normal(size=len(time))
    return (0.1 * tone + 0.003 * noise).astype(np.float32)


@pytest.fixture(scope='module')
def german(shared_data, model):
    """Load the acted German of speakers that the model never heard, with its logits."""
    samples = load('emodb', shared_data, 'test')
    return samples, model.logits(samples.inputs)


@pytest.fixture(scope='module')
def english(shared_data, model):
    """Describe the clips of another studio: statistics, true classes and speakers."""
    samples = load('ravdess', shared_data, 'eval')
    known = [i for i, label in enumerate(samples.labels) if label in model.labels]
    return (np.stack([model.describe(samples.inputs[i]) for i in known]),
            np.array([model.labels.index(samples.labels[i]) for i in known]),
            np.array([samples.groups[i] for i in known]))


def to_probability(logits):
    return softmax(logits.astype(np.float64))


def test_names_itself_and_what_it_learned(model):
    assert model.name == 'lite'
    assert model.labels == tuple(name for name in EMOTIONS if name != 'surprise')


def test_recognises_acted_german_of_unseen_speakers(model, german):
    samples, logits = german
    truth = np.array([model.labels.index(label) for label in samples.labels])
    assert balanced_accuracy(truth, to_probability(logits)) > 0.7
    assert calibration_error(truth, to_probability(logits)) < 0.15


def test_is_above_chance_in_another_language_and_studio(model, english):
    statistics, truth, _ = english
    assert balanced_accuracy(truth, to_probability(model.classify(statistics))) > 0.35


def test_actors_that_it_never_heard_are_recognised_and_better_once_it_knows_them(
        model, shared_data):
    samples = load('crema_d_audio', shared_data, 'dev')
    statistics = np.stack([model.describe(waveform) for waveform in samples.inputs])
    truth = np.array([model.labels.index(label) for label in samples.labels])
    found = adaptation_gain(model, statistics, truth, samples.groups, orders=2)
    assert found['plain']['uar'] > 0.55
    assert found['adapted']['uar'] > found['plain']['uar'] + 0.03
    assert max(found['plain']['ece'], found['adapted']['ece']) < 0.1


def test_knows_that_another_language_and_studio_is_beyond_it(model, german, english):
    statistics, _, _ = english
    strange = to_probability(model.classify(statistics)).max(axis=1).mean()
    assert strange < to_probability(german[1]).max(axis=1).mean() - 0.05


def test_voices_of_other_studios_are_voices_and_other_sounds_are_strange(model, german, english):
    assert np.mean(model.strangeness(english[0]) > 0.5) < 0.1
    described = np.stack([model.describe(waveform) for waveform in german[0].inputs])
    assert np.mean(model.strangeness(described) > 0.5) < 0.05
    time = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
    random = np.random.default_rng(0)
    for wave in (random.normal(size=len(time)), np.sin(2 * np.pi * 440 * time),
                 np.sin(2 * np.pi * 1000 * time) * (time % 0.4 < 0.2),
                 np.sign(np.sin(2 * np.pi * 55 * time))):
        statistics = model.describe((0.3 * wave).astype(np.float32))
        assert model.strangeness(statistics[None])[0] > 0.8


def test_in_noise_it_is_no_surer_than_it_is_right(model, german):
    samples, _ = german
    random = np.random.default_rng(0)
    truth = np.array([model.labels.index(label) for label in samples.labels])[::3]
    confidence = []
    for snr_db in (40, 20, 10, 0, -10):
        noisy = []
        for waveform in samples.inputs[::3]:
            noise = random.standard_normal(len(waveform)).astype(np.float32)
            level = np.sqrt(np.mean(waveform ** 2)) * 10 ** (-snr_db / 20)
            noisy.append(waveform + level * noise)
        probability = to_probability(model.logits(noisy))
        confidence.append(probability.max(axis=1).mean())
        assert confidence[-1] < np.mean(probability.argmax(axis=1) == truth) + 0.15
    assert np.all(np.array(confidence[1:]) < confidence[0] + 0.01)
    assert confidence[-1] < confidence[0] - 0.2


def test_silence_around_the_words_hardly_matters(model, german):
    samples, logits = german
    quiet = np.zeros(SAMPLE_RATE // 2, dtype=np.float32)
    padded = [np.concatenate([quiet, waveform, quiet]) for waveform in samples.inputs[:12]]
    change = to_probability(model.logits(padded)) - to_probability(logits[:12])
    assert np.abs(change).max(axis=1).mean() < 0.1


def test_overdriven_speech_is_mostly_recognised_as_before(model, german):
    samples, logits = german
    loud = [np.clip(3 * waveform / np.abs(waveform).max(), -1, 1)
            for waveform in samples.inputs[::3]]
    same = logits[::3].argmax(axis=1) == model.logits(loud).argmax(axis=1)
    assert same.mean() > 0.6


def test_a_batch_gives_what_single_utterances_give(model):
    batch = [voice(0.4 + 0.5 * i, pitch=90 + 40 * i, seed=i) for i in range(6)]
    batch.insert(3, np.zeros(SAMPLE_RATE, dtype=np.float32))
    singly = np.concatenate([model.logits([waveform]) for waveform in batch])
    np.testing.assert_allclose(model.logits(batch), singly, atol=1e-4)


def test_an_empty_batch_gives_no_rows(model):
    assert model.logits([]).shape == (0, 6)


@pytest.mark.parametrize('seconds', [1 / SAMPLE_RATE, 0.01, 0.02, 0.05, 0.1, 0.5, 10.001, 65.0])
def test_takes_utterances_of_any_length(model, seconds):
    logits = model.logits([voice(seconds)])
    assert logits.shape == (1, 6)
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()


def test_a_long_recording_is_judged_by_the_mean_of_its_windows(model):
    window = voice(WINDOW_S)
    np.testing.assert_allclose(
        model.logits([window]), model.logits([np.tile(window, 3)]), atol=1e-3)


@pytest.mark.parametrize('level', [0.0, 1.0, -0.3, 1e-6])
def test_where_there_is_nothing_to_hear_no_class_is_supported(model, level):
    assert not model.logits([np.full(SAMPLE_RATE, level, dtype=np.float32)]).any()


@pytest.mark.parametrize('waveform', [
    np.sign(voice(1.0)),
    np.random.default_rng(0).normal(size=SAMPLE_RATE),
    np.sin(np.arange(SAMPLE_RATE)),
    np.eye(1, SAMPLE_RATE, 5000)[0],
    np.tile([1.0, -1.0], SAMPLE_RATE // 2),
    np.concatenate([np.zeros(SAMPLE_RATE), np.ones(SAMPLE_RATE)]),
    voice(1.0) * 1e30,
    voice(1.0) * 1e-30,
], ids=['square', 'noise', 'tone', 'click', 'nyquist', 'step', 'huge', 'tiny'])
def test_strange_sounds_give_finite_logits(model, waveform):
    assert np.isfinite(model.logits([waveform.astype(np.float32)])).all()


@pytest.mark.parametrize('waveform', [
    np.zeros(0, np.float32),
    np.zeros((100, 2), np.float32),
    np.zeros(100, np.int16),
], ids=['empty', 'stereo', 'integers'])
def test_refuses_what_is_no_mono_float_waveform(model, waveform):
    with pytest.raises(ValueError, match='mono float32'):
        model.logits([waveform])


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_refuses_samples_that_are_not_finite(model, value):
    waveform = voice(1.0)
    waveform[7] = value
    with pytest.raises(ValueError, match='finite'):
        model.logits([waveform])


def test_missing_weights_say_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match='mer_ros train'):
        load_model('speech', 'lite', path=tmp_path / 'lite_speech.onnx')


@pytest.mark.parametrize(('seconds', 'rows'), [(0.5, 1), (1.0, 1), (1.5, 2), (3.0, 3)])
def test_features_are_a_row_a_second(model, seconds, rows):
    features = model.features(voice(seconds))
    assert features.shape == (rows, len(model.statistics))
    assert features.dtype == np.float32
    assert np.abs(features).max() <= LIMIT


def test_the_features_of_a_second_are_its_standardised_statistics(model):
    waveform = voice(1.0)
    standard = ((model.describe(waveform) - model.mean) / model._scale)[:len(model.statistics)]
    np.testing.assert_allclose(
        model.features(waveform)[0], np.clip(standard, -LIMIT, LIMIT), rtol=1e-5, atol=1e-6)


def test_silent_seconds_have_no_features(model):
    silence = np.zeros(16_000, np.float32)
    assert model.features(silence).shape == (0, len(model.statistics))
    assert len(model.features(np.concatenate([voice(1.0), silence]))) == 1
