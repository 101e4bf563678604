"""Evaluation of manifests and data sets, driven by models whose answers are known."""

import json

import cv2
import numpy as np
import pytest
import soundfile

from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline_parts import parse_settings
from mer_ros.evaluation.evaluate import evaluate_dataset, evaluate_manifest
from mer_ros.fusion import fuse


class Words:
    """A text model that believes a word that names an emotion; knows all or some classes."""

    name = 'words'

    def __init__(self, labels=EMOTIONS):
        self.labels = tuple(labels)

    def logits(self, batch):
        return np.array([[4.0 * (label in text) for label in self.labels] for text in batch],
                        dtype=np.float32).reshape(len(batch), len(self.labels))


class Constant:
    """A face or speech model that always says happiness, and notes what it was given."""

    name = 'constant'
    labels = EMOTIONS

    def __init__(self):
        self.seen = []

    def logits(self, batch):
        self.seen += batch
        return np.tile(np.eye(7, dtype=np.float32)[3] * 2, (len(batch), 1))


def write(folder, text):
    path = folder / 'manifest.csv'
    path.write_text(text, encoding='utf-8')
    return path


def run(path, **models):
    return evaluate_manifest(path, models=models, resamples=20)


def test_text_alone_gives_the_figures_worked_by_hand(tmp_path):
    report = run(write(tmp_path, 'label,text\nfear,fear\nanger,anger\nanger,disgust\n'),
                 text=Words())
    assert report['modalities']['text']['accuracy'] == pytest.approx(2 / 3)
    assert report['fused']['accuracy'] == report['modalities']['text']['accuracy']
    assert report['modalities']['text']['classes']['anger']['recall'] == 0.5
    assert report['rows'] == 3
    assert report['unusable'] == report['skipped'] == []


def test_modalities_are_fused_by_the_fusion_of_the_robot(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((60, 60, 3), 90, np.uint8))
    face = Constant()
    report = run(write(tmp_path, 'label,text,face\nfear,fear,a.png\nhappiness,,a.png\n'),
                 text=Words(), face=face)
    settings = FusionSettings()
    options = settings.options
    said = 4.0 * np.eye(7)[2]
    trust = settings.beside('text', said, np.ones(7, dtype=np.bool_))
    fused = fuse({'text': said, 'face': 2.0 * np.eye(7)[3]}, reliability={'text': trust},
                 **options)
    alone = fuse({'face': 2.0 * np.eye(7)[3]}, **options)
    expected = -np.mean(np.log([fused.probability[2], alone.probability[3]]))
    assert report['fused']['nll'] == pytest.approx(expected)
    assert report['modalities']['text']['n'] == 1
    assert report['modalities']['face']['n'] == 2


def test_an_image_without_a_face_is_taken_whole_and_counted(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((60, 50, 3), 90, np.uint8))
    face = Constant()
    report = run(write(tmp_path, 'label,face\nhappiness,a.png\n'), face=face)
    assert report['face_crops'] == {'whole_image': 1}
    assert face.seen[0].shape == (60, 50, 3)


def test_speech_arrives_as_mono_at_16_khz(tmp_path):
    tone = np.sin(np.arange(22050) * 0.1)[:, None] * [0.5, 0.1]
    soundfile.write(tmp_path / 'a.wav', tone, 22050)
    speech = Constant()
    run(write(tmp_path, 'label,speech\nhappiness,a.wav\n'), speech=speech)
    assert speech.seen[0].dtype == np.float32
    assert speech.seen[0].shape == pytest.approx((16000,), abs=2)


def test_what_cannot_be_used_is_reported_with_line_and_reason(tmp_path):
    (tmp_path / 'bad.png').write_bytes(b'no picture')
    (tmp_path / 'bad.wav').write_bytes(b'no sound')
    soundfile.write(tmp_path / 'silent.wav', np.zeros(16000), 16000)
    soundfile.write(tmp_path / 'short.wav', np.ones(100) * 0.1, 16000)
    report = run(write(tmp_path, 'label,text,face,speech\nfear,fear,bad.png,bad.wav\n'
                                 'anger,,,silent.wav\nanger," ",,short.wav\n'),
                 text=Words(), face=Constant(), speech=Constant())
    assert [(s['line'], s['modality']) for s in report['skipped']] == [
        (2, 'face'), (2, 'speech'), (3, 'speech'), (4, 'speech'), (4, 'text')]
    assert [row['line'] for row in report['unusable']] == [3, 4]
    assert report['fused']['n'] == 1
    assert report['modalities']['face']['n'] == 0


def test_a_manifest_without_any_usable_row_is_refused(tmp_path):
    with pytest.raises(ValueError, match='the words are blank'):
        run(write(tmp_path, 'label,text\nfear," "\n'), text=Words())


def test_a_class_that_the_model_never_learned_is_named_with_its_rows(tmp_path):
    report = run(write(tmp_path, 'label,text\nsurprise,surprise\nfear,fear\n'),
                 text=Words(EMOTIONS[:6]))
    assert report['modalities']['text']['never_learned'] == {'surprise': 1}
    assert report['modalities']['text']['classes']['surprise']['recall'] == 0.0


