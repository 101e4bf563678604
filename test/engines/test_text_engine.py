from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
import pytest

from mer_ros.data import BadInput, NANOSECONDS, Words
from mer_ros.engines.text import TextEngine
from mer_ros.models import load_model
from mer_ros.models.protocols import Judged

STAMP = 9 * NANOSECONDS


class Echo:
    """A model that remembers what it was asked."""

    name = 'echo'
    labels = ('anger', 'happiness')

    def __init__(self, answer: Sequence[float] = (1.0, 2.0)) -> None:
        self.asked: list[str] = []
        self.answer = answer

    def logits(self, batch: Sequence[str]) -> NDArray[np.float32]:
        self.asked += batch
        return np.array([self.answer] * len(batch), dtype=np.float32)


def test_the_evidence_carries_all_that_the_words_say_about_it() -> None:
    words = Words(STAMP, 'well done', frame_id='ears', person_id='ada', confidence=0.7, duration=5)
    [logits] = TextEngine(Echo()).process(words)
    assert (logits.stamp, logits.window, logits.modality) == (STAMP, 5, 'text')
    assert (logits.person_id, logits.frame_id, logits.model) == ('ada', 'ears', 'echo')
    assert logits.labels == ('anger', 'happiness')
    assert logits.quality == 0.7
    assert logits.doubts == ('confidence',)
    np.testing.assert_array_equal(logits.logits, [1.0, 2.0])
    assert logits.logits.dtype == np.float64


@pytest.mark.parametrize('text', ['no', ' \n oui\t', '😀', '❤️', '好', 'ü', '¿qué?', 'हाँ'])
def test_words_of_any_script_and_emojis_are_judged(text: str) -> None:
    model = Echo()
    assert len(TextEngine(model).process(Words(STAMP, text))) == 1
    assert model.asked == [text.strip()]


@pytest.mark.parametrize('text', [
    ':-)', ':(', '(:', ';-)', '=)', '<3', '^_^', ':D', ':-/', '>_<', '🙂'])
def test_faces_of_punctuation_are_words(text: str) -> None:
    [logits] = TextEngine(Echo()).process(Words(STAMP, f' {text} '))
    assert logits.quality == 1.0


def test_of_a_long_text_the_newest_words_are_judged() -> None:
    model = Echo()
    engine = TextEngine(model, max_characters=4)
    engine.process(Words(STAMP, 'long ago, now'))
    engine.process(Words(STAMP, 'once'))
    assert model.asked == [' now', 'once']
    assert engine.counts == {'truncated': 1}


def test_half_of_an_emoji_is_replaced() -> None:
    model = Echo()
    TextEngine(model).process(Words(STAMP, 'good \ud83d\ude00 bad \ud83d'))
    assert model.asked == ['good 😀 bad \N{REPLACEMENT CHARACTER}']


@pytest.mark.parametrize(('words', 'reason', 'text'), [
    (Words(0, 'hello'), 'unstamped', 'header.stamp'),
    (Words(STAMP, ''), 'empty', 'letter, emoji or emoticon'),
    (Words(STAMP, '12:30'), 'empty', 'letter'),
    (Words(STAMP, '(3)'), 'empty', 'letter'),
    (Words(STAMP, '...?!'), 'empty', 'letter'),
    (Words(STAMP, '  \n'), 'empty', 'letter'),
    (Words(STAMP, '... 12!'), 'empty', '2 digits, 4 punctuation marks, 1 spaces'),
    (Words(STAMP, '\ud83d'), 'empty', 'letter'),
    (Words(STAMP, 'hello', confidence=1.1), 'confidence', '1.1'),
    (Words(STAMP, 'hello', confidence=-0.1), 'confidence', r'\[0, 1\]'),
    (Words(STAMP, 'hello', confidence=float('nan')), 'confidence', 'nan'),
    (Words(STAMP, 'hello', duration=-1), 'duration', '-1 ns'),
])
def test_words_that_cannot_be_used_say_why(words: Words, reason: str, text: str) -> None:
    model = Echo()
    with pytest.raises(BadInput, match=text) as caught:
        TextEngine(model).process(words)
    assert caught.value.reason == reason
    assert model.asked == []


def test_a_model_that_answers_with_nan_is_reported() -> None:
    with pytest.raises(BadInput, match=r'echo.*finite') as caught:
        TextEngine(Echo((float('nan'), 0.0))).process(Words(STAMP, 'hello'))
    assert caught.value.reason == 'model_output'


def test_a_model_that_breaks_its_promise_is_reported() -> None:
    with pytest.raises(ValueError, match=r"'echo' returned logits of shape \(1, 3\)"):
        TextEngine(Echo((0.0, 1.0, 2.0))).process(Words(STAMP, 'hello'))


def test_a_limit_below_one_character_is_refused() -> None:
    with pytest.raises(ValueError, match='at least 1'):
        TextEngine(Echo(), max_characters=0)


