"""What is said."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from mer_ros.data import Emotion, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.response.generator import NoReply
from mer_ros.response.responder import Reply, Responder
from mer_ros.response.templates import load_languages
from mer_ros.response.turn_gate import Gate
from mer_ros.response.turns import Turn
from mer_ros.response.wording import INTENSITIES, Mood, Wording

NOTHING = np.empty(0)
LANGUAGES = load_languages()
KIND = "That is hard, I'm sorry."


class Scripted:
    """A generator that says what it is told, or raises it."""

    name = 'scripted'

    def __init__(self, *script):
        self.script = list(script)
        self.prompts = []

    def reply(self, prompt):
        self.prompts.append(prompt)
        said = self.script.pop(0)
        if isinstance(said, Exception):
            raise said
        return said


def state(label='sadness', confidence=0.9, uncertainty=0.1, conflict=0.0, person='', stamp=1):
    return Emotion(
        stamp=stamp, window_start=1, person_id=person, label=label, confidence=confidence,
        uncertainty=uncertainty, conflict=conflict, labels=EMOTIONS, belief=NOTHING,
        probability=NOTHING, alpha=NOTHING)


def turn(text='I lost my job today', language='en', **mood):
    emotion = state(**mood)
    heard = Words(emotion.stamp, text, person_id=emotion.person_id, language=language)
    return Turn(emotion, heard if text else None)


def converse(responder, turns):
    """Return what is said to each turn."""
    replies = []
    for one in turns:
        reply = responder.compose(one)
        responder.said(reply)
        replies.append(reply.response)
    return replies


def sentences(mood, tag='en'):
    return LANGUAGES[tag].sentences(mood)


@pytest.mark.parametrize('label', EMOTIONS)
@pytest.mark.parametrize('intensity', INTENSITIES)
def test_the_sentence_fits_emotion_intensity_and_certainty(label, intensity):
    confidence = {'low': 0.3, 'medium': 0.6, 'high': 0.9}[intensity]
    for wording, sure in ((Wording(sure_probability=0.1), True), (Wording(), confidence >= 0.7)):
        (response,) = converse(Responder(LANGUAGES, wording=wording), [
            turn(label=label, confidence=confidence, uncertainty=0.0)])
        assert response.text in sentences(Mood(label, intensity, sure))
        assert (response.source, response.language) == ('template', 'en')


@pytest.mark.parametrize('uncertainty', np.linspace(0.0, 1.0, 41))
def test_no_sure_sentence_is_said_above_the_threshold_of_uncertainty(uncertainty):
    threshold = Wording().sure_uncertainty
    sure = {text for label in EMOTIONS for intensity in INTENSITIES
            for text in sentences(Mood(label, intensity, True))}
    said = {response.text for confidence in np.linspace(0.0, 1.0, 21) for response in converse(
        Responder(LANGUAGES), [turn(label=label, confidence=confidence, uncertainty=uncertainty)
                               for label in EMOTIONS])}
    if uncertainty > threshold:
        assert not said & sure
    if uncertainty > Wording().max_uncertainty:
        assert said <= set(LANGUAGES['en'].unknown)


def test_the_unknown_gets_an_open_question_and_contradiction_its_own_sentence():
    unknown, mixed = converse(Responder(LANGUAGES), [
        turn(label='unknown'), turn(label='happiness', conflict=0.5)])
    assert unknown.text in LANGUAGES['en'].unknown
    assert mixed.text in LANGUAGES['en'].mixed


@pytest.mark.parametrize('mood', [{}, {'label': 'unknown'}, {'conflict': 0.9}])
def test_nobody_hears_the_same_sentence_twice_in_a_row(mood):
    responses = converse(Responder(LANGUAGES), [turn(stamp=second, **mood)
                                                for second in range(1, 60)])
    texts = [response.text for response in responses]
    assert all(one != other for one, other in pairwise(texts))
    assert len(set(texts)) >= 2


def test_what_one_person_hears_does_not_depend_on_the_others():
    ana = [turn(person='ana', stamp=second) for second in range(1, 20)]
    ben = [turn(person='ben', stamp=second) for second in range(1, 20)]
    both = converse(Responder(LANGUAGES), [one for pair in zip(ana, ben, strict=True)
                                           for one in pair])
    alone = converse(Responder(LANGUAGES), ana)
    assert [one.text for one in both[::2]] == [one.text for one in alone]


def test_what_the_robot_hears_itself_say_is_not_answered():
    responder = Responder(LANGUAGES)
    (response,) = converse(responder, [turn()])
    assert responder.compose(turn(response.text.lower().rstrip('.'))) is None
    assert responder.counts['own_voice'] == 1
    assert responder.compose(turn(response.text, person='ben')) is not None
    assert responder.compose(turn('yes please')) is not None


def test_a_seed_repeats_the_conversation_and_another_one_does_not():
    turns = [turn(stamp=second, label='unknown') for second in range(1, 20)]
    texts = [[response.text for response in converse(Responder(LANGUAGES, seed=seed), turns)]
             for seed in (7, 7, 8)]
    assert texts[0] == texts[1] != texts[2]


def test_a_reply_that_was_never_said_is_not_remembered():
    responder = Responder(LANGUAGES)
    composed = [responder.compose(turn()).response.text for _ in range(3)]
    assert len(set(composed)) == 1


@pytest.mark.parametrize(('spoken', 'answered'), [
    ('de-AT', 'de'), ('fr', 'fr'), ('it', 'en'), ('', 'en')])
def test_the_language_is_that_of_the_words_where_there_is_a_file(spoken, answered):
    (response,) = converse(Responder(LANGUAGES), [turn(language=spoken)])
    assert response.language == answered
    assert response.text in sentences(Mood('sadness', 'high', True), answered)


def test_a_language_may_be_fixed_and_changed():
    responder = Responder(LANGUAGES, language='es')
    assert converse(responder, [turn(language='de')])[0].language == 'es'
    responder.configure(language='auto', wording=Wording())
    assert converse(responder, [turn(language='de')])[0].language == 'de'


def test_speaking_first_goes_on_in_the_language_of_the_last_words():
    last, first = converse(Responder(LANGUAGES), [turn(language='de'), turn(text='', stamp=2)])
    assert (last.language, first.language) == ('de', 'de')


def test_an_unknown_language_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match=r"'xx'; known: \['de', 'en', 'es', 'fr'\]"):
        Responder(LANGUAGES, language='xx')
    with pytest.raises(ValueError, match="'xx'"):
        Responder(LANGUAGES, generator_languages=['xx'])


def test_an_emotion_without_sentences_is_counted():
    responder = Responder(LANGUAGES)
    (response,) = converse(responder, [turn(label='boredom')])
    assert response.text in LANGUAGES['en'].unknown
    assert responder.counts['no_template'] == 1


@pytest.mark.parametrize(('text', 'language', 'answered'), [
    ('I want to die', 'en', 'en'), ('Ich will sterben', '', 'de'), ('je veux mourir', '', 'fr'),
    ('I want to die', 'fr-CA', 'fr'), ('quiero morir', 'it', 'en')])
def test_somebody_in_a_crisis_always_gets_the_fixed_reply(text, language, answered):
    generator = Scripted()
    responder = Responder(LANGUAGES, generator=generator)
    heard = Words(1, text, language=language)
    assert responder.needs_human(heard)
    replies = [responder.compose(Turn(state(), heard, urgent=True)) for _ in range(2)]
    for reply in replies:
        responder.said(reply)
        assert reply.response.text == LANGUAGES[answered].crisis_reply
        assert reply.urgent
    assert generator.prompts == []
    assert responder.counts['crisis'] == 2


def test_everyday_words_need_no_human():
    assert not Responder(LANGUAGES).needs_human(Words(1, 'I lost my job today'))


def test_a_generated_reply_is_said_and_names_its_source():
    generator = Scripted(f'  {KIND}\n')
    (response,) = converse(Responder(LANGUAGES, generator=generator), [turn()])
    assert (response.text, response.source) == (KIND, 'scripted')
    prompt = generator.prompts[0]
    assert (prompt.words, prompt.emotion, prompt.history) == ('I lost my job today', 'sadness', ())


def test_the_generator_is_not_told_an_emotion_that_is_uncertain():
    generator = Scripted(KIND)
    converse(Responder(LANGUAGES, generator=generator), [turn(uncertainty=0.5)])
    assert generator.prompts[0].emotion == ''


@pytest.mark.parametrize('mood', [
    {'label': 'unknown'}, {'conflict': 0.9}, {'uncertainty': 0.8}, {'text': ''},
    {'language': 'de'}])
def test_where_it_must_not_guess_the_generator_is_not_asked(mood):
    generator = Scripted()
    (response,) = converse(Responder(LANGUAGES, generator=generator), [turn(**mood)])
    assert response.source == 'template'


def test_the_generator_may_write_other_languages():
    generator = Scripted('Das tut mir leid.')
    (response,) = converse(Responder(LANGUAGES, generator=generator, generator_languages=['de']),
                           [turn(language='de')])
    assert (response.text, response.language) == ('Das tut mir leid.', 'de')


@pytest.mark.parametrize(('said', 'reason'), [
    ('', 'empty'), ('Oh. ' * 100, 'too_long'), ('I lost my job today', 'echo'),
    ('You are stupid.', 'insult'), ('Take your pills.', 'medical'),
    (NoReply('slow', 'no time'), 'slow'), (RuntimeError('no memory'), 'error')])
def test_what_must_not_be_said_is_replaced_by_a_template_and_counted(said, reason):
    responder = Responder(LANGUAGES, generator=Scripted(said))
    (response,) = converse(responder, [turn()])
    assert response.source == 'template'
    assert response.text in sentences(Mood('sadness', 'high', True))
    assert responder.counts == Counter({f'fallback.{reason}': 1})
    assert responder.failure == ('RuntimeError: no memory' if reason == 'error' else '')


def test_the_generator_is_given_the_last_exchanges_with_the_same_person():
    script = ['One it is.', 'Then two more.', 'Now there are three.', 'And so on to four.', 'Hi!']
    generator = Scripted(*script)
    responder = Responder(LANGUAGES, generator=generator, history=2)
    converse(responder, [turn(text=text) for text in ('a b', 'c d', 'e f', 'g h')])
    converse(responder, [turn(text='hello', person='ben')])
    assert generator.prompts[3].history == (('c d', script[1]), ('e f', script[2]))
    assert generator.prompts[4].history == ()
    responder.forget()
    generator.script = [KIND]
    converse(responder, [turn()])
    assert generator.prompts[5].history == ()


def test_only_so_many_conversations_are_remembered():
    responder = Responder(LANGUAGES, people=2)
    converse(responder, [turn(person=str(number)) for number in range(9)])
    assert list(responder._memory) == ['7', '8']


def test_a_name_that_is_no_unicode_does_no_harm():
    (response,) = converse(Responder(LANGUAGES), [turn(person='\udcff')])
    assert response.text


def offered(gate, text, now, *, person='', urgent=False):
    responder = Responder(LANGUAGES)
    reply = responder.compose(turn(person=person))
    gate.offer(Reply(replace(reply.response, text=text), urgent=urgent), now)


def said(replies):
    return [reply.response.text for reply in replies]


@pytest.fixture
def gate():
    return Gate(timeout=100, limit=3, counts=Counter())


def test_what_is_said_while_the_robot_is_silent_passes(gate):
    offered(gate, 'one', 1)
    assert said(gate.release(1)) == ['one']
    assert gate.is_empty


def test_a_reply_waits_for_the_robot_to_be_silent(gate):
    gate.speaking = True
    offered(gate, 'one', 1)
    assert gate.release(100) == []
    gate.speaking = False
    assert said(gate.release(100)) == ['one']


def test_what_waited_too_long_is_dropped_but_urgent_words_are_said(gate):
    gate.speaking = True
    offered(gate, 'one', 1, person='ana')
    offered(gate, 'help', 1, person='ben', urgent=True)
    assert said(gate.release(101)) == ['help']
    assert gate.is_empty
    assert gate._counts['hold_timeout'] == 1


def test_a_newer_reply_takes_the_place_of_the_older_unless_that_is_urgent(gate):
    gate.speaking = True
    for text in ('one', 'two'):
        offered(gate, text, 1, person='ana')
    offered(gate, 'help', 1, person='ben', urgent=True)
    offered(gate, 'three', 1, person='ben')
    gate.speaking = False
    assert said(gate.release(2)) == ['two', 'help']
    assert gate._counts['replaced'] == 2


def test_only_so_many_replies_are_held(gate):
    gate.speaking = True
    for number in range(9):
        offered(gate, str(number), 1, person=str(number))
    gate.speaking = False
    assert said(gate.release(2)) == ['6', '7', '8']
