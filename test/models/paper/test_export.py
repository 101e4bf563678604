"""Exported models: they run without torch and say the same as the model they were made from."""

import json
from pathlib import Path
import re
import subprocess
import sys

import numpy as np
import pytest

from mer_ros.cli.export_run import export_model, exportable
from mer_ros.models import load_model
from mer_ros.models.face.onnx_face import OnnxFace
from mer_ros.models.speech.onnx_speech import OnnxSpeech

torch = pytest.importorskip('torch')
onnx = pytest.importorskip('onnx')

SENTENCES = ['I am so happy today', 'Leave me alone, you idiot!', 'hm', '', 'no ' * 300]
CLASSES = ['anger', 'disgust', 'fear', 'joy', 'neutral', 'sadness', 'surprise']


@pytest.fixture(scope='module')
def text_folder(tmp_path_factory) -> Path:
    """A small DistilRoBERTa with random weights and a tokenizer of its own."""
    transformers = pytest.importorskip('transformers')
    tokenizers = pytest.importorskip('tokenizers')
    folder = tmp_path_factory.mktemp('text')
    torch.manual_seed(0)
    bytes_only = tokenizers.ByteLevelBPETokenizer()
    bytes_only.train_from_iterator(SENTENCES, vocab_size=300, special_tokens=[
        '<s>', '<pad>', '</s>', '<unk>', '<mask>'])
    bytes_only._tokenizer.post_processor = tokenizers.processors.RobertaProcessing(
        ('</s>', 2), ('<s>', 0))
    transformers.RobertaTokenizerFast(
        tokenizer_object=bytes_only._tokenizer, model_max_length=64).save_pretrained(folder)
    transformers.RobertaForSequenceClassification(transformers.RobertaConfig(
        vocab_size=300, hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=128, max_position_embeddings=66, type_vocab_size=1, pad_token_id=1,
        initializer_range=0.3, id2label=dict(enumerate(CLASSES)),
        label2id={name: index for index, name in enumerate(CLASSES)})).save_pretrained(folder)
    return folder


@pytest.fixture(scope='module')
def speech_folder(tmp_path_factory, write_emotion2vec) -> Path:
    """A small emotion2vec+ with random weights."""
    folder = tmp_path_factory.mktemp('speech')
    write_emotion2vec(folder, width=48, heads=6)
    return folder


@pytest.fixture(scope='module')
def face_checkpoint(tmp_path_factory) -> Path:
    """A narrow ResEmoteNet with random weights."""
    from mer_ros.models.paper.resemotenet_net import ResEmoteNet

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp('face') / 'small.pth'
    torch.save({'model_state_dict': ResEmoteNet(width=8).state_dict()}, path)
    return path


def waveforms() -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.normal(scale=0.1, size=size).astype(np.float32)
            for size in (1600, 5000, 48000, 330000)]


def faces() -> list[np.ndarray]:
    rng = np.random.default_rng(2)
    return [rng.integers(0, 256, (side, side + 3, 3), dtype=np.uint8) for side in (40, 64, 200)]


def difference(exported: np.ndarray, original: np.ndarray) -> float:
    """Return the largest difference as a share of the largest score."""
    assert exported.shape == original.shape
    assert np.ptp(original) > 0.01, 'scores that are all alike would prove nothing'
    return float(np.abs(exported - original).max() / np.abs(original).max())


PRECISIONS = [('fp32', 1e-4), ('fp16', 1e-2), ('bf16', 5e-2), ('int8', 0.15)]


CASES = {
    'text': ('text_folder', 'distilroberta', lambda: SENTENCES),
    'speech': ('speech_folder', 'emotion2vec_plus_base', waveforms),
    'face': ('face_checkpoint', 'resemotenet', faces)}
"""Fixture of the weights, what the export calls them, and inputs, by modality."""


@pytest.mark.parametrize(('modality', 'dtype', 'allowed'), [
    (modality, *precision) for modality in CASES
    for precision in (PRECISIONS[:3] if modality == 'face' else PRECISIONS)])
