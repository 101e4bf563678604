"""Generators of transformers, on small checkpoints of the true architectures."""

import pytest

pytest.importorskip('torch')
pytest.importorskip('transformers')
import safetensors.torch
import tokenizers
import torch
import transformers

from mer_ros.response.generator import GENERATORS, NoReply, Prompt

CHAT = ("{% for message in messages %}{{ '<' + message.role + '>' + message.content }}"
        "{{ eos_token }}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}")
END = '</s>'

DIALOGUES = {
    'I am sad. my dog died': 'i am so sorry about your dog.',
    'I am happy. my dog is back': 'how wonderful!',
    'my dog died': 'do you want to talk?',
    f'my dog died{END}do you want to talk?{END}yes': 'tell me about him.',
}
"""What the causal model answers to, as it is given to it."""

T5_PROMPT = 'reply with empathy. emotion: {} words: {}'
ANSWERS = {
    T5_PROMPT.format('sadness', 'my dog died'): 'i am so sorry about your dog.',
    T5_PROMPT.format('happiness', 'my dog is back'): 'how wonderful!',
    T5_PROMPT.format('unknown', 'my dog died'): 'do you want to talk?',
}


def write_tokenizer(folder, chat_template=None):
    """Write a tokenizer of whole words and signs; return it."""
    text = ' '.join([*DIALOGUES, *DIALOGUES.values(), *ANSWERS, 'happiness', CHAT,
                     *map(chr, range(33, 127))])
    splitter = tokenizers.pre_tokenizers.Sequence([
        tokenizers.pre_tokenizers.WhitespaceSplit(), tokenizers.pre_tokenizers.Punctuation()])
    words = sorted({word for word, _ in splitter.pre_tokenize_str(text)})
    raw = tokenizers.Tokenizer(tokenizers.models.WordLevel(
        {word: number for number, word in enumerate(['<pad>', END, '<unk>', *words])}, '<unk>'))
    raw.pre_tokenizer = splitter
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=raw, eos_token=END, unk_token='<unk>', pad_token='<pad>',
        clean_up_tokenization_spaces=True)
    tokenizer.chat_template = chat_template
    tokenizer.save_pretrained(folder)
    return tokenizer


def learn(network, batches):
    """Teach a network its replies by heart; each batch is what its forward takes."""
    torch.manual_seed(0)
    optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3)
    network.train()
    for _ in range(300):
        loss = sum(network(**batch).loss for batch in batches)
        if loss < 0.05:
            return network.eval()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    raise AssertionError('it has not learned its replies')


def write_gpt2(folder, dialogues=None, chat_template=None):
    """Write a GPT-2 that knows these dialogues: what it is given, and what it answers."""
    tokenizer = write_tokenizer(folder, chat_template)
    torch.manual_seed(0)
    network = transformers.GPT2LMHeadModel(transformers.GPT2Config(
        vocab_size=len(tokenizer), n_positions=96, n_embd=48, n_layer=2, n_head=4, resid_pdrop=0.0,
        embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=1, eos_token_id=1))
    batches = []
    for given, answer in (dialogues or {}).items():
        asked = [number for turn in given.split(END) if turn
                 for number in [*tokenizer(turn)['input_ids'], 1]]
        if chat_template:
            asked = tokenizer(given)['input_ids']
        ids = torch.tensor([[*asked, *tokenizer(answer)['input_ids'], 1]])
        labels = ids.clone()
        labels[:, :len(asked)] = -100
        batches.append({'input_ids': ids, 'labels': labels})
    if batches:
        learn(network, batches)
    network.save_pretrained(folder)
    return folder


def write_t5(folder):
    """Write a T5 that knows ANSWERS."""
    tokenizer = write_tokenizer(folder)
    torch.manual_seed(0)
    network = transformers.T5ForConditionalGeneration(transformers.T5Config(
        vocab_size=len(tokenizer), d_model=48, d_kv=12, d_ff=96, num_layers=2, num_heads=4,
        dropout_rate=0.0, pad_token_id=0, eos_token_id=1, decoder_start_token_id=0))
    learn(network, [{'input_ids': torch.tensor([tokenizer(given)['input_ids']]),
                     'labels': torch.tensor([[*tokenizer(answer)['input_ids'], 1]])}
                    for given, answer in ANSWERS.items()])
    network.save_pretrained(folder)
    return folder


