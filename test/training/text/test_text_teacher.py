"""A language model that teaches the word networks: a tiny one of the same architecture."""

from pathlib import Path
import sys
from zipfile import ZipFile

import numpy as np
import pytest

pytest.importorskip('lightning')
pytest.importorskip('sklearn')
pytest.importorskip('onnx')
pytest.importorskip('transformers')
pytest.importorskip('tokenizers')
import tokenizers
import torch
import transformers

from mer_ros.emotions import EMOTIONS
from mer_ros.models.text.english_text import EnglishText
from mer_ros.training.text import text_teacher
from mer_ros.training.text.text_batches import Batch
from mer_ros.training.text.text_teacher import stack_tokens, Teacher, TeacherRecipe, Tokens
from mer_ros.training.text.text_unlabelled import unlabelled
from mer_ros.training.text.train_text import train_text

WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'this', 'is', 'goemotions', 'xed', 'i', 'both',
         *EMOTIONS]


def write_model(folder: Path) -> Path:
    """Write a BERT of 2,000 numbers and its tokenizer, as their publishers do."""
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=64)
    transformers.BertModel(config).save_pretrained(folder)
    made = tokenizers.BertWordPieceTokenizer(
        {word: number for number, word in enumerate(WORDS)}, lowercase=True)
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=made._tokenizer, unk_token='[UNK]', pad_token='[PAD]', cls_token='[CLS]',
        sep_token='[SEP]').save_pretrained(folder)
    return folder


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Install a package like the one that carries the teacher."""
    home = tmp_path / 'site' / text_teacher.PACKAGE
    home.mkdir(parents=True)
    (home / '__init__.py').touch()
    with ZipFile(home / text_teacher.FILE, 'w') as file:
        for path in write_model(tmp_path / 'model').iterdir():
            file.write(path, path.name)
    monkeypatch.syspath_prepend(home.parent)
    monkeypatch.delitem(sys.modules, text_teacher.PACKAGE, raising=False)
    return home


def test_with_a_teacher_the_model_learns_the_words_too(package, text_sets, tmp_path):
    out = tmp_path / 'out'
    report = train_text(data=text_sets(), out=out, smoke=True, teacher=True)
    assert report['teacher'] is True
    assert (out / 'teacher' / '0' / 'best.ckpt').is_file()
    logits = EnglishText(path=out / 'lite_text.onnx').logits(
        [f'this is goemotions {emotion}' for emotion in EMOTIONS])
    assert sum(EMOTIONS[i] == emotion for i, emotion in zip(
        logits.argmax(axis=1), EMOTIONS, strict=True)) >= 4


def test_a_teacher_that_is_not_installed_is_named(text_sets, tmp_path, monkeypatch):
    monkeypatch.setattr(text_teacher, 'carried', lambda package, name: None)
    with pytest.raises(ImportError, match=r'--teacher needs .*requirements/teacher\.txt'):
        train_text(data=text_sets(), out=tmp_path / 'out', smoke=True, teacher=True)


def test_padding_and_order_do_not_change_what_the_teacher_says(tmp_path):
    folder = write_model(tmp_path / 'model')
    shares = np.full((2, 7), 1 / 7, np.float32)
    teacher = Teacher(folder, (3, 2), (shares, shares), TeacherRecipe()).eval()
    rows = Tokens(folder, 8).of(['this is fear', 'anger', 'i ' * 40])
    assert [len(row) for row in rows] == [5, 3, 8]
    together = teacher.scores(rows)
    assert together.shape == (3, 7 + 6 + 3 + 2)
    for row, said in zip(rows, together, strict=True):
        np.testing.assert_allclose(teacher.scores([row])[0], said, atol=2e-2)  # bfloat16


def test_sentences_without_a_label_learn_from_the_teacher_alone(tmp_path):
    folder = write_model(tmp_path / 'model')
    shares = np.full((2, 7), 1 / 7, np.float32)
    net = Teacher(folder, (3, 2), (shares, shares), TeacherRecipe())
    scores = torch.randn(2, 18)

    def batch(taught: torch.Tensor, *, labelled: bool) -> Batch:
        target = torch.eye(7)[[0, 1]] * torch.tensor([[1.0], [float(labelled)]])
        fine = torch.tensor([[1.0, 0, 0], [float(labelled), 0, 0]])
        return Batch(torch.from_numpy(stack_tokens([np.ones(1, np.int32)] * 2)),
                     torch.zeros(2, dtype=torch.bool), target, torch.ones(2, dtype=torch.bool),
                     fine, torch.zeros(2, 2), taught)

    alone = net.labels_loss(scores[:1], Batch(*(part[:1] for part in batch(
        scores, labelled=True))))
    assert net.labels_loss(scores, batch(scores, labelled=False)) == pytest.approx(float(alone))
    same = net.taught_loss(scores, batch(scores, labelled=False))
    assert same < net.taught_loss(scores, batch(-scores, labelled=False))


def test_neither_known_nor_test_sentences_are_read_as_unlabelled(tmp_path):
    (tmp_path / 'topical_chat').mkdir()
    head = 'dialogue\tturn\tagent\ttext\tekman7\tlabel\tsource\n'
    for split, texts in (('train', ('I love it', 'Really?', 'Really?', 'Good night')),
                         ('test', ('Good night',))):
        (tmp_path / 'topical_chat' / f'{split}.tsv').write_text(head + ''.join(
            f'd\t{turn}\t1\t{text}\tneutral\tNeutral\ts\n' for turn, text in enumerate(texts)))
    assert unlabelled(tmp_path, known=['I love it'], measured=['topical_chat']) == ['Really?']
