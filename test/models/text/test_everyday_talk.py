"""What people say to a robot, and feelings that are denied: the English of the shipped weights.

None of these sentences is in the training text; four of the words of feeling are not either.
"""

import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.models import load_model
from mer_ros.models.text.text_tokens import spoken
from mer_ros.training.text.text_negation import HELD_OUT, sentences

DENIED = """I am not sad|I'm not angry.|I am not afraid of dogs|She isn't worried at all.
He is not disgusted by it|I'm not surprised|I am not enraged|I'm not appalled|I am not petrified.
he isn't gloomy|I'm not startled|I am anything but sad|I used to be afraid of the dark
Are you sad?|are you angry with me|I was never scared of him|They were never sad.
I'm no longer angry|I am not lonely|I'm not furious|I'm not ashamed of it
I don't feel lonely any more"""
"""Nothing of what is named is felt: neutral."""

MISSED = """I am not happy.|I'm not glad about that|We are not excited|They aren't thrilled
I am not joyful|I'm not ecstatic|I am anything but happy|I wish I was happy|I used to be happy
I am not delighted"""
"""Something pleasant is denied: anything but happiness."""

TALK = """yes|no|okay|ok|stop|Can you help me?|What time is it?|my name is Joy|come here|turn left
go to the kitchen|where is the station|please bring me a glass of water|how are you|open the door
play some music|what's the weather like tomorrow|I would like a coffee|good morning|hello|No.|Okay.
wait for me|look at this|set an alarm for seven|who is the president|call my mother|I need a taxi
sit down|give me the red cup|can you repeat that|are you a robot"""

ANSWERS = """yes|no|okay|ok|sure|maybe|yeah|nope|right|fine|please|hello|hi
good morning|good evening|goodbye|bye|stop|wait|alright"""
"""Short answers that are taught, here in spellings of their own."""

REQUESTS = """No thanks.|Could you turn off the light, please?|Stop.|Come here!|Yes, please.
No, thank you!|Can you show me the way to the lift?|Where is the bathroom?
Turn right at the corner.|Please wait.|Bring me my glasses, please.|Okay, let's go.
Yes, that one.|How much is it?|Move over there.|Not yet.|Put the cup on the table!
Who are you talking to?|Is there any milk left?|Thanks, bye.|Hold this.|Hi, my name is Peter.
Robot, open the blinds.|Sure, go ahead!|What did she say?|Just a moment.|No, the other door.
Okay, now drive two meters forward.|I would like to order a pizza.|Stop there!
Don't go any further.|Which platform does the train leave from?|Please repeat the last word."""
"""Talk to a robot, most of it in sentences that are not taught."""

FELT = """Yes! I am so happy|No! leave me alone!|Stop it, you idiot|Get away from me!
Thanks, I love it!|Stop it, you are hurting me!|Okay, this is really scary|No, I hate it
Come here, you bastard!|Turn off that damn noise, it drives me crazy!|Oh no, that's terrible
Yes!! We won! I'm so excited!|Stop yelling at me!|Could you stop being such an asshole?
What time is it? Oh no, I'm so worried|Good morning my love, I am so happy
Please help me, I'm terrified|No, I am so sad|Go to hell!|Yuck, take that away, it's disgusting"""
"""Answers and commands that show a feeling."""

ABROAD = {
    'fr': "oui|Non.|d'accord|Merci.|Bonjour.", 'de': 'Ja.|danke|Guten Morgen.|hallo',
    'es': 'Sí.|no|gracias|Buenos días.', 'it': 'Sì.|No.|grazie|Buongiorno.', 'pt': 'não|obrigado',
    'ru': 'нет|спасибо|Доброе утро.', 'zh': '谢谢|你好', 'ar': 'شكرا|مرحبا', 'fi': 'Ei.|kiitos'}
"""Short answers by language; none is an emotion."""


@pytest.fixture(scope='module')
def label():
    model = load_model('text', 'lite')
    return lambda text: EMOTIONS[int(model.judge(text, 'en').logits.argmax())]


def listed(lines):
    return [text for line in lines.splitlines() for text in line.split('|')]


def test_a_feeling_that_is_denied_is_not_shown(label):
    assert [text for text in listed(DENIED) if label(text) != 'neutral'] == []


def test_most_denials_are_understood_without_capitals_and_punctuation(label):
    wrong = [text for text in map(spoken, listed(DENIED)) if label(text) != 'neutral']
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize('heard', [False, True])
def test_happiness_that_is_denied_is_not_shown(label, heard):
    given = [spoken(text) if heard else text for text in listed(MISSED)]
    assert [text for text in given if label(text) == 'happiness'] == []


def test_commands_and_short_answers_are_neutral(label):
    assert [text for text in listed(TALK) if label(text) != 'neutral'] == []


@pytest.mark.parametrize('spelling', [
    str, str.capitalize, str.upper, '{}.'.format, '{}!'.format, '{},'.format,
    lambda text: f'{text.capitalize()}.', lambda text: f'{text.capitalize()}!'])
def test_a_short_answer_is_neutral_however_it_is_spelled(label, spelling):
    given = [spelling(text) for text in listed(ANSWERS)]
    assert [text for text in given if label(text) != 'neutral'] == []


@pytest.mark.parametrize('text', ['thanks', 'Thanks.', 'thank you', 'Thank you.', 'Thanks!'])
def test_thanks_are_nothing_worse_than_happiness(label, text):
    assert label(text) in ('neutral', 'happiness')


@pytest.mark.parametrize('heard', [False, True])
def test_requests_to_a_robot_are_neutral(label, heard):
    given = [spoken(text) if heard else text for text in listed(REQUESTS)]
    wrong = [text for text in given if label(text) != 'neutral']
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize('heard', [False, True])
def test_an_answer_or_a_command_with_a_feeling_keeps_it(label, heard):
    given = [spoken(text) if heard else text for text in listed(FELT)]
    calm = [text for text in given if label(text) == 'neutral']
    assert len(calm) <= 1, calm


@pytest.mark.parametrize('language', ABROAD)
def test_short_answers_are_neutral_in_other_languages(language):
    model = load_model('text', 'lite')
    assert [text for text in ABROAD[language].split('|') if EMOTIONS[int(
        model.judge(text, language).logits.argmax())] != 'neutral'] == []


@pytest.mark.parametrize(('text', 'emotion'), [
    ('I am sad', 'sadness'), ("I'm angry", 'anger'), ("I'm scared", 'fear'),
    ('I am happy', 'happiness'), ('I have never been happier', 'happiness'),
    ("I couldn't be happier", 'happiness'), ('I could not be happier.', 'happiness'),
    ('I have never been more scared', 'fear'), ('I hate this', 'anger'),
    ('this is disgusting', 'disgust'), ('He was infuriated', 'anger'), ('I am petrified', 'fear'),
])
def test_a_feeling_that_is_asserted_is_shown(label, text, emotion):
    assert label(text) == emotion


def test_no_sentence_of_the_training_holds_the_words_that_are_kept_for_the_test():
    taught = ' '.join(text.lower() for text, _ in sentences(each=36, seed=0))
    assert not [word for word in HELD_OUT if word in taught]
