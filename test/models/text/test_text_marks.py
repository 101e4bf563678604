"""What the lexicon says of words, and which words are negated."""

import json

import pytest

from mer_ros.models.text.text_marks import LEXICON, meanings, negated
from mer_ros.models.text.text_tokens import clean, tokens

CONTENT = json.loads(LEXICON.read_text(encoding='utf-8'))


def words_of(text):
    return tokens(clean(text))


@pytest.mark.parametrize(('word', 'cluster'), [
    ('petrified', 'fear'), ('furiously', 'rage'), ('yuck', 'disgust'), ('sobbing', 'sadness'),
    ('astonishing', 'surprise'), ('overjoyed', 'joy'), ('\N{FACE WITH TEARS OF JOY}' * 3,
                                                        'amusement'),
])
def test_rare_words_have_the_meaning_of_their_cluster(word, cluster):
    assert cluster in meanings([word])[0]


def test_a_phrase_gives_its_meaning_to_each_of_its_words():
    found = meanings(words_of('she passed away in May'))
    assert ['loss' in clusters for clusters in found] == [False, True, True, False, False]


def test_a_stem_needs_to_be_the_beginning():
    assert 'hate' not in meanings(['whate'])[0]


def test_words_without_emotion_mean_nothing():
    assert meanings(words_of('The office is on Tuesday')) == [[]] * 5


def test_a_negation_reaches_over_a_distance():
    words = words_of('I am not really very happy about it')
    assert dict(zip(words, negated(words), strict=True))['happy']


def test_a_negation_ends_with_its_clause():
    words = words_of("I don't mind, I am happy")
    flags = dict(zip(words, negated(words), strict=True))
    assert flags['mind']
    assert not flags['happy']


@pytest.mark.parametrize(('text', 'turned'), [
    ("I couldn't be happier", set()), ('it could not be worse', set()),
    ('I have never been more afraid', set()),
    ("I'm not happier", {'happier'}), ('I was never angry', {'angry'}),
    ("I couldn't be angry", {'be', 'angry'}),
    ('not better if I could', {'better', 'if', 'i', 'could'})])
def test_a_comparison_that_nothing_surpasses_is_no_negation(text, turned):
    words = words_of(text)
    assert {word for word, sign in zip(words, negated(words), strict=True) if sign} == turned


def test_every_entry_of_the_lexicon_can_be_found():
    entries = {entry for entries in CONTENT['clusters'].values() for entry in entries}
    assert len(entries) > 1000
    assert [entry for entry in entries if not meanings(words_of(entry.rstrip('*')))[0]] == []


@pytest.mark.parametrize('cluster', CONTENT['clusters'])
def test_the_lexicon_says_nothing_twice(cluster):
    entries = CONTENT['clusters'][cluster]
    assert sorted(entries) == sorted(set(entries))


@pytest.mark.parametrize('kind', ['negators', 'breaks'])
def test_negations_and_breaks_are_words_as_they_are_split(kind):
    for word in CONTENT[kind]:
        assert tokens(word) == [word]
