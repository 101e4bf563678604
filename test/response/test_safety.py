"""The net through which generated replies fall or not."""

import pytest

from mer_ros.response.safety import problem_of
from mer_ros.response.templates import load_languages

LANGUAGES = load_languages()
WORDS = 'I lost my job today and I do not know what to do.'


def problem(reply, *, words=WORDS, last='', language='en', max_characters=300):
    return problem_of(reply, words=words, last=last, language=LANGUAGES[language],
                      max_characters=max_characters)


@pytest.mark.parametrize('reply', [
    "I'm sorry to hear that. Do you want to talk about it?", 'Oh no!', 'That sounds hard.'])
def test_a_kind_reply_passes(reply):
    assert problem(reply) == ''


@pytest.mark.parametrize(('reply', 'reason'), [
    ('', 'empty'), (' ... ?!', 'empty'), ('42', 'empty'),
    ('Oh. ' * 100, 'too_long'),
    ('i lost my job today, and i do not know what to do', 'echo'),
    ('You lost your job today and do not know what to do.', 'echo'),
    ('You are such an idiot.', 'insult'), ('Shut UP!', 'insult'),
    ('Then kill yourself.', 'self_harm'), ('You should beat him up.', 'violence'),
    ('You have depression.', 'medical'), ('That is a symptom of a disorder.', 'medical'),
    ('I want to die too.', 'crisis')])
def test_a_reply_that_must_not_be_said_is_caught(reply, reason):
    assert problem(reply) == reason


def test_the_last_reply_is_not_said_again():
    assert problem('That sounds hard!', last='That sounds hard.') == 'echo'


@pytest.mark.parametrize(('language', 'reply', 'reason'), [
    ('de', 'Sie sind ein Idiot.', 'insult'), ('de', 'Nehmen Sie Tabletten.', 'medical'),
    ('de', 'Das tut mir leid, die Zeit ist schwer.', ''),
    ('fr', 'Tais-toi !', 'insult'), ('fr', 'Prenez ce médicament.', 'medical'),
    ('es', 'Es un síntoma.', 'medical'), ('es', '¡Cállate!', 'insult')])
def test_every_language_has_lists_of_its_own(language, reply, reason):
    assert problem(reply, language=language) == reason


def test_long_words_are_compared_in_no_time():
    assert problem('That sounds hard.', words='so it goes ' * 100_000) == ''
