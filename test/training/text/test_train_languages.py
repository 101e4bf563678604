"""Training of the languages beside English on tiny generated data."""

from collections import Counter

import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.models.text.language_guess import LanguageGuess
from mer_ros.models.text.many_languages import ManyLanguages, with_named
from mer_ros.models.text.ngrams import ngrams

pytest.importorskip('sklearn')

from mer_ros.training.text.language_guess_fit import fit_guess
from mer_ros.training.text.languages_answers import answers_of
from mer_ros.training.text.languages_data import ANSWERS, read_varieties, Variety
from mer_ros.training.text.languages_feelings import calm_of, FEELINGS, feelings_of
from mer_ros.training.text.languages_fit import fit_variety, raised_neutral
from mer_ros.training.text.languages_named import fit_named, NONE
from mer_ros.training.text.train_languages import (
    COMMANDS,
    learnable,
    tables_of,
    train_languages,
)

LETTERS = {'deu': 'abcde', 'swe': 'fghij', 'jav': 'klmno'}
HEADER = 'id\ttext\tlanguage\tekman7\tekman7_all\tsplit\n'


def words(letters, seed, count=6):
    draw = np.random.default_rng(seed)
    return ' '.join(''.join(draw.choice(list(letters), 4)) for _ in range(count))


def write(path, rows):
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEADER + ''.join('\t'.join(row) + '\n' for row in rows), encoding='utf-8')


@pytest.fixture(scope='module')
def data(tmp_path_factory):
    """Three languages of letters of their own, in which one word gives the emotion away."""
    root = tmp_path_factory.mktemp('data')
    for language, letters in LETTERS.items():
        for split, each in (('train', 12), ('dev', 6), ('test', 4)):
            if language == 'jav' and split == 'train':
                continue
            rows = [(f'{split}{emotion}{i}', f'{words(letters, 99 * each + i)} {language}{emotion}',
                     language, emotion, emotion, split)
                    for emotion in EMOTIONS for i in range(each)]
            rows.append(('both', words(letters, 77), language, '', 'anger|fear', split))
            write(root / 'brighter' / f'{language}_{split}.tsv', rows)
    write(root / 'robot_commands' / 'xsid.tsv', [
        (f'c{i}', words(LETTERS['deu'], 100 + i), language, 'neutral', 'neutral', 'train')
        for i, language in enumerate(['de-CH', 'gsw'] * 20)])
    write(root / 'xed_multi' / 'fr.tsv', [
        (f'x{i}', words('pqrst', i), 'fr', 'fear', 'fear', 'train') for i in range(40)])
    return root


def test_texts_come_by_the_variety_of_their_language(data):
    train, dev = (read_varieties(data, split, seed=0) for split in ('train', 'dev'))
    assert set(train) == {'de', 'sv', 'jv', 'fr'}
    assert train['de'].sources.count('robot_commands') == 20
    assert train['de'].sources.count('') == 20
    assert set(train['jv'].sources) == {''}
    assert 'jv' not in dev
    assert len(train['fr'].found) == 36
    assert len(dev['fr'].found) == 4
    assert train['sv'].truth[-1] == -1
    assert EMOTIONS[train['sv'].truth[0]] == 'anger'


def test_of_one_source_no_more_than_the_limit_is_kept(data):
    german = read_varieties(data, 'train', seed=0)['de']
    fewer = german.limited('robot_commands', 5, seed=0)
    assert len(german.found) - len(fewer.found) == 15
    assert fewer.sources.count('robot_commands') == 5
    assert fewer.sources.count('brighter') == german.sources.count('brighter')


def test_emotions_are_learned_from_few_commands_and_no_texts_of_mere_dialects(data):
    german = read_varieties(data, 'train', seed=0)['de']
    chosen = learnable(german, seed=0)
    assert set(chosen.sources) == {'brighter', 'robot_commands'}
    german.sources += ['robot_commands'] * 900
    german.found += german.found[:1] * 900
    german.marked += german.marked[:1] * 900
    assert learnable(german, seed=0).sources.count('robot_commands') == COMMANDS


def test_an_emotion_that_nobody_could_mark_is_neither_learned_nor_denied(data):
    write(data / 'brighter' / 'eng_train.tsv', [
        ('e', 'so be it', 'eng', 'neutral', 'neutral', 'train')])
    marked = read_varieties(data, 'train', seed=0)['en'].marked[0]
    (data / 'brighter' / 'eng_train.tsv').unlink()
    assert np.isnan(marked).tolist() == [label == 'disgust' for label in EMOTIONS]


