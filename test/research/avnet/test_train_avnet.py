"""Training of the audio-visual network on corpora in their published layouts, small and easy."""

from fractions import Fraction
import json

import numpy as np
import pytest

pytest.importorskip('lightning')
import av
from click.testing import CliRunner
import cv2
import soundfile
import torch

from mer_ros.cli import main
from mer_ros.engines.segment_folder import Collection, Item
from mer_ros.models import load_model
from mer_ros.models.protocols import Faces
from mer_ros.models.speech.mel import log_mel
from mer_ros.research.avnet import avnet_cache, avnet_corpora
from mer_ros.research.avnet import train_avnet as train_avnet_module
from mer_ros.research.avnet.avnet_cache import Film, prepare
from mer_ros.research.avnet.avnet_data import batches, FilmDataset
from mer_ros.research.avnet.avnet_folds import make_folds
from mer_ros.research.avnet.avnet_module import AvNetModule, LogMel
from mer_ros.research.avnet.avnet_net import AvNetNet
from mer_ros.research.avnet.train_avnet import train_avnet
from mer_ros.research.avnet.train_uncertain import train_uncertain
from mer_ros.research.corpora.clip import Clip
from mer_ros.research.corpora.read_corpus import read_corpus

RATE = 10
"""Images a second."""

ACTORS = ('1001', '1002', '1003', '1004', '1005', '1006')
WAVES = 128 + 60 * np.sin(np.arange(98 * 80).reshape(98, 80) % 80 / 3)
EMOTIONS = {'ANG': (WAVES, 300), 'SAD': (WAVES[:, ::-1].T.repeat(2, 0)[:98, :80], 2000)}
"""Picture (98, 80), of upright or lying waves, and pitch of the tone by emotion."""


class Everything:
    """Takes the whole picture for a face, unless it is black."""

    name = 'everything'

    def detect(self, image):
        height, width = image.shape[:2]
        count = int(image.max() > 20)
        return Faces(np.array([[0, 0, width, height]] * count, np.float32).reshape(-1, 4),
                     np.ones(count, np.float32), np.full((count, 5, 2), np.nan, np.float32))


@pytest.fixture(autouse=True)
def detector(monkeypatch):
    avnet_cache._load.cache_clear()
    monkeypatch.setattr(avnet_cache, 'load_detector', lambda name: Everything())
    yield
    avnet_cache._load.cache_clear()