@pytest.fixture(scope='module')
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp('generators')
    return {'dialogpt': write_gpt2(folder / 'dialogpt', DIALOGUES),
            't5': write_t5(folder / 't5'),
            'blank': write_gpt2(folder / 'blank'),
            'blank_chat': write_gpt2(folder / 'blank_chat', chat_template=CHAT)}


def make(name, path, **options):
    return GENERATORS.get(name)(path=path, device='cpu', **{'timeout': 60.0, **options})


@pytest.fixture(scope='module')
def dialogpt(folders):
    return make('dialogpt', folders['dialogpt'])


@pytest.fixture(scope='module')
def t5(folders):
    return make('t5', folders['t5'])


@pytest.mark.parametrize(('prompt', 'answer'), [
    (Prompt('my dog died', 'sadness'), 'i am so sorry about your dog.'),
    (Prompt('my dog is back', 'happiness'), 'how wonderful!'),
    (Prompt('my dog died'), 'do you want to talk?'),
    (Prompt('yes', history=(('my dog died', 'do you want to talk?'),)), 'tell me about him.')])
def test_dialogpt_answers_the_words_with_the_emotion_and_what_was_said(dialogpt, prompt, answer):
    assert dialogpt.reply(prompt) == answer
    assert dialogpt.name == 'dialogpt'


@pytest.mark.parametrize(('prompt', 'answer'), [
    (Prompt('my dog died', 'sadness'), 'i am so sorry about your dog.'),
    (Prompt('my dog is back', 'happiness'), 'how wonderful!'),
    (Prompt('my dog died'), 'do you want to talk?')])
def test_t5_answers_a_prompt_with_the_emotion_and_the_words(t5, prompt, answer):
    assert t5.reply(prompt) == answer


def test_the_prompt_may_be_another(folders):
    generator = make('t5', folders['t5'], prompt=T5_PROMPT.format('sadness', '{words}'))
    assert generator.reply(Prompt('my dog died', 'anger')) == 'i am so sorry about your dog.'


@pytest.mark.parametrize('prompt', ['{mood}', '{words', '{}', '{words.nothing}'])
@pytest.mark.parametrize('name', ['dialogpt', 't5', 'chat'])
def test_a_prompt_that_cannot_be_filled_in_is_refused(folders, name, prompt):
    with pytest.raises(ValueError, match=r'it may hold \{emotion\}, \{feeling\} and \{words\}'):
        make(name, folders['blank'], prompt=prompt)


def test_a_chat_model_is_told_who_it_is_what_is_perceived_and_what_was_said(tmp_path):
    asked = Prompt('my dog died', 'sadness', 'en', (('my dog is back', 'how wonderful!'),))
    system = 'be kind to the sad'
    given = ''.join(f'<{role}>{text}{END}' for role, text in (
        ('system', system), ('user', 'my dog is back'), ('assistant', 'how wonderful!'),
        ('user', 'my dog died'))) + '<assistant>'
    folder = write_gpt2(tmp_path / 'chat', {given: 'i am so sorry about your dog.'}, CHAT)
    generator = make('chat', folder, prompt='be kind to the {feeling}')
    assert generator.reply(asked) == 'i am so sorry about your dog.'


@pytest.mark.parametrize(('emotion', 'told'), [
    ('sadness', 'seems to feel sadness'), ('', 'do not assume it')])
def test_a_chat_model_is_told_only_of_an_emotion_that_is_certain(
        folders, monkeypatch, emotion, told):
    generator = make('chat', folders['blank_chat'], max_new_tokens=4)
    asked = []
    monkeypatch.setattr(generator, '_room', 1000)
    monkeypatch.setattr(generator, '_pipeline', lambda messages, **_: asked.append(messages) or [
        {'generated_text': 'ah'}])
    assert generator.reply(Prompt('my dog died', emotion, 'de')) == 'ah'
    system, user = asked[0]
    assert told in system['content']
    assert 'language "de"' in system['content']
    assert user == {'role': 'user', 'content': 'my dog died'}