def test_the_machines_of_a_language_know_its_words(data):
    train, dev = (read_varieties(data, split, seed=0) for split in ('train', 'dev'))
    model = alone('sv', fit_variety(train['sv'], dev['sv'], seed=0))
    for emotion in EMOTIONS:
        logits = model.logits(ngrams(f'{words("fghij", 50)} swe{emotion}'), 'sv')
        assert EMOTIONS[int(logits.argmax())] == emotion


def test_the_letters_of_a_language_give_it_away(data):
    train, dev = (read_varieties(data, split, seed=0) for split in ('train', 'dev'))
    guess = LanguageGuess(fit_guess(train, dev, learned=['de', 'sv'], seed=0))
    found = ngrams(f'{words("fghij", 60)} swefear')
    gains = guess.gains(found)
    assert guess.varieties[int(guess.probabilities(gains, len(found)).argmax())] == 'sv'
    swedish = guess.varieties.index('sv')
    assert guess.familiarity(float(gains[swedish]), len(found), swedish) > 0.2
    strange = ngrams(words('uvwxyz', 61))
    assert guess.familiarity(
        float(guess.gains(strange)[swedish]), len(strange), swedish) == 0.0


def test_the_same_seed_gives_the_same_tables(data, tmp_path):
    for name in ('one', 'two'):
        (tmp_path / name).mkdir()
        report = train_languages(data, tmp_path / name, seed=0, smoke=True)
    assert set(report['emotions']) == {'de'}
    assert set(report['told_apart']) == {'de', 'sv', 'jv', 'fr'}
    first, second = (dict(np.load(tmp_path / name / 'lite_text_languages.npz'))
                     for name in ('one', 'two'))
    assert set(first) == set(second)
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])


def test_a_variety_without_dev_texts_keeps_its_scores(data):
    train = read_varieties(data, 'train', seed=0)
    assert np.isfinite(fit_variety(train['fr'], Variety(), seed=0)['bias']).all()


def test_short_answers_come_in_the_language_of_a_variety():
    assert {'oui', 'Oui.', 'merci', 'Bonjour.'} <= {text for text, _ in answers_of('fr')}
    assert {label for _, label in answers_of('fr')} == {'neutral'}
    assert list(answers_of('pt-MZ')) == list(answers_of('pt-BR')) != []
    assert list(answers_of('vmw')) == []


def test_a_short_answer_is_neutral_though_posts_with_its_words_are_not():
    train = Variety()
    for row in range(240):
        happy = row % 2 == 0
        train.found.append(ngrams(f'{words("abcde", row)} {"merci" if happy else "hier"}'))
        train.marked.append(np.array([label == ('happiness' if happy else 'neutral')
                                      for label in EMOTIONS], np.float32))
        train.sources.append('brighter')
    said = ngrams('Merci.')
    found = {}
    for name, texts in (('before', train), ('after', train.with_answers(answers_of('fr')))):
        model = alone('fr', fit_variety(texts, Variety(), seed=0))
        found[name] = EMOTIONS[int(model.logits(said, 'fr').argmax())]
    assert found == {'before': 'happiness', 'after': 'neutral'}


def test_answers_add_to_the_texts_of_a_variety_and_change_none():
    texts = Variety([ngrams('a')], [np.zeros(7, np.float32)], ['xed_multi'])
    more = texts.with_answers([('ja', 'neutral'), ('schön', 'happiness')])
    assert more.sources == ['xed_multi', ANSWERS, ANSWERS]
    assert [EMOTIONS[row.argmax()] for row in more.marked[1:]] == ['neutral', 'happiness']
    assert len(texts.found) == 1
    assert more.with_answers([]).sources == more.sources


@pytest.mark.parametrize('tag', FEELINGS)
def test_each_language_has_a_feeling_its_denial_and_commands(tag):
    labels = dict(feelings_of(tag))
    counts = Counter(labels.values())
    assert all(counts[emotion] >= 4 for emotion in ('anger', 'fear', 'sadness', 'happiness'))
    assert counts['neutral'] >= 40
    assert not [text for text in labels if '{' in text or '|' in text or '>' in text or not text]
    assert set(FEELINGS[tag].words) | set(FEELINGS[tag].pairs) <= set(EMOTIONS)
    assert set(FEELINGS[tag].shown) == set(EMOTIONS) - {'neutral'}
    calm = list(calm_of(tag))
    assert len(FEELINGS[tag].commands) >= 15
    assert len(FEELINGS[tag].stated) >= 25
    assert {label for _, label in calm} == {'neutral'}
    assert not set(FEELINGS[tag].commands) & set(labels)