def test_the_report_is_plain_json_and_repeats_itself(tmp_path):
    path = write(tmp_path, 'label,text,person\nfear,fear one two,a\nanger,fear three,b\n')
    report = evaluate_manifest(path, models={'text': Words()}, corruptions=True, resamples=20)
    assert json.loads(json.dumps(report, allow_nan=False))['rows'] == 2
    assert report == evaluate_manifest(
        path, models={'text': Words()}, corruptions=True, resamples=20)


def test_every_choice_of_modalities_and_every_preset_is_measured(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((60, 60, 3), 90, np.uint8))
    report = run(write(tmp_path, 'label,text,face\nfear,fear,a.png\nhappiness,,a.png\n'),
                 text=Words(), face=Constant())
    assert [row['modalities'] for row in report['subsets']] == [
        ['face'], ['text'], ['face', 'text']]
    assert [row['accuracy'] for row in report['subsets']] == [0.5, 1.0, 1.0]
    assert [row['preset'] for row in report['presets']] == ['paper', 'basic', 'calibrated']
    calibrated = report['presets'][2]
    for name in ('n', 'accuracy', 'ece', 'mean_uncertainty', 'mean_conflict'):
        assert report['subsets'][2][name] == calibrated[name] == report['fused'][name]


def test_one_modality_is_compared_with_nothing(tmp_path):
    report = run(write(tmp_path, 'label,text\nfear,fear\n'), text=Words())
    assert report['subsets'] == report['presets'] == []


def test_conflict_is_a_figure_of_the_fusion_alone(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((60, 60, 3), 90, np.uint8))
    report = run(write(tmp_path, 'label,text,face\nfear,fear,a.png\n'),
                 text=Words(), face=Constant())
    assert report['fused']['mean_conflict'] > 0
    assert 'mean_conflict' not in report['modalities']['face']


def test_a_corruption_hits_one_modality_and_leaves_the_others(tmp_path):
    # Words are trusted less about neutral, see BUILT_IN_WEAK.
    rows = ''.join(f'{label},{label},a.wav\n' for label in EMOTIONS[:4])
    soundfile.write(tmp_path / 'a.wav', np.sin(np.arange(16000) * 0.1) * 0.5, 16000)
    report = evaluate_manifest(
        write(tmp_path, 'label,text,speech\n' + rows), resamples=0, corruptions=True,
        models={'text': Words(), 'speech': Constant()})
    noise, _, replaced = report['corruptions']
    assert noise['modality'] == 'speech'
    assert all(level['accuracy'] == 1.0 for level in noise['levels'])
    assert replaced['levels'][0]['accuracy'] == report['fused']['accuracy'] == 1.0
    assert replaced['levels'][-1]['accuracy'] < 1.0


def test_parameters_of_the_models_are_those_of_the_nodes(tmp_path):
    manifest = write(tmp_path, 'label,text\nfear,i am so scared\n')
    report = evaluate_manifest(manifest, resamples=0, settings=parse_settings(['device=cpu']))
    assert report['modalities']['text']['model'] == 'lite'
    with pytest.raises(FileNotFoundError, match=r'nowhere\.onnx'):
        evaluate_manifest(manifest, resamples=0, settings=parse_settings(
            ['text.model=onnx', f'text.model_path={tmp_path / "nowhere.onnx"}']))


def test_an_unknown_preset_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(ValueError, match=r"'best'; known: .*'calibrated'"):
        evaluate_manifest(tmp_path / 'none.csv', preset='best')


def test_a_data_set_without_neutral_also_gets_figures_within_its_classes(tmp_path):
    folder = tmp_path / 'xed'
    folder.mkdir()
    (folder / 'en_test.tsv').write_text(
        'id\ttext\tekman7\tekman7_all\tlabels\n'
        '1\tfear\tfear\t\t\n2\tneutral anger\tanger\t\t\n')
    report = evaluate_dataset('xed', tmp_path, 'test', model=Words(), resamples=0)
    assert report['n'] == 2
    assert report['within_classes']['accuracy'] == 1.0
    assert report['never_learned'] == {}


def test_a_data_set_is_measured_under_corruption(tmp_path):
    folder = tmp_path / 'xed'
    folder.mkdir()
    texts = ''.join(f'{i}\twell {label}\t{label}\t\t\n' for i, label in enumerate(EMOTIONS))
    (folder / 'en_test.tsv').write_text('id\ttext\tekman7\tekman7_all\tlabels\n' + texts)
    report = evaluate_dataset(
        'xed', tmp_path, 'test', model=Words(), corruptions=True, resamples=0)
    assert {each['modality'] for each in report['corruptions']} == {'text'}
    assert report['corruptions'][0]['levels'][0]['accuracy'] == report['accuracy'] == 1.0
    assert 0 < report['mean_uncertainty'] < 1