def write_film(path, pictures, sound=None):
    """Write pictures (98, 80) or their shades, and sound at 48 kHz if there is any."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), 'w') as container:
        video = container.add_stream('flv' if path.suffix == '.flv' else 'mpeg4', rate=RATE)
        video.width, video.height, video.pix_fmt = 80, 98, 'yuv420p'
        streams = [video]
        if sound is not None:
            streams.append(container.add_stream('aac', rate=48000, layout='mono'))
        for index, picture in enumerate(pictures):
            grey = np.broadcast_to(picture, (98, 80)).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(np.stack([grey] * 3, axis=2)), format='rgb24')
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(video.encode(frame))
        for start in range(0, 0 if sound is None else len(sound) // 1024 * 1024, 1024):
            block = av.AudioFrame.from_ndarray(
                sound[start:start + 1024].astype(np.float32)[None], format='fltp', layout='mono')
            block.sample_rate, block.pts, block.time_base = 48000, start, Fraction(1, 48000)
            container.mux(streams[1].encode(block))
        for stream in streams:
            container.mux(stream.encode(None))


def tone(hertz, seconds, rate):
    return 0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


@pytest.fixture(scope='session')
def crema_d(tmp_path_factory):
    """Six people, two emotions, two sentences; each emotion has a picture and a pitch."""
    root = tmp_path_factory.mktemp('data') / 'CREMA-D'
    noise = np.random.default_rng(0)
    (root / 'AudioWAV').mkdir(parents=True)
    for actor in ACTORS:
        for emotion, (picture, hertz) in EMOTIONS.items():
            for sentence in ('DFA', 'IEO'):
                name = f'{actor}_{sentence}_{emotion}_XX'
                write_film(root / 'VideoFlash' / f'{name}.flv',
                           picture + noise.normal(0, 9, (12, 98, 80)))
                soundfile.write(root / 'AudioWAV' / f'{name}.wav', tone(hertz, 1.2, 16000)
                                + noise.normal(0, 0.01, 19200), 16000)
    return root


@pytest.fixture(scope='session')
def ravdess(tmp_path_factory):
    root = tmp_path_factory.mktemp('data') / 'RAVDESS'
    for actor in (1, 2, 3):
        for emotion in (2, 5):
            write_film(root / f'Actor_{actor:02}' / f'01-01-0{emotion}-01-01-01-{actor:02}.mp4',
                       [40 * emotion] * 12, tone(200 * emotion, 1.2, 48000))
    return root


def learn(root, out, **options):
    return train_avnet(**{
        'data': root, 'out': out, 'dataset': 'crema_d', 'folds': 3, 'epochs': 4, 'rate': 2e-4,
        'batch': 4, 'device': 'cpu', 'detector': 'everything', **options})


def test_learns_what_differs_and_tests_it_on_people_never_learned_from(crema_d, tmp_path):
    report = learn(crema_d, tmp_path, fold='1', epochs=15, batch=2)
    assert report['pooled']['n'] == 8
    assert report['pooled']['accuracy'] == 1.0
    assert report['parameters'] == 2_715_218
    assert 10.3 < report['mebibytes'] < 10.4
    assert report['milliseconds'] > 0
    written = tmp_path / 'avnet' / 'crema_d' / 'folds.json'
    assert json.loads(written.read_text()) == json.loads(json.dumps(report))


def test_the_weights_answer_for_a_film_as_the_training_did(crema_d, tmp_path):
    learn(crema_d, tmp_path, fold='2', epochs=2)
    folder = tmp_path / 'avnet' / 'crema_d' / 'fold_2'
    figures = json.loads((folder / 'figures.json').read_text())
    model = load_model('av', 'avnet', path=folder, device='cpu')
    films = {film.id: film for film in prepare(
        read_corpus('crema_d', crema_d, 'all')[0],
        tmp_path / 'avnet' / 'cache' / 'crema_d_16000_everything',
        sample_rate=16000, detector='everything')[0]}
    data = FilmDataset([films[name] for name in figures['films']], model.labels,
                       segments=model.segments, sample_rate=model.sample_rate)
    for (faces, sound, _), expected in zip(data, figures['scores'], strict=True):
        np.testing.assert_allclose(
            model.logits(faces.numpy(), sound.numpy().astype(np.float32) / 32767), expected,
            rtol=1e-3, atol=1e-3)


def test_ravdess_is_learned_with_its_own_classes_segments_and_rate(ravdess, tmp_path):
    report = learn(ravdess, tmp_path, dataset='ravdess', fold='1', epochs=1, batch=2)
    assert report['labels'] == ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness',
                                'surprise', 'calm']
    assert (report['segments'], report['sample_rate']) == (12, 48000)
    assert report['parameters'] == 2_716_500
    assert report['pooled']['n'] == 2


def test_the_command_tests_everybody_once_and_prints_the_tables_of_the_paper(
        crema_d, tmp_path, monkeypatch):
    monkeypatch.setenv('COLUMNS', '120')
    result = CliRunner().invoke(main, [
        'train', 'avnet', '--data', str(crema_d), '--dataset', 'crema_d', '--epochs', '1',
        '--device', 'cpu', '--detector', 'everything', '--frames', '3', '--out', str(tmp_path)],
        catch_exceptions=False)
    assert result.exit_code == 0
    for expected in ('TA-AVN', '74.2', 'as figure 6', '2.72', 'RTX 4090'):
        assert expected in result.output
    tested = [person for file in tmp_path.glob('avnet/crema_d/fold_*/figures.json')
              for person in set(json.loads(file.read_text())['persons'])]
    assert sorted(tested) == sorted(ACTORS)


def test_a_run_that_was_stopped_goes_on_and_one_of_another_recipe_does_not(crema_d, tmp_path):
    learn(crema_d, tmp_path, fold='1', epochs=2)
    weights = (tmp_path / 'avnet' / 'crema_d' / 'fold_1' / 'avnet.pt').read_bytes()
    learn(crema_d, tmp_path, fold='1', epochs=2, resume=True)
    assert (tmp_path / 'avnet' / 'crema_d' / 'fold_1' / 'avnet.pt').read_bytes() == weights
    with pytest.raises(ValueError, match='choose another folder'):
        learn(crema_d, tmp_path, fold='1', epochs=2, rate=1e-2, resume=True)


def test_folds_of_different_runs_are_not_put_together(crema_d, tmp_path):
    learn(crema_d, tmp_path, fold='1', epochs=1)
    with pytest.raises(ValueError, match='of another run'):
        learn(crema_d, tmp_path, fold='2', folds=2, epochs=1)


def test_wav2vec2_takes_the_place_of_the_audio_network(crema_d, tmp_path):
    transformers = pytest.importorskip('transformers')
    transformers.Wav2Vec2Model(transformers.Wav2Vec2Config(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        conv_dim=[16] * 7)).save_pretrained(tmp_path / 'published')
    report = learn(crema_d, tmp_path, fold='1', epochs=1, audio='wav2vec2',
                   wav2vec2=tmp_path / 'published')
    assert report['audio'] == 'wav2vec2'
    folder = tmp_path / 'avnet' / 'crema_d_wav2vec2' / 'fold_1'
    model = load_model('av', 'avnet', path=folder, device='cpu')
    assert model.logits(np.zeros((2, 98, 80), np.uint8), np.zeros((2, 24000), np.float32)
                        ).shape == (6,)
    with pytest.raises(ValueError, match='--wav2vec2'):
        learn(crema_d, tmp_path, audio='wav2vec2')


def ask(root, out, **options):
    return train_uncertain(**{
        'data': root, 'out': out, 'dataset': 'crema_d', 'folds': 3, 'fold': '1', 'epochs': 3,
        'moved': 2, 'batch': 4, 'rate': 1e-3, 'device': 'cpu', 'detector': 'everything', **options})


def test_algorithm_1_asks_for_the_films_of_other_people_and_has_curves_and_times(
        crema_d, tmp_path):
    report = ask(crema_d, tmp_path)
    fold, = report['folds']
    assert (fold['known'], fold['unknown']) == (4, 8)
    assert set(fold['strategies']) == {'entropy', 'margin', 'random', 'all'}
    for name, one in fold['strategies'].items():
        assert [point['labelled'] for point in one['curve']] == (
            [12] * 4 if name == 'all' else [4, 6, 8, 10])
        assert all(0 <= point[part]['accuracy'] <= 1 for point in one['curve']
                   for part in ('train', 'dev', 'test'))
        assert one['seconds']['learning'] > 0
        assert (one['seconds']['asking'] > 0) == (name != 'all')
        weights = tmp_path / 'avnet' / 'crema_d_uncertain' / 'fold_1' / name
        assert load_model('av', 'avnet', path=weights, device='cpu').detector == 'everything'
    folder = tmp_path / 'avnet' / 'crema_d_uncertain'
    assert json.loads((folder / 'uncertain.json').read_text()) == json.loads(json.dumps(report))
    assert (folder / 'fold_1' / 'uncertain.png').read_bytes().startswith(b'\x89PNG')


def test_the_strategies_begin_with_the_same_weights_and_the_same_films(crema_d, tmp_path):
    fold, = ask(crema_d, tmp_path, strategies=['entropy', 'random'])['folds']
    first = [one['curve'][0] for one in fold['strategies'].values()]
    assert first[0] == first[1]


def test_asking_goes_on_where_it_was_stopped_and_refuses_another_recipe(crema_d, tmp_path):
    chosen = {'strategies': ['entropy'], 'epochs': 1}
    before = ask(crema_d, tmp_path, **chosen)
    after = ask(crema_d, tmp_path, resume=True, strategies=['entropy', 'random'], epochs=1)
    assert after['folds'][0]['strategies']['entropy'] == before['folds'][0]['strategies']['entropy']
    assert 'random' in after['folds'][0]['strategies']
    with pytest.raises(ValueError, match='choose another folder'):
        ask(crema_d, tmp_path, resume=True, moved=1, **chosen)


def test_too_few_films_for_the_plan_and_unknown_strategies_are_refused(crema_d, tmp_path):
    with pytest.raises(ValueError, match='30 rounds of 2 samples were asked for and 8'):
        ask(crema_d, tmp_path, epochs=30)
    with pytest.raises(ValueError, match="no strategy is called \\['luck'\\]"):
        ask(crema_d, tmp_path, strategies=['luck'])


def test_the_command_runs_algorithm_1_and_refuses_options_without_use(crema_d, tmp_path):
    given = ['train', 'avnet', '--data', str(crema_d), '--dataset', 'crema_d', '--epochs', '1',
             '--device', 'cpu', '--detector', 'everything', '--out', str(tmp_path), '--fold', '1',
             '--moved', '1']
    result = CliRunner().invoke(main, [
        *given, '--uncertain', '--strategy-of-asking', 'entropy'], catch_exceptions=False)
    assert result.exit_code == 0
    assert (tmp_path / 'avnet' / 'crema_d_uncertain' / 'uncertain.json').is_file()
    assert CliRunner().invoke(main, given).exit_code == 2
    assert CliRunner().invoke(main, [*given, '--uncertain', '--frames', '3']).exit_code == 2


def test_the_weights_say_how_long_a_segment_was_and_who_cut_out_the_faces(crema_d, tmp_path):
    learn(crema_d, tmp_path, fold='1', epochs=1)
    model = load_model('av', 'avnet', path=tmp_path / 'avnet' / 'crema_d' / 'fold_1', device='cpu')
    assert model.detector == 'everything'
    assert model.segment_length == pytest.approx(1.2 / 5, abs=0.01)


def test_labelled_segments_of_a_robot_are_learned_from_and_never_tested(
        crema_d, tmp_path, monkeypatch):
    monkeypatch.setattr(train_avnet_module, 'load_detector', lambda name: Everything())
    root = tmp_path / 'collected'
    collection = Collection(root, create=True)
    media = {'a' * 8: 'anger', 'b' * 8: 'surprise', 'c' * 8: '', 'd' * 8: 'sad'}
    with collection.edit() as items:
        for name, label in media.items():
            cv2.imwrite(str(root / f'{name}.jpg'), np.full((90, 90, 3), 128, np.uint8))
            soundfile.write(root / f'{name}.wav', tone(300, 1.5, 8000), 8000)
            items[name] = Item(
                id=name, stamp=5_000_000_000, modality='av', person_id='ann', model='avnet',
                label=label, predicted='fear', entropy=1.5, uncertainty=0.4, features='',
                media=f'{name}.jpg {name}.wav')
    plain = learn(crema_d, tmp_path / 'plain', fold='1', epochs=1)
    report = learn(crema_d, tmp_path / 'out', fold='1', epochs=1, collected=root)
    sizes = [json.loads((tmp_path / name / 'avnet' / 'crema_d' / 'fold_1' / 'figures.json'
                         ).read_text())['train'] for name in ('plain', 'out')]
    assert sizes[1] == sizes[0] + 2
    assert report['pooled']['n'] == plain['pooled']['n']
    films = FilmDataset([Film('a' * 8, 'collected ann', 'anger',
                              tmp_path / 'out' / 'avnet' / 'cache' / 'collected' / ('a' * 8))],
                        ['anger'], segments=5, sample_rate=16000)
    faces, sound, label = films[0]
    assert (faces.shape, sound.shape, int(label)) == ((5, 98, 80), (5, 24000), 0)
    assert np.abs(sound.numpy()).mean() > 1000


def test_without_mtcnn_another_detector_must_be_named(crema_d, tmp_path, monkeypatch):
    monkeypatch.setattr(avnet_corpora, 'find_spec', lambda name: None)
    with pytest.raises(ImportError, match=r'requirements/mtcnn\.txt; or name another detector'):
        learn(crema_d, tmp_path, detector=None)


@pytest.mark.parametrize(('options', 'message'), [
    ({'fold': '9'}, 'no fold'), ({'dataset': 'mead'}, "known: \\['crema_d', 'ravdess'\\]"),
    ({'folds': 9}, '6 people cannot be divided into 9')])
def test_what_cannot_be_run_is_refused(crema_d, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        learn(crema_d, tmp_path, **options)


def test_films_that_cannot_be_used_are_left_out_with_the_reason(tmp_path):
    black, silent, good = (tmp_path / f'{name}.mp4' for name in ('black', 'silent', 'good'))
    write_film(black, [0] * 5, tone(300, 0.5, 48000))
    write_film(silent, [90] * 5)
    write_film(good, [0, 90, 120, 0, 90], tone(300, 0.5, 48000))
    clips = [Clip(id=file.stem, person='a', label='happy', split='', film=file)
             for file in (black, silent, good)]
    clips.append(Clip(id='blind', person='a', label='happy', split='', sound=good))
    films, skipped = prepare(clips, tmp_path / 'cache', sample_rate=16000, detector='everything')
    assert {one.id: one.reason.split(' of ')[0].split(' in ')[0] for one in skipped} == {
        'black': 'no face was found', 'silent': 'silent has no sound',
        'blind': 'blind has no images'}
    faces, times, sound = films[0].open()
    assert [film.id for film in films] == ['good']
    np.testing.assert_allclose(faces.mean(axis=(1, 2)), [0, 90, 120, 0, 90], atol=4)
    np.testing.assert_allclose(times, np.arange(5) / RATE, atol=1e-6)
    assert abs(len(sound) / 16000 - 0.5) < 0.05
    assert not list((tmp_path / 'cache').glob('.*'))


def test_in_films_of_people_a_face_is_cut_out_of_every_image(sample_film, tmp_path):
    films, skipped = prepare(
        [Clip(id=name, person='1001', label='hap', split='', film=sample_film.with_suffix('.flv'),
              sound=sample_film.with_suffix('.wav')) for name in ('one', 'other')],
        tmp_path, sample_rate=16000, detector='haar', jobs=2)
    assert (len(films), skipped) == (2, [])
    for film in films:
        faces, times, sound = film.open()
        assert len(faces) == len(times) == 30
        assert faces.shape[1:] == (98, 80)
        assert np.all(np.diff(times) > 0)
        assert times[-1] == pytest.approx(len(sound) / 16000, abs=0.2)
        # A person who stays where he is looks alike from image to image.
        changes = np.abs(np.diff(faces.astype(int), axis=0)).mean(axis=(1, 2))
        assert np.median(changes) < 12


def test_films_are_made_ready_once(crema_d, tmp_path, monkeypatch):
    clips = read_corpus('crema_d', crema_d, 'all', limit=3)[0]
    first, _ = prepare(clips, tmp_path, sample_rate=16000, detector='everything')
    monkeypatch.setattr(avnet_cache, 'read_film', None)
    again, _ = prepare(clips, tmp_path, sample_rate=16000, detector='everything')
    assert len(first) == 3
    assert again == first


@pytest.fixture
def film(tmp_path):
    """Ten seconds of two images a second whose shade is their number; the sound is the time."""
    for name, values in (('faces', np.arange(20, dtype=np.uint8)[:, None, None]
                          * np.ones((98, 80), np.uint8)),
                         ('times', np.arange(20) / 2),
                         ('sound', np.arange(10000, dtype=np.int16))):
        np.save(tmp_path / f'{name}.npy', values)
    return Film('counting', 'a', 'anger', tmp_path)


def test_the_test_looks_at_the_middle_of_each_segment_and_hears_around_it(film):
    faces, sound, label = FilmDataset([film], ['fear', 'anger'], segments=5, sample_rate=1000)[0]
    assert faces[:, 0, 0].tolist() == [2, 6, 10, 14, 18]
    assert sound[:, 750].tolist() == [1000, 3000, 5000, 7000, 9000]
    assert label == 1


def test_several_frames_of_a_segment_lie_evenly_in_it(film):
    data = FilmDataset([film], ['anger'], segments=5, sample_rate=1000, frames=2)
    assert data[0][0][:, 0, 0].tolist() == [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]


def test_learning_draws_a_frame_of_each_segment_and_sound_within_10_ms_of_it(film):
    torch.manual_seed(0)
    data = FilmDataset([film], ['anger'], segments=5, sample_rate=1000, random=True)
    drawn = [data[0] for _ in range(200)]
    frames = np.array([faces[:, 0, 0].numpy() for faces, _, _ in drawn], dtype=int)
    for segment in range(5):
        assert set(frames[:, segment]) == set(range(4 * segment, 4 * segment + 4))
    offsets = np.array([sound[:, 750].numpy() for _, sound, _ in drawn]) - 500 * frames
    late = offsets[:, 1:-1]
    assert np.abs(late).max() <= 10
    assert len(np.unique(late)) > 15


def test_spectrograms_of_many_sounds_are_those_of_each():
    noise = np.random.default_rng(0)
    sounds = noise.normal(0, 0.1, (3, 24000)).astype(np.float32)
    sounds[1, 4000:] = 0
    sounds[2] = 0
    found = LogMel(16000)(torch.from_numpy(sounds)).numpy()
    for one, sound in zip(found, sounds, strict=True):
        np.testing.assert_allclose(one, log_mel(sound, 16000, centre=False), atol=0.02)


def test_a_film_scores_the_mean_of_its_segments():
    torch.manual_seed(0)
    module = AvNetModule(AvNetNet(4), sample_rate=16000).eval()
    faces = torch.randint(0, 256, (2, 3, 98, 80), dtype=torch.uint8)
    sound = torch.randint(-3000, 3000, (2, 3, 24000), dtype=torch.int16)
    alone = torch.stack([module(faces[:, i:i + 1], sound[:, i:i + 1]) for i in range(3)])
    torch.testing.assert_close(module(faces, sound), alone.mean(0), rtol=1e-3, atol=1e-4)


def test_the_rate_falls_to_a_tenth_once():
    module = AvNetModule(AvNetNet(2), sample_rate=16000, drop_after=2)
    (optimizer,), (schedule,) = module.configure_optimizers()
    rates = []
    for _ in range(4):
        rates.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        schedule.step()
    assert rates == pytest.approx([1e-4, 1e-4, 1e-5, 1e-5])


def test_everybody_is_tested_once_and_nobody_is_in_two_parts():
    names = [str(number) for number in range(91)]
    folds = make_folds(names, seed=3)
    assert sorted(name for fold in folds for name in fold.test) == sorted(names)
    for fold in folds:
        assert fold.train | fold.dev | fold.test == set(names)
        assert len(fold.train) + len(fold.dev) + len(fold.test) == 91
        assert len(fold.dev) in (9, 10)
    assert folds == make_folds(reversed(names), seed=3)
    assert folds != make_folds(names, seed=4)


def test_as_printed_the_epoch_is_chosen_by_the_test_people():
    names = [f'p{number}' for number in range(10)]
    for printed, ours in zip(make_folds(names, as_printed=True), make_folds(names), strict=True):
        assert printed.dev == printed.test == ours.test
        assert printed.train == ours.train | ours.dev


def test_films_are_read_by_other_processes_as_well(film):
    data = FilmDataset([film] * 4, ['anger'], segments=5, sample_rate=1000)
    faces, _, classes = next(iter(batches(data, size=4, workers=1)))
    assert faces.shape == (4, 5, 98, 80)
    assert classes.tolist() == [0] * 4