def test_an_exported_model_says_what_the_original_says(
        request, tmp_path, modality, dtype, allowed):
    fixture, name, inputs = CASES[modality]
    weights = request.getfixturevalue(fixture)
    original = load_model(modality, 'paper', path=weights, device='cpu', dtype='fp32')
    path = export_model(name, tmp_path, path=weights, dtype=dtype)
    exported = load_model(modality, 'onnx', path=path)
    assert path.name == f'{name}_{dtype}.onnx'
    assert exported.name == f'{name}_{dtype}'
    assert exported.labels == original.labels
    logits = exported.logits(inputs())
    assert logits.dtype == np.float32
    found = difference(logits, original.logits(inputs()))
    print(f'{modality} {dtype}: {found:.2g}')
    assert found < allowed


def test_an_exported_frame_selector_says_what_the_original_says(tmp_path, write_resnet):
    write_resnet(tmp_path / 'small', CLASSES, depths=(1, 1, 1, 1))
    original = load_model('face', 'frame_selector', path=tmp_path / 'small', device='cpu')
    path = export_model('frame_selector', tmp_path / 'out', path=tmp_path / 'small')
    exported = OnnxFace(path=path)
    assert exported.labels == original.labels
    assert difference(exported.logits(faces()), original.logits(faces())) < 1e-4


