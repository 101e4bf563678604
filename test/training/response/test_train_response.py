"""Fine-tuning of reply models, on tiny checkpoints of the true architectures."""

import json

import pytest

pytest.importorskip('lightning')
pytest.importorskip('transformers')
from click.testing import CliRunner
import tokenizers
import torch
import transformers

from mer_ros.cli import main
from mer_ros.response.generator import Prompt
from mer_ros.response.generator_transformers import DialoGpt, T5
from mer_ros.response.templates import load_languages
from mer_ros.training.response.exchanges import Said
from mer_ros.training.response.reply_metrics import distinct, safety
from mer_ros.training.response.response_data import IGNORED, reply_batches, ReplyDataset
from mer_ros.training.response.train_response import train_response

REPLIES = {'sad': 'that is so hard', 'happy': 'how wonderful for you'}
NAMES = ('anna', 'ben', 'cleo', 'dan', 'eva', 'finn')


@pytest.fixture
def corpus(tmp_path):
    """Exchanges whose reply follows from the emotion alone, the words being the same."""
    path = tmp_path / 'said.csv'
    rows = [f'i saw {name} today,{reply},{emotion},{split}'
            for emotion, reply in REPLIES.items()
            for split, names in (('train', NAMES), ('dev', NAMES[:2]), ('test', NAMES[2:]))
            for name in names]
    path.write_text('words,reply,emotion,split\n' + '\n'.join(rows) + '\n')
    return path


def write_tokenizer(folder):
    prompts = 'i am saw today . reply with empathy emotion : words unknown happiness sadness'
    words = sorted({*prompts.split(' '), *NAMES, *REPLIES, *' '.join(REPLIES.values()).split()})
    raw = tokenizers.Tokenizer(tokenizers.models.WordLevel({
        word: number for number, word in enumerate(['<pad>', '</s>', '<unk>', *words])}, '<unk>'))
    raw.normalizer = tokenizers.normalizers.Lowercase()
    raw.pre_tokenizer = tokenizers.pre_tokenizers.Sequence([
        tokenizers.pre_tokenizers.WhitespaceSplit(), tokenizers.pre_tokenizers.Punctuation()])
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=raw, eos_token='</s>', unk_token='<unk>', pad_token='<pad>')
    tokenizer.save_pretrained(folder)
    return tokenizer


def write_gpt2(folder):
    tokenizer = write_tokenizer(folder)
    torch.manual_seed(0)
    transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=len(tokenizer), n_positions=64, n_embd=32, n_layer=1, n_head=2, resid_pdrop=0.0,
        embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=1, eos_token_id=1)).save_pretrained(folder)
    return folder


def write_t5(folder):
    tokenizer = write_tokenizer(folder)
    torch.manual_seed(0)
    transformers.T5ForConditionalGeneration(transformers.T5Config(
        vocab_size=len(tokenizer), d_model=32, d_kv=16, d_ff=64, num_layers=1, num_heads=2,
        dropout_rate=0.0, pad_token_id=0, eos_token_id=1, decoder_start_token_id=0,
    )).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(('write', 'generator'), [(write_gpt2, DialoGpt), (write_t5, T5)])
def test_a_model_learns_to_answer_the_emotion_and_the_node_can_use_it(
        corpus, tmp_path, write, generator):
    start = write(tmp_path / 'start')
    report = train_response(corpus=corpus, model=start, out=tmp_path, epochs=25, rate=1e-2, batch=4,
                            device='cpu')
    assert report['after']['perplexity'] < 1.2 < 5 < report['before']['perplexity']
    assert report['after']['perplexity_without_emotion'] > 1.3 * report['after']['perplexity']
    assert report['after']['safety'] == {'rate': 1.0, 'problems': {}}
    assert 0 < report['after']['distinct_1'] <= 1
    assert report['exchanges'] == {'train': 12, 'dev': 4, 'test': 8}
    folder = tmp_path / 'response'
    assert json.loads((folder / 'figures.json').read_text()) == report
    model = generator(path=folder, device='cpu', timeout=60.0)
    for emotion, reply in (('sadness', 'that is so hard'), ('happiness', 'how wonderful for you')):
        assert model.reply(Prompt('i saw eva today', emotion)) == reply


def test_only_the_tokens_of_a_reply_are_learned_by_a_causal_model(tmp_path):
    tokenizer = write_tokenizer(tmp_path)
    said = [Said('i saw ben today', 'that is so hard', 'sadness', 'train'),
            Said('i saw', 'how', '', 'train')]
    data = ReplyDataset(said, tokenizer, prompt='I am {feeling}. {words}', seq2seq=False, length=20)
    batch, = reply_batches(data, size=2, seq2seq=False, pad=0)
    words = [[tokenizer.convert_ids_to_tokens(int(number)) for number in row if number != IGNORED]
             for row in batch.labels]
    assert words == [['that', 'is', 'so', 'hard', '</s>'], ['how', '</s>']]
    assert tokenizer.convert_ids_to_tokens(batch.input_ids[1][:3].tolist()) == ['i', 'saw', '</s>']
    assert batch.attention_mask.sum(1).tolist() == [14, 5]


def test_distinct_n_is_the_share_of_different_ngrams():
    assert distinct(['so hard', 'so so hard'], 1) == pytest.approx(2 / 5)
    assert distinct(['so hard', 'so so hard'], 2) == pytest.approx(2 / 3)
    assert distinct(['', 'one'], 2) is None


def test_the_safety_rate_counts_what_the_node_would_not_say():
    found = safety(['hello', 'my job is gone', 'x', 'y'],
                   ['You are an idiot.', 'my job is gone', 'Good to see you.', ''],
                   load_languages()['en'])
    assert found == {'rate': 0.25, 'problems': {'insult': 1, 'echo': 1, 'empty': 1}}


def test_the_command_trains_and_names_what_is_wrong(corpus, tmp_path):
    start = write_gpt2(tmp_path / 'start')
    done = CliRunner().invoke(main, [
        'train', 'response', '--corpus', str(corpus), '--model', str(start), '--out',
        str(tmp_path), '--epochs', '1', '--device', 'cpu', '--samples', '2'],
        catch_exceptions=False)
    assert done.exit_code == 0
    assert (tmp_path / 'response' / 'figures.json').is_file()
    with pytest.raises(FileNotFoundError, match=r'holds no config\.json'):
        train_response(corpus=corpus, model=tmp_path, out=tmp_path)
    with pytest.raises(ValueError, match='known languages are'):
        train_response(corpus=corpus, model=start, out=tmp_path, language='xx')
