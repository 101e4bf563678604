"""The sentences of each language."""

import re

import pytest
import yaml

from mer_ros.emotions import EMOTIONS
from mer_ros.response.templates import (
    BUILT_IN,
    CERTAINTIES,
    find_language,
    load_language,
    load_languages,
)
from mer_ros.response.wording import INTENSITIES, Mood
from mer_ros.share import shared

LANGUAGES = load_languages()
LONGEST = 100
"""Characters of a sentence that a robot may say without a person waiting for its end."""

HEDGE = {
    'en': r'seem|sound|what a joy|perhaps|may|might|could|not sure',
    'de': r'schein|wirk|klingt|vielleicht|könnte|täusch|nicht sicher|was für eine freude',
    'fr': r'sembl|ressemble|on dirt|l\'air|peut|pas sûr|quelle joie|on dirait',
    'es': r'pare|suena|quizá|tal vez|puede|puedo|no sé|qué alegría'}


@pytest.fixture
def content():
    return yaml.safe_load((shared(BUILT_IN) / 'en.yaml').read_text(encoding='utf-8'))


def write(folder, content, name='xx'):
    path = folder / f'{name}.yaml'
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding='utf-8')
    return path


def everything(language):
    return [*language.unknown, *language.mixed, *(
        text for emotion in language.emotions.values() for intensity in emotion.values()
        for texts in intensity.values() for text in texts)]


def test_the_package_holds_english_german_french_and_spanish(repository):
    assert set(LANGUAGES) >= {'en', 'de', 'fr', 'es'}
    found = {path.name for path in shared(BUILT_IN).iterdir()}
    assert found == {path.name for path in (repository / 'config' / 'responses').iterdir()}


@pytest.mark.parametrize('tag', LANGUAGES)
def test_every_emotion_has_sentences_for_each_intensity_and_certainty(tag):
    for emotion in EMOTIONS:
        for intensity in INTENSITIES:
            sure, unsure = (LANGUAGES[tag].sentences(Mood(emotion, intensity, certain))
                            for certain in (True, False))
            assert len(sure) >= 2
            assert len(unsure) >= 2
            assert not set(sure) & set(unsure)


@pytest.mark.parametrize('tag', LANGUAGES)
def test_no_sentence_is_used_twice_and_all_are_short(tag):
    texts = everything(LANGUAGES[tag])
    assert len(texts) == len(set(texts))
    assert [text for text in texts if len(text) > LONGEST] == []


@pytest.mark.parametrize('tag', LANGUAGES)
def test_an_emotion_is_never_stated_as_a_fact(tag):
    """Even a sure sentence says how the person seems; an unsure one asks."""
    for emotion in set(EMOTIONS) - {'neutral'}:
        for intensity in INTENSITIES:
            for sure in (True, False):
                for text in LANGUAGES[tag].sentences(Mood(emotion, intensity, sure)):
                    assert sure or text.endswith('?'), text
                    assert not sure or re.search(HEDGE[tag], text.lower()), text


@pytest.mark.parametrize('tag', LANGUAGES)
def test_what_claims_nothing_asks(tag):
    assert all(text.endswith('?') for text in LANGUAGES[tag].unknown + LANGUAGES[tag].mixed)


@pytest.mark.parametrize('tag', LANGUAGES)
def test_the_sentences_themselves_hold_nothing_that_must_not_be_said(tag):
    language = LANGUAGES[tag]
    found = [(text, category) for text in (*everything(language), language.crisis_reply)
             for category, phrases in language.never_say.items() if phrases.occur_in(text)]
    assert found == []


@pytest.mark.parametrize(('tag', 'words'), [
    ('en', "I don't want to live any more."), ('en', 'sometimes I think about suicide'),
    ('en', 'Everybody would be better off without me.'), ('de', 'Ich will sterben.'),
    ('de', 'Ich möchte nicht mehr leben'), ('de', 'ich bringe mich um'),
    ('fr', 'Je veux mourir.'), ('fr', "J'ai envie d'en finir"), ('fr', 'je ne veux plus vivre'),
    ('es', 'Quiero morirme'), ('es', 'no tengo ganas de vivir'), ('es', 'voy a suicidarme')])