def test_an_exported_file_says_what_it_is_and_nothing_about_this_machine(text_folder, tmp_path):
    path = export_model('distilroberta', tmp_path / 'new' / 'folder', path=text_folder)
    about = {entry.key: json.loads(entry.value)
             for entry in onnx.load(str(path)).metadata_props}
    assert about['kind'] == 'text'
    assert about['labels'] == ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness',
                               'surprise']
    assert about['length'] == 64
    content = path.read_bytes()
    for telltale in (text_folder, tmp_path, Path(torch.__file__).parent, Path.home()):
        assert str(telltale).encode() not in content
    assert not re.search(rb'(?<![\w.:/])/(?:home|root|Users|work|mnt|tmp)/\w+', content)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_exported_model_needs_no_torch(text_folder, speech_folder, tmp_path):
    text = export_model('distilroberta', tmp_path, path=text_folder)
    speech = export_model('emotion2vec_plus_base', tmp_path, path=speech_folder)
    program = f"""
import sys
import numpy as np
from mer_ros.models import load_model
text, speech = (load_model(kind, 'onnx', path=path)
                for kind, path in (('text', {str(text)!r}), ('speech', {str(speech)!r})))
assert text.logits(['hello']).shape == (1, 7)
assert speech.logits([np.linspace(-1, 1, 8000, dtype=np.float32)]).any()
print(sorted({{'torch', 'transformers', 'funasr', 'onnx'}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True,
                          timeout=100)
    assert done.stdout.strip() == '[]', done.stderr


def test_weights_in_half_the_bits_take_half_the_room(face_checkpoint, tmp_path):
    sizes = {dtype: export_model('resemotenet', tmp_path, path=face_checkpoint, dtype=dtype)
             .stat().st_size for dtype in ('fp32', 'fp16', 'bf16')}
    assert sizes['fp16'] < 0.55 * sizes['fp32']
    assert sizes['bf16'] < 0.55 * sizes['fp32']


def test_a_quiet_voice_is_heard_in_half_precision(speech_folder, tmp_path):
    path = export_model('emotion2vec_plus_base', tmp_path, path=speech_folder, dtype='fp16')
    exported = OnnxSpeech(path=path)
    voice = waveforms()[2]
    loud, quiet = exported.logits([voice, voice + np.float32(0.5)])
    assert np.allclose(loud, quiet, atol=2e-3 * np.abs(loud).max())


def test_silence_and_hardly_any_sound_support_no_class(speech_folder, tmp_path):
    exported = OnnxSpeech(path=export_model(
        'emotion2vec_plus_base', tmp_path, path=speech_folder))
    scores = exported.logits([np.zeros(16000, np.float32), np.ones(100, np.float32)])
    assert np.array_equal(scores, np.zeros((2, 7)))
    assert exported.logits([]).shape == (0, 7)
    with pytest.raises(ValueError, match='finite'):
        exported.logits([np.full(16000, np.nan, np.float32)])


def test_any_number_of_sentences_of_any_length_is_judged_alone(text_folder, tmp_path):
    from mer_ros.models.text.onnx_text import OnnxText

    exported = OnnxText(path=export_model('distilroberta', tmp_path, path=text_folder))
    together = exported.logits(SENTENCES * 20)
    alone = np.concatenate([exported.logits([sentence]) for sentence in SENTENCES] * 20)
    assert np.allclose(together, alone, atol=1e-4)
    assert exported.logits([]).shape == (0, 7)
    with pytest.raises(TypeError, match='wrap it in a list'):
        exported.logits('hello')


def test_of_a_long_text_the_end_is_judged(text_folder, tmp_path):
    from mer_ros.models.text.onnx_text import OnnxText

    exported = OnnxText(path=export_model('distilroberta', tmp_path, path=text_folder))
    end = 'Leave me alone, you idiot! ' * 40
    first, second = exported.logits([f'I am so happy today {end}', f'hm {end}'])
    assert np.array_equal(first, second)


def test_matrices_in_8_bits_are_refused_for_convolutions(face_checkpoint, tmp_path):
    with pytest.raises(ValueError, match=r'int8 is for transformers.*choose fp16 or bf16'):
        export_model('resemotenet', tmp_path, path=face_checkpoint, dtype='int8')
    assert list(tmp_path.iterdir()) == []


def test_weights_of_another_architecture_are_refused(face_checkpoint, speech_folder, tmp_path):
    torch.save({'fc.weight': torch.zeros(7, 512)}, tmp_path / 'other.pth')
    with pytest.raises(ValueError, match='another architecture'):
        export_model('resemotenet', tmp_path, path=tmp_path / 'other.pth')
    with pytest.raises(FileNotFoundError, match=r'config\.json'):
        export_model('distilroberta', tmp_path, path=speech_folder)


def test_a_model_of_another_kind_or_a_damaged_file_is_refused(
        face_checkpoint, speech_folder, tmp_path):
    face = export_model('resemotenet', tmp_path, path=face_checkpoint)
    with pytest.raises(ValueError, match="of kind 'face', and a speech model is needed"):
        OnnxSpeech(path=face)
    half = tmp_path / 'half.onnx'
    half.write_bytes(face.read_bytes()[:5000])
    with pytest.raises(ValueError, match=r'half\.onnx is no ONNX file'):
        OnnxSpeech(path=half)
    with pytest.raises(FileNotFoundError, match='mer_ros models export'):
        OnnxSpeech(path=tmp_path / 'nothing.onnx')


def test_an_unknown_dtype_is_answered_with_the_known_ones(face_checkpoint, tmp_path):
    with pytest.raises(ValueError, match=r"no dtype is called 'fp8'; known: \['fp32', 'fp16'"):
        export_model('resemotenet', tmp_path, path=face_checkpoint, dtype='fp8')


def test_what_cannot_be_exported_is_answered_with_what_can(tmp_path, monkeypatch):
    monkeypatch.setenv('MER_ROS_CACHE', str(tmp_path))
    with pytest.raises(ValueError, match=r"'bert' cannot be exported; known: .*'distilroberta'"):
        export_model('bert', tmp_path)
    with pytest.raises(ValueError, match='it is published as ONNX'):
        export_model('yunet', tmp_path)
    with pytest.raises(ValueError, match='--path'):
        export_model('frame_selector', tmp_path)
    with pytest.raises(FileNotFoundError, match='mer_ros models download distilroberta'):
        export_model('distilroberta', tmp_path)
    assert 'resemotenet_fer2013' in exportable()
