from dataclasses import replace

import cv2
import numpy as np
import pytest
import soundfile

from mer_ros.data import Logits, Media
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.collector import Collector
from mer_ros.engines.segment_folder import Collection, Item
from mer_ros.training.labelled_segments import read_collected, read_features, samples_of

SUFFIX = {'face': 'jpg', 'speech': 'wav', 'text': 'txt'}


@pytest.fixture
def folder(tmp_path):
    """Make a folder as a robot leaves it, and a function that adds an item to it."""
    root = tmp_path / 'collected'
    collection = Collection(root, create=True)

    def add(name, modality, label, *, media=None, features=None, person='', model='lite'):
        name *= 8  # as ids are
        files = {'features': '', 'media': ''}
        if features is not None:
            files['features'] = f'{name}.npz'
            np.savez(root / files['features'], features=np.asarray(features, np.float32))
        if media is not None:
            files['media'] = f'{name}.{SUFFIX[modality]}'
            path = root / files['media']
            if modality == 'face':
                cv2.imwrite(str(path), media)
            elif modality == 'speech':
                soundfile.write(path, media, 16000, subtype='PCM_16')
            else:
                path.write_text(media, encoding='utf-8')
        with collection.edit() as items:
            items[name] = Item(
                id=name, stamp=5_000_000_000, modality=modality, person_id=person, model=model,
                label=label, predicted='fear', entropy=1.5, uncertainty=0.4, **files)

    add.root = root
    return add


def test_labelled_items_of_the_modality_are_returned(folder):
    folder('a', 'text', 'sadness', media='I miss her', person='anna')
    folder('b', 'text', '', media='nobody looked')
    folder('d', 'speech', 'anger', features=np.zeros((2, 3)))
    item, = read_collected(folder.root, 'text')
    assert (item.id, item.label, item.model) == ('aaaaaaaa', 'sadness', 'lite')
    assert item.group == 'collected anna'
    speech, = read_collected(folder.root, 'speech')
    assert (speech.media, speech.group) == (None, 'collected')
    assert read_features(speech).shape == (2, 3)
    assert len(samples_of([speech], 'speech')) == 0


def test_media_become_what_the_models_take(folder, hum):
    folder('a', 'text', 'sadness', media='I miss her\n')
    folder('b', 'speech', 'anger', media=hum(200))
    folder('c', 'face', 'happy', media=np.full((60, 50, 3), (0, 0, 250), np.uint8))
    text, speech, face = (samples_of(read_collected(folder.root, name), name)
                          for name in ('text', 'speech', 'face'))
    assert text.inputs == ['I miss her']
    assert speech.inputs[0].shape == (9600,)
    np.testing.assert_allclose(speech.inputs[0], hum(200), atol=1e-3)
    assert face.labels == ['happiness']
    assert face.inputs[0].shape == (60, 50, 3)
    assert face.inputs[0][30, 25].tolist() == pytest.approx([250, 0, 0], abs=6)


def test_an_unknown_label_is_refused_with_its_row(folder):
    folder('a', 'text', 'sadness', media='good')
    folder('b', 'text', 'boredom', media='bad')
    with pytest.raises(ValueError, match=r"line 3: the label 'boredom'"):
        read_collected(folder.root, 'text')


@pytest.mark.parametrize('kind', ['features', 'media'])
def test_a_missing_file_is_named_with_its_row(folder, kind):
    folder('a', 'text', 'sadness', media='words', features=[1.0])
    (folder.root / ('aaaaaaaa.npz' if kind == 'features' else 'aaaaaaaa.txt')).unlink()
    with pytest.raises(FileNotFoundError, match=r'index\.jsonl line 2: the file a+\.'):
        read_collected(folder.root, 'text')


def test_a_link_to_a_file_outside_the_folder_is_not_followed(folder):
    (folder.root.parent / 'secret.txt').write_text('words')
    folder('a', 'text', 'sadness', media='words')
    (folder.root / 'aaaaaaaa.txt').unlink()
    (folder.root / 'aaaaaaaa.txt').symlink_to('../secret.txt')
    with pytest.raises(FileNotFoundError, match='does not exist'):
        read_collected(folder.root, 'text')


def test_what_is_no_such_folder_is_refused(folder, tmp_path):
    with pytest.raises(ValueError, match=r'no collection.*index\.jsonl'):
        read_collected(tmp_path, 'text')
    with pytest.raises(ValueError, match=r'gesture.*speech'):
        read_collected(folder.root, 'gesture')


def test_what_the_robot_kept_is_read_back(tmp_path, hum):
    labels = ('anger', 'fear')
    collector = Collector(tmp_path / 'kept', media=True)
    for modality, media in (('text', Media(words='Oh no')),
                            ('speech', Media(sound=hum(200)))):
        assert collector.offer(Logits(
            stamp=1, modality=modality, labels=labels, logits=np.zeros(2), model='lite',
            features=np.ones((1, 4), np.float32), media=media))
    with Collection(tmp_path / 'kept').edit() as items:
        for name, item in items.items():
            items[name] = replace(item, label='fear')
    text, = read_collected(tmp_path / 'kept', 'text')
    assert samples_of([text], 'text').inputs == ['Oh no']
    np.testing.assert_array_equal(read_features(text), np.ones((1, 4)))
    speech = samples_of(read_collected(tmp_path / 'kept', 'speech'), 'speech')
    np.testing.assert_allclose(speech.inputs[0], hum(200), atol=1e-3)