def test_words_of_somebody_who_needs_a_human_are_recognised(tag, words):
    assert LANGUAGES[tag].crisis_phrases.occur_in(words)


@pytest.mark.parametrize('words', [
    'I am dying to see the film', 'I killed the process', 'my battery is dead',
    'Ich lebe nicht mehr in Berlin', 'Die Blumen sind tot', "Ça me tue, cette chaleur",
    'Quiero vivir en Madrid', 'ella murió el año pasado', 'it hurts'])
def test_everyday_words_are_no_crisis_in_any_language(words):
    assert [tag for tag, language in LANGUAGES.items()
            if language.crisis_phrases.occur_in(words)] == []


def test_an_emotion_without_sentences_gets_an_open_question():
    english = LANGUAGES['en']
    assert english.sentences(Mood('boredom', 'high', True)) == english.unknown


@pytest.mark.parametrize(('tag', 'found'), [
    ('de', 'de'), ('de-AT', 'de'), ('DE_de', 'de'), ('en-GB-oxendict', 'en'), ('it', None),
    ('', None), ('d', None)])
def test_the_nearest_language_is_found_by_its_tag(tag, found):
    assert find_language(tag, LANGUAGES) == found


def test_a_folder_of_ones_own_adds_and_replaces_languages(tmp_path, content):
    content['unknown'] = ['Well?', 'And?']
    write(tmp_path, content, 'en')
    content['emotions']['boredom'] = content['emotions']['sadness']
    write(tmp_path, content, 'pt-BR')
    found = load_languages(tmp_path)
    assert found['en'].unknown == ('Well?', 'And?')
    assert 'boredom' in found['pt-br'].emotions
    assert found['de'].unknown == LANGUAGES['de'].unknown
    assert find_language('pt-BR', found) == 'pt-br'


def test_a_folder_that_holds_no_language_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'holds no file <language>\.yaml'):
        load_languages(tmp_path / 'none')


def leave_out(key):
    def change(content):
        *path, last = key.split('.')
        for part in path:
            content = content[part]
        del content[last]
    return change


def put(key, value):
    def change(content):
        *path, last = key.split('.')
        for part in path:
            content = content[part]
        content[last] = value
    return change


@pytest.mark.parametrize(('change', 'key', 'allowed'), [
    (leave_out('emotions.anger'), 'emotions', "missing \\['anger'\\]"),
    (leave_out('mixed'), 'the file', "missing \\['mixed'\\]"),
    (put('crises', {}), 'the file', "unknown \\['crises'\\]"),
    (put('emotions.fear.huge', {}), 'emotions.fear', "unknown \\['huge'\\]"),
    (leave_out('emotions.fear.low.sure'), 'emotions.fear.low', CERTAINTIES[1]),
    (put('emotions.fear.low.sure', ['One.']), 'emotions.fear.low.sure', 'at least 2 sentences'),
    (put('emotions.fear.low.sure', ['One.', 'ONE!']), 'emotions.fear.low.sure', 'different'),
    (put('unknown', 'How are you?'), 'unknown', 'a list of at least 2'),
    (put('unknown', ['How?', 3]), 'unknown', 'a list of at least 2'),
    (put('crisis.phrases', ['', 'x']), 'crisis.phrases', 'a list of phrases'),
    (put('crisis.phrases', ['*']), 'crisis.phrases', 'a list of phrases'),
    (put('crisis.reply', ''), 'crisis.reply', 'at least 1'),
    (put('never_say.insult', None), 'never_say.insult', 'a list of phrases')])
def test_a_fault_is_named_with_file_key_and_what_is_allowed(
        tmp_path, content, change, key, allowed):
    change(content)
    with pytest.raises(ValueError, match=allowed) as caught:
        load_language(write(tmp_path, content))
    assert str(tmp_path / 'xx.yaml') in str(caught.value)
    assert (key if key == 'the file' else f'the key {key!r}') in str(caught.value)


def test_a_file_that_is_no_yaml_is_named(tmp_path):
    (tmp_path / 'xx.yaml').write_bytes(b'a: [1, \xff')
    with pytest.raises(ValueError, match=r'xx\.yaml is not YAML'):
        load_language(tmp_path / 'xx.yaml')
