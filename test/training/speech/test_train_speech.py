import json

import numpy as np
import pytest
import soundfile

torch = pytest.importorskip('torch')
pytest.importorskip('sklearn')
pytest.importorskip('lightning')

from mer_ros.models.speech import voice_encoder  # noqa: E402
from mer_ros.models.speech.lite_speech import LiteSpeech  # noqa: E402
from mer_ros.models.speech.voice_encoder import WIDTH  # noqa: E402
from mer_ros.training.speech.no_voices import no_voices  # noqa: E402
from mer_ros.training.speech.speech_augment import (  # noqa: E402
    band_limit,
    draw_session,
    excerpt,
    quantise,
    Session,
    speed,
)
from mer_ros.training.speech.speech_corpora import once, read_corpora  # noqa: E402
from mer_ros.training.speech.speech_data import Described, population  # noqa: E402
from mer_ros.training.speech.speech_depth import fit_depth, temperatures  # noqa: E402
from mer_ros.training.speech.speech_fit import Fitted  # noqa: E402
from mer_ros.training.speech.speech_history import fit_prior, histories  # noqa: E402
from mer_ros.training.speech.speech_judged import Judged  # noqa: E402
from mer_ros.training.speech.speech_net import (  # noqa: E402
    Depth,
    Expert,
    Members,
    Recipe,
    SpeechNet,
)
from mer_ros.training.speech.train_speech import train_speech  # noqa: E402

SAMPLE_RATE = 16000
LABELS = ('anger', 'happiness', 'sadness')


@pytest.fixture
def no_encoder(monkeypatch):
    """Leave the voice encoder out, as where its package is missing: training is soon done."""
    monkeypatch.setattr(voice_encoder, 'carried', lambda package, name: None)


def network(seed=0):
    """Make one that judges five statistics by random weights."""
    torch.manual_seed(seed)

    def expert():
        return Expert(Members(5, 3, Recipe(members=4)).eval(),
                      Depth(torch.zeros(5), torch.eye(5)))

    return SpeechNet(expert(), expert(), torch.nn.Linear(5, 1), torch.nn.Linear(5, 1)).eval()


def rows(count, seed=0):
    """Make random statistics of two speakers of two corpora, every other one hard."""
    random = np.random.default_rng(seed)
    numbers = np.arange(count)
    speaker = np.where(numbers % 4 < 2, 'a/1', 'b/1')
    return Described(random.normal(size=(count, 5)), numbers % 3, np.eye(3)[numbers % 3], speaker,
                     numbers % 2, numbers % 2 == 1)


def test_a_smoke_run_leaves_models_that_load(hums, tmp_path, hum):
    out = tmp_path / 'out'
    descriptions = train_speech(data=hums, out=out, smoke=True)
    for name, further in (('lite_speech', 0), ('lite_speech_encoder', WIDTH)):
        description = descriptions[name]
        assert description == json.loads((out / f'{name}.json').read_text())
        assert description['labels'] == list(LABELS)
        assert description['trained_on'] == {'emodb': 12}
        assert description['figures']['dev']['n'] == 6
        assert description['figures']['emodb test']['n'] == 6
        assert description['figures']['emodb test, adapted']['uar'] > 0.3
        width = len(description['statistics']) + further
        assert np.shape(description['departures']) == (3, width)
        assert np.shape(description['inertia']) == (width,)
        assert list((out / 'log' / name / 'all' / 'wide').rglob('metrics.csv'))
        model = LiteSpeech(path=out / f'{name}.onnx')
        assert model.labels == LABELS
        assert model.logits([hum(400), hum(200), hum(100)]).argmax(axis=1).tolist() == [0, 1, 2]


def test_without_the_package_of_the_encoder_only_statistics_are_learned_from(
        hums, tmp_path, no_encoder, caplog):
    found = train_speech(data=hums, out=tmp_path / 'out', smoke=True)
    assert list(found) == ['lite_speech']
    assert 'requirements/detector.txt' in caplog.text
    assert not (tmp_path / 'out' / 'lite_speech_encoder.onnx').exists()


def test_a_run_is_resumed_but_not_with_another_recipe(hums, tmp_path, no_encoder):
    out = tmp_path / 'out'
    first = train_speech(data=hums, out=out, smoke=True)
    assert train_speech(data=hums, out=out, smoke=True, resume=True) == first
    with pytest.raises(ValueError, match='another folder'):
        train_speech(data=hums, out=out, smoke=True, resume=True, seed=3)