def test_a_model_without_a_chat_template_is_no_chat_model(folders):
    with pytest.raises(ValueError, match='no chat template'):
        make('chat', folders['blank'])


@pytest.mark.parametrize('name', ['dialogpt', 't5', 'chat'])
def test_a_reply_that_is_not_written_in_time_is_given_up(folders, name):
    folder = folders[{'chat': 'blank_chat'}.get(name, name)]
    options = {'max_new_tokens': 8} if name == 'chat' else {}
    with pytest.raises(NoReply) as caught:
        make(name, folder, timeout=1e-9, **options).reply(Prompt('my dog died'))
    assert caught.value.reason == 'slow'


def test_a_reply_that_is_cut_off_ends_with_its_last_whole_sentence_or_not_at_all(folders):
    full = 'i am so sorry about your dog.'
    tokens = len(make('dialogpt', folders['dialogpt'])._tokenizer(full)['input_ids'])
    whole = make('dialogpt', folders['dialogpt'], max_new_tokens=tokens)
    assert whole.reply(Prompt('my dog died', 'sadness')) == full
    with pytest.raises(NoReply) as caught:
        make('dialogpt', folders['dialogpt'], max_new_tokens=tokens - 1).reply(
            Prompt('my dog died', 'sadness'))
    assert caught.value.reason == 'unfinished'


def test_what_was_said_long_ago_makes_room(dialogpt):
    long_ago = ('my dog is back ' * 30, 'how wonderful!')
    recent = ('my dog died', 'do you want to talk?')
    assert dialogpt.reply(Prompt('yes', history=(long_ago, recent))) == 'tell me about him.'


@pytest.mark.parametrize('name', ['dialogpt', 't5', 'chat'])
def test_words_without_end_are_cut_or_not_answered(folders, name):
    generator = make(name, folders['blank_chat' if name == 'chat' else name], max_new_tokens=1)
    with pytest.raises(NoReply) as caught:
        generator.reply(Prompt('my dog died ' * 2000, 'sadness'))
    assert caught.value.reason == ('no_room' if name == 'chat' else 'unfinished')


def test_drawing_repeats_itself_for_a_seed_and_leaves_other_draws_alone(folders):
    def draws(seed):
        generator = make('dialogpt', folders['dialogpt'], temperature=3.0, seed=seed)
        return [generator.reply(Prompt(words)) for words in ('my dog died', 'yes', 'my dog')]

    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    before = torch.rand(1)
    assert draws(1) == draws(1)
    assert any(draws(1) != draws(seed) for seed in range(2, 6))
    assert torch.equal(torch.cat([before, torch.rand(1)]), expected)


@pytest.mark.parametrize('name', ['dialogpt', 't5', 'chat'])
def test_a_folder_without_a_model_says_what_to_do(tmp_path, name):
    with pytest.raises(FileNotFoundError, match='hf download') as caught:
        make(name, tmp_path / 'none')
    assert str(tmp_path / 'none') in str(caught.value)


def test_a_model_of_another_kind_is_refused(folders):
    with pytest.raises(ValueError, match='holds a t5, needed is a causal'):
        make('dialogpt', folders['t5'])
    with pytest.raises(ValueError, match='holds a gpt2, needed is an encoder-decoder'):
        make('t5', folders['dialogpt'])


def test_damaged_weights_are_refused(tmp_path):
    folder = write_gpt2(tmp_path / 'broken')
    path = folder / 'model.safetensors'
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match='damaged'):
        make('dialogpt', folder)


def test_incomplete_weights_are_refused_rather_than_made_up(tmp_path):
    folder = write_gpt2(tmp_path / 'part')
    weights = safetensors.torch.load_file(folder / 'model.safetensors')
    del weights['transformer.h.1.mlp.c_fc.weight']
    safetensors.torch.save_file(weights, folder / 'model.safetensors', {'format': 'pt'})
    with pytest.raises(ValueError, match='c_fc'):
        make('dialogpt', folder)


def test_a_reply_longer_than_the_model_is_refused(folders):
    with pytest.raises(ValueError, match='none are left for the words'):
        make('dialogpt', folders['blank'], max_new_tokens=96)