def test_the_built_in_model_hears_joy_from_anger() -> None:
    engine = TextEngine(load_model('text', 'lite'))
    for text, emotion in (('I am so happy, this is wonderful!', 'happiness'),
                          ('I am furious, this makes me so angry!', 'anger')):
        [logits] = engine.process(Words(STAMP, text))
        assert logits.labels[int(np.argmax(logits.logits))] == emotion


class Seeing(Echo):
    """A model that tells what it sees: a row a word."""

    def features(self, text: str) -> NDArray[np.float32]:
        return np.array([[len(word), 1.0] for word in text.split()], np.float32).reshape(-1, 2)


def test_features_come_only_when_asked_for() -> None:
    words = Words(STAMP, 'well done')
    [plain] = TextEngine(Seeing()).process(words)
    assert plain.features is None
    [seen] = TextEngine(Seeing(), with_features=True).process(words)
    assert seen.features is not None
    assert seen.features.tolist() == [[4.0, 1.0], [4.0, 1.0]]


def test_features_are_of_the_text_that_was_judged() -> None:
    [seen] = TextEngine(Seeing(), max_characters=4, with_features=True).process(
        Words(STAMP, 'well done'))
    assert seen.features is not None
    assert seen.features.shape == (1, 2)


def test_a_model_without_features_cannot_be_asked_for_them() -> None:
    with pytest.raises(ValueError, match="'echo' gives no features"):
        TextEngine(Echo(), with_features=True)


def test_features_that_are_not_finite_are_refused() -> None:
    model = Seeing()
    model.features = lambda text: np.full((1, 2), np.inf, np.float32)  # type: ignore[assignment]
    with pytest.raises(BadInput) as caught:
        TextEngine(model, with_features=True).process(Words(STAMP, 'well done'))
    assert caught.value.reason == 'model_output'


class Learned(Echo):
    """A model that knows a share of any text in English, and no other language."""

    languages = ('en',)

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def judge(self, text: str, language: str = '') -> Judged:
        sure = 1.0 if language in ('', 'en') else 0.0
        doubts = ('language',) * (sure < 1.0) + ('unknown_words',) * (self.share < 1.0)
        return Judged(self.logits([text])[0], sure * self.share, doubts)


@pytest.mark.parametrize('share', [0.0, 0.5, 1.0])
def test_words_count_as_far_as_the_model_knows_them(share: float) -> None:
    engine = TextEngine(Learned(share))
    [logits] = engine.process(Words(STAMP, 'any words', confidence=0.5))
    assert logits.quality == pytest.approx(share / 2)
    assert logits.doubts == (('unknown_words',) if share < 1.0 else ()) + ('confidence',)
    assert engine.counts['unknown_words'] == (share == 0.0)


def test_a_language_that_the_model_did_not_learn_is_no_evidence() -> None:
    engine = TextEngine(Learned(1.0))
    for language, quality in (('de', 0.0), ('', 1.0), ('en', 1.0)):
        [logits] = engine.process(Words(STAMP, 'any words', language=language))
        assert logits.quality == quality
        assert logits.doubts == (('language',) if quality == 0.0 else ())
    assert engine.counts == {'language': 1}


@pytest.mark.parametrize(('language', 'text', 'quality', 'doubts'), [
    ('', 'I am so happy to see you!', 1.0, ()),
    ('en-GB', 'I am so happy to see you!', 1.0, ()),
    ('ja', 'I am so happy to see you!', 0.0, ('language',)),
    ('', 'qwxz vbnm plokij', 0.0, ('unknown_words',)),
])
def test_the_built_in_model_says_why_it_doubts(
    language: str, text: str, quality: float, doubts: tuple[str, ...]
) -> None:
    [logits] = TextEngine(load_model('text', 'lite')).process(
        Words(STAMP, text, language=language))
    assert logits.quality == quality
    assert set(doubts) <= set(logits.doubts)


@pytest.mark.parametrize('text', [
    'ძალიან გაბრაზებული ვარ', 'მე ბედნიერი ვარ დღეს', 'とても嬉しいです', 'Ég er mjög glaður í dag',
    'qwxz vbnm plokij', 'zzz kkk qqq', 'sdfkjh wieur zxmcnb', 'ҩҵҟ ӡқҽ'])
def test_the_built_in_model_is_silent_on_what_it_never_learned(text: str) -> None:
    [logits] = TextEngine(load_model('text', 'lite')).process(Words(STAMP, text))
    assert logits.quality < 0.2
    assert logits.doubts


@pytest.mark.parametrize('text', [
    'yes', 'Please turn left at the door.', 'I am so happy to see you!', 'what time is it', '😀'])
def test_the_built_in_model_judges_plain_english(text: str) -> None:
    [logits] = TextEngine(load_model('text', 'lite')).process(Words(STAMP, text))
    assert logits.quality == 1.0