def test_equal_seeds_give_equal_models(hums, tmp_path, hum, no_encoder):
    logits = []
    for name, seed in (('a', 0), ('b', 0), ('c', 1)):
        train_speech(data=hums, out=tmp_path / name, smoke=True, seed=seed)
        logits.append(LiteSpeech(path=tmp_path / name / 'lite_speech.onnx').logits([hum(300)]))
    np.testing.assert_allclose(logits[0], logits[1], atol=1e-6)
    assert np.abs(logits[0] - logits[2]).max() > 1e-3


def test_a_class_of_a_single_speaker_is_refused(hums, tmp_path):
    table = hums / 'emodb' / 'labels.csv'
    lines = table.read_text().splitlines()
    kept = [line for line in lines if 'sadness' not in line or line.startswith('0_')]
    table.write_text('\n'.join(kept) + '\n')
    with pytest.raises(ValueError, match='two speakers'):
        train_speech(data=hums, out=tmp_path / 'out', smoke=True)


def test_a_folder_without_speech_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match='emodb'):
        train_speech(data=tmp_path, out=tmp_path / 'out', smoke=True)


def test_augmented_copies_differ_and_follow_the_generator(hum):
    waveform = hum(200)

    def heard(seed):
        random = np.random.default_rng(seed)
        return draw_session(random).hear(waveform, random)

    np.testing.assert_array_equal(heard(0), heard(0))
    assert heard(0).dtype == np.float32
    assert heard(0).shape != heard(1).shape or np.abs(heard(0) - heard(1)).max() > 1e-3
    assert all(np.isfinite(heard(seed)).all() for seed in range(50))


def test_a_session_knows_whether_it_is_hard():
    assert not Session({'room': lambda wave, _: wave}, 1.0).hard
    assert Session({'excerpt': lambda wave, _: wave}, 1.0).hard


def test_speaking_faster_is_shorter_and_higher(hum):
    fast = speed(hum(200, 1.0), 1.25)
    assert len(fast) == pytest.approx(SAMPLE_RATE / 1.25, rel=0.01)
    spectrum = np.abs(np.fft.rfft(fast))
    assert spectrum.argmax() * SAMPLE_RATE / len(fast) == pytest.approx(250, abs=3)


def test_band_limits_take_away_what_lies_outside():
    noise = np.random.default_rng(0).normal(size=SAMPLE_RATE).astype(np.float32)
    before, after = (np.abs(np.fft.rfft(wave)) ** 2 for wave in (noise, band_limit(
        noise, 300, 3400)))
    assert after[:100].mean() < 1e-2 * before[:100].mean()
    assert after[7000:].mean() < 1e-6 * before[7000:].mean()
    assert after[500:3000].mean() == pytest.approx(before[500:3000].mean(), rel=0.01)


def test_coding_with_eight_bits_leaves_the_sound_of_a_telephone(hum):
    wave = hum(200)
    noise = np.mean((quantise(wave, 8) - wave) ** 2) / np.mean(wave ** 2)
    assert 1e-5 < noise < 1e-3


def test_an_excerpt_is_a_part_and_never_longer_than_the_whole():
    wave = np.arange(SAMPLE_RATE, dtype=np.float32)
    part = excerpt(wave, 0.25, np.random.default_rng(0))
    assert len(part) == SAMPLE_RATE // 4
    np.testing.assert_array_equal(np.diff(part), 1)
    assert len(excerpt(wave, 5.0, np.random.default_rng(0))) == SAMPLE_RATE


def test_the_scale_is_not_that_of_hard_clips():
    described = rows(40)
    described.statistics[described.hard] *= 100
    mean, scale = population(described)
    assert np.abs(mean).max() < 1
    assert scale.max() < 2


def test_networks_side_by_side_do_not_touch_each_other():
    members = Members(5, 3, Recipe(members=4)).eval()
    scores = members(torch.randn(7, 5))
    assert scores.shape == (4, 7, 3)
    scores[1].sum().backward()
    touched = [weight.abs().sum() > 0 for weight in members.hidden.grad]
    assert touched == [False, True, False, False]


def test_a_gate_that_is_sure_leaves_one_expert():
    net = network()
    statistics = torch.randn(7, 5)
    with torch.no_grad():
        for bias, expert in ((-50.0, net.wide), (50.0, net.robust)):
            net.gate.bias.fill_(bias)
            torch.testing.assert_close(net(statistics)[0], expert(statistics))


def test_what_is_judged_is_what_the_network_says():
    net, described = network(), rows(12)
    mean, scale = np.full(5, 0.3), np.full(5, 2.0)
    curves = np.array([[0.1, 0.2, -0.3], [-0.4, 0.5, 0.0]])
    fitted = Fitted(net, mean, scale, np.ones(5, np.float32))
    judged = Judged.of(fitted, described, adapted=False)
    net.wide.depth.curve.copy_(torch.from_numpy(curves[0]))
    net.robust.depth.curve.copy_(torch.from_numpy(curves[1]))
    with torch.no_grad():
        said, _ = net(torch.from_numpy(fitted.standard(described.statistics)))
    np.testing.assert_allclose(judged.logits(curves), said.numpy(), atol=1e-4)
    assert len(set(judged.group)) == 4
    both = Judged.joined([judged, judged])
    assert len(set(both.group)) == 8