def test_feelings_are_told_in_short_and_in_longer_sentences():
    labels = dict(feelings_of('de'))
    assert labels['ich bin traurig'] == 'sadness'
    assert labels['ich bin nicht traurig'] == 'neutral'
    longer = [text for text in labels if text.endswith(' seit gestern')]
    assert len(longer) >= 20
    assert {labels[text] for text in longer} >= {'anger', 'fear', 'sadness', 'neutral'}


def test_dialects_have_the_feelings_of_their_language():
    assert list(feelings_of('pt-MZ')) == list(feelings_of('pt-BR')) != []
    assert list(calm_of('pt-MZ')) == list(calm_of('pt-BR')) != []
    assert list(feelings_of('vmw')) == list(calm_of('vmw')) == []


@pytest.fixture(scope='module')
def sad_posts():
    """Posts of German of which the sad ones hold ``traurig nicht``, and the tables they teach."""
    train = Variety()
    for row in range(240):
        sad = row % 2 == 0
        train.found.append(ngrams(f'{words("abcde", row)} {"traurig nicht" if sad else "heute"}'))
        train.marked.append(np.array([label == ('sadness' if sad else 'neutral')
                                      for label in EMOTIONS], np.float32))
        train.sources.append('brighter')
    return train, alone('de', fit_variety(train, Variety(), seed=0))


@pytest.fixture(scope='module')
def named(sad_posts):
    """The expert for feelings that are named, beside these posts."""
    train, others = sad_posts
    return alone('de', fit_named(list(feelings_of('de')), train, Variety(), others, 'de'))


def test_a_denied_feeling_is_learned_beside_texts_that_have_its_word(sad_posts, named):
    _, others = sad_posts
    denied, felt = (ngrams(text) for text in (
        'Heute bin ich gar nicht traurig.', 'Ich bin heute so traurig'))
    assert [EMOTIONS[int(others.logits(said, 'de').argmax())] for said in (denied, felt)] == [
        'sadness', 'sadness']
    assert [EMOTIONS[int(with_named(others.logits(said, 'de'), named.logits(said, 'de')).argmax())]
            for said in (denied, felt)] == ['neutral', 'sadness']


def test_texts_that_name_no_feeling_are_left_to_the_other_expert(sad_posts, named):
    train, others = sad_posts
    for grams in train.found[1::24]:
        said = named.logits(grams, 'de')
        assert np.exp(said[NONE]) > 0.8
        np.testing.assert_allclose(with_named(others.logits(grams, 'de'), said),
                                   others.logits(grams, 'de'), atol=0.4)


def test_an_expert_that_would_cost_too_much_on_dev_is_asked_less(sad_posts):
    train, others = sad_posts
    told = list(feelings_of('de'))
    angry = [ngrams(text) for text, label in told if label == 'anger'][:60]
    truth = [train.marked[0 if others.logits(grams, 'de').argmax() == EMOTIONS.index('sadness')
                          else 1] for grams in angry]
    harmless = Variety(train.found[:60], train.marked[:60], ['brighter'] * 60)
    harmed = Variety(harmless.found + angry, harmless.marked + truth, ['brighter'] * 120)
    free, bound = (fit_named(told, train, dev, others, 'de') for dev in (harmless, harmed))
    assert bound['bias'][NONE] > free['bias'][NONE]


def alone(name, part):
    """Return a model of one variety."""
    return ManyLanguages(tables_of({name: part}, classes=len(part['bias'])))


def test_where_only_films_teach_neutral_is_raised_until_lines_are_lost():
    """Twenty lines, each a step surer of its emotion: the first of them may become neutral."""
    felt = np.zeros((20, len(EMOTIONS)))
    felt[:, EMOTIONS.index('fear')] = np.linspace(0.11, 3.91, 20)
    command = np.zeros((1, len(EMOTIONS)))
    command[0, EMOTIONS.index('anger')] = 0.02
    truth = np.array([EMOTIONS.index('fear')] * 20 + [EMOTIONS.index('neutral')])
    of_commands = np.arange(21) == 20
    raised = raised_neutral(np.concatenate([felt, command]), truth, of_commands)
    assert raised == pytest.approx(0.3)
    assert raised_neutral(np.concatenate([felt, command]), truth, of_commands & False) == 0.0