@pytest.mark.parametrize('features', [np.zeros((1, 2, 3)), [np.nan, 0.0]])
def test_features_of_another_form_are_refused(folder, features):
    folder('a', 'speech', 'anger', features=features)
    item, = read_collected(folder.root, 'speech')
    with pytest.raises(ValueError, match=r'a+\.npz.*finite'):
        read_features(item)


def test_collected_faces_are_learned_from_and_not_measured_on(folder, own_faces, tmp_path):
    pytest.importorskip('torch')
    from mer_ros.training.face.train_face import train_face

    folder('a', 'face', 'surprise', media=np.zeros((60, 60, 3), np.uint8))
    found = train_face(data=own_faces, out=tmp_path / 'out', smoke=True, collected=folder.root)
    assert found['trained_on'] == {'own_faces': 14, 'collected': 1}
    assert set(found['figures']['test']) == set(found['figures']['dev']) == {'own_faces'}


def test_collected_voices_are_learned_from_as_sound_or_as_features(
        folder, hums, tmp_path, caplog, hum):
    pytest.importorskip('torch')
    from mer_ros.models.speech.lite_speech import LiteSpeech
    from mer_ros.training.speech.train_speech import train_speech

    seen = LiteSpeech().features(hum(150, 2.0))
    folder('a', 'speech', 'surprise', media=hum(700, 2.0), person='anna')
    folder('b', 'speech', 'anger', features=seen, person='anna')
    folder('c', 'speech', 'fear', features=seen)
    models = train_speech(data=hums, out=tmp_path / 'out', smoke=True, collected=folder.root)
    assert len(models) == 2
    for found in models.values():
        assert found['trained_on'] == {'emodb': 12, 'collected': 2}
        assert found['labels'] == ['anger', 'happiness', 'sadness', 'surprise']
        # Nobody who was collected is among those whom the recipe is measured on.
        assert found['figures']['dev']['n'] == 6
    assert '1 collected items without sound are left out' in caplog.text


def test_features_come_back_as_the_statistics_that_they_were(folder, tmp_path, hum):
    pytest.importorskip('torch')
    from mer_ros.models.speech.lite_speech import LiteSpeech
    from mer_ros.training.speech.speech_collected import with_features
    from mer_ros.training.speech.speech_data import Described

    model = LiteSpeech()
    clips = Described(np.zeros((1, len(model.statistics) + 3)), np.array([1]), np.eye(2)[1:],
                      np.array(['08']), np.array([0]), np.array([False]))
    sound = hum(150, 0.9)
    folder('a', 'speech', 'anger', features=model.features(sound)[0], person='anna')
    options = {'names': list(model.statistics), 'labels': ['anger', 'fear']}
    both = with_features(clips, read_collected(folder.root, 'speech'), **options)
    inside = np.abs(model.features(sound)[0]) < 3
    assert inside.sum() > 50
    np.testing.assert_allclose(both.statistics[1, :-3][inside], model.describe(sound)[inside],
                               rtol=1e-4, atol=1e-4)
    assert np.isnan(both.statistics[1, -3:]).all()
    assert (both.truth.tolist(), both.speaker.tolist(), both.hard.tolist()) == (
        [1, 0], ['08', 'collected anna'], [False, True])
    folder('b', 'speech', 'anger', features=np.zeros((2, 192)), model='wav2vec2')
    with pytest.raises(ValueError, match=r"b\.npz: 192 features of the model 'wav2vec2'"):
        with_features(clips, read_collected(folder.root, 'speech'), **options)


def test_collected_words_are_learned_from_as_comments(folder):
    pytest.importorskip('torch')
    from mer_ros.training.text.text_data import Split, with_sentences, Written

    written = Written.of(['hello'])
    split = Split([''], written, written, np.zeros((1, 7), np.float32), np.array([False]),
                  np.ones((1, 3), np.float32))
    folder('a', 'text', 'happiness', media='What a Day!')
    said = samples_of(read_collected(folder.root, 'text'), 'text')
    both = with_sentences(split, said, ['anger', 'joy', 'optimism'])
    assert [EMOTIONS[index] for index in both.truth[1:]] == ['happiness']
    assert both.fine[1].tolist() == [0, 1, 0]
    assert both.single.tolist() == [False, True]
    np.testing.assert_array_equal(both.plain.sentences[1],
                                  Written.of(['What a Day!']).sentences[0])
    assert len(both.spoken.words) == len(both.plain.words) == 2
    assert with_sentences(split, samples_of((), 'text'), ['joy']) is split


def test_the_commands_take_the_folder(folder, monkeypatch, tmp_path):
    from click.testing import CliRunner

    from mer_ros.cli import train as train_cli

    calls = []
    monkeypatch.setattr(train_cli, 'find_trainer',
                        lambda *name: lambda **options: calls.append((name, options)))
    for name in ('speech', 'face', 'text'):
        result = CliRunner().invoke(train_cli.train, [
            name, '--data', str(tmp_path), '--from', str(folder.root)])
        assert result.exit_code == 0, result.output
    assert [options['collected'] for _, options in calls] == [folder.root] * 3
    assert [name for (_, name), _ in calls] == ['train_speech', 'train_face', 'train_text']