def test_a_row_is_judged_against_what_its_person_said_before_it_alone():
    standard = np.array([[3.0], [3.0], [3.0], [100.0]], np.float32)
    found = histories(standard, np.array([0, 0, 0, 1]), np.array([1.0], np.float32),
                      np.random.default_rng(0), whole=True)
    assert sorted(found[:3, 0].tolist()) == pytest.approx([0.0, 3.0 / 2, 6.0 / 3])
    assert found[3] == 0.0


def test_as_many_rows_as_wanted_know_nothing_of_the_person():
    standard, keys = np.ones((1000, 1), np.float32), np.arange(1000) % 10
    found = histories(standard, keys, np.array([1.0], np.float32), np.random.default_rng(0),
                      plain=0.5)
    assert 0.5 < np.mean(found == 0) < 0.7
    assert found.max() < 1.0


def test_what_tells_people_apart_is_learned_faster():
    random = np.random.default_rng(0)
    keys = np.repeat(np.arange(30), 20)
    person = random.normal(size=(30, 1))[keys]
    alike = random.normal(size=(600, 1))
    both = np.hstack([3 * person + alike, 0.5 * person + alike]).astype(np.float32)
    prior = fit_prior(both, keys)
    assert prior[0] == pytest.approx(0.2, abs=0.05)  # 1 / 9, and the least that is allowed
    assert prior[1] == pytest.approx(4.0, rel=0.6)


def test_votes_soften_the_label_and_broken_ones_leave_the_clip_out(tmp_path, hum):
    folder = tmp_path / 'crema_d_audio'
    folder.mkdir()
    soundfile.write(folder / 'a.wav', hum(200), 16000)
    table = [('path', 'actor', 'label', 'voice_votes', 'votes_ok', 'split'),
             ('a.wav', '1', 'anger', '5|0|0|0|5|0', '1', 'train'),
             ('a.wav', '1', 'sadness', '0|0|0|0|9|1', '0', 'train')]
    (folder / 'labels.csv').write_text('\n'.join(','.join(row) for row in table))
    clips = read_corpora(tmp_path, 'train')
    assert clips.samples.groups == ['crema_d_audio/1']
    target = clips.target(['anger', 'neutral'], Recipe(votes=0.5))
    np.testing.assert_allclose(target, [[0.75, 0.25]])


def test_sounds_that_are_no_voice_are_of_many_kinds_and_follow_the_seed():
    names = ['pitch_mean', 'level_std', 'centroid_mean', 'cepstrum1_mean']
    first, again, other = (no_voices(20, names=names, seed=seed) for seed in (0, 0, 1))
    assert first.shape[1] == 4
    assert len(first) >= 18
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[:5], other[:5])
    assert np.nanstd(first[:, 3]) > 0


def test_a_sound_far_from_all_voices_is_strange_whatever_else_speaks_for_it():
    net = network()
    with torch.no_grad():
        net.no_voice.weight.zero_()
        net.no_voice.bias.fill_(-20.0)
        _, strangeness = net(torch.tensor([[0.1] * 5, [6.0] * 5]))
    assert strangeness[0] < 0.01
    assert strangeness[1] > 0.99


def test_what_was_made_before_is_read_back_unless_the_key_is_another(tmp_path):
    made = []

    def make():
        made.append(rows(4, seed=len(made)))
        return made[-1]

    path = tmp_path / 'described.npz'
    once(path, {'seed': 0}, make)
    again = once(path, {'seed': 0}, make)
    np.testing.assert_array_equal(again.statistics, made[0].statistics)
    assert again.speaker.tolist() == made[0].speaker.tolist()
    assert len(made) == 1
    once(path, {'seed': 1}, make)
    assert len(made) == 2


def test_the_temperature_rises_where_the_scores_are_wrong():
    random = np.random.default_rng(0)
    distance = np.repeat([-0.5, 1.5], 500)
    truth = random.integers(0, 4, 1000)
    said = np.where(distance < 0, truth, random.integers(0, 4, 1000))
    curve = fit_depth(4.0 * np.eye(4)[said], truth, distance,
                      (distance > 0).astype(int))
    near, far = temperatures(np.array([-0.5, 1.5]), curve)
    assert far > 3 * near
    assert np.all(np.diff(temperatures(np.linspace(-2, 3, 50), curve)) >= 0)
