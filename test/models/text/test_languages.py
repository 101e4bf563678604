"""Languages beside English: the shipped weights."""

import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.languages import by_language, figures
from mer_ros.models import load_model
from mer_ros.models.protocols import KnowsWords
from mer_ros.models.text.language_guess import LanguageGuess
from mer_ros.models.text.many_languages import ManyLanguages

PLAIN = [
    ('de', 'Ich habe solche Angst vor der Operation', 'fear'),
    ('de', 'Wie spät ist es gerade?', 'neutral'),
    ('es', 'Estoy muy feliz, qué alegría verte', 'happiness'),
    ('es', 'Enciende la luz del salón', 'neutral'),
    ('fr', 'Je suis désolé, elle est morte', 'sadness'),
    ('fr', 'Allume la lumière de la cuisine', 'neutral'),
    ('it', 'Ho paura, ti prego aiutami', 'fear'),
    ('pt', 'Estou muito triste e com saudade', 'sadness'),
    ('nl', 'Zet de lamp in de keuken aan', 'neutral'),
    ('ru', 'Мне очень страшно', 'fear'),
    ('tr', 'Yarın hava nasıl olacak', 'neutral'),
    ('hi', 'मुझे बहुत डर लग रहा है', 'fear'),
    ('de', 'Heute bin ich gar nicht wütend', 'neutral'),
    ('fr', 'Je ne suis vraiment pas triste', 'neutral'),
    ('nl', 'Ik ben niet boos op je', 'neutral'),
    ('pl', 'Zamknij szufladę', 'neutral'),
    ('tr', 'Sana kızgın değilim', 'neutral'),
    ('zh', '我真的不难过', 'neutral'),
]


@pytest.fixture(scope='module')
def model():
    return load_model('text', 'lite')


def test_the_model_tells_how_far_it_can_judge(model):
    assert isinstance(model, KnowsWords)
    assert {'en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'tr', 'ru', 'zh', 'hi', 'ar'} <= set(
        model.languages)


@pytest.mark.parametrize(('language', 'text', 'emotion'), PLAIN)
def test_plain_sentences_are_understood_in_their_language(model, language, text, emotion):
    told = model.judge(text, language)
    assert EMOTIONS[int(told.logits.argmax())] == emotion
    assert told.quality > 0.5
    assert told.doubts in ((), ('unknown_words',))


def test_the_language_is_found_where_nobody_tells_it(model):
    same = [np.allclose(model.logits([text])[0], model.judge(text, language).logits, atol=1e-5)
            for language, text, _ in PLAIN]
    assert sum(same) >= len(PLAIN) - 1


@pytest.mark.parametrize('text', [
    'I am so happy to see you!', 'Please turn left at the door.', 'yes', 'what time is it', 'ok',
    'stop', 'hello', 'thank you very much'])
def test_english_is_taken_for_english(model, text):
    judged = model.judge(text)
    assert judged.quality > 0.9
    np.testing.assert_allclose(judged.logits, model.judge(text, 'en').logits, atol=1e-5)


@pytest.mark.parametrize('language', ['ja', 'ka', 'is', 'xx'])
def test_a_language_that_was_not_learned_gives_no_evidence(model, language):
    judged = model.judge('I am so happy', language)
    assert (judged.quality, judged.doubts) == (0.0, ('language',))
    assert np.isfinite(judged.logits).all()


@pytest.mark.parametrize('text', ['', ' ', '\x00', '\ud83d', '漢字', 'я' * 5000, '1', 'ي ' * 3000])
@pytest.mark.parametrize('language', ['', 'de', 'zh', 'en', 'ja'])
def test_any_text_in_any_language_gets_finite_scores(model, text, language):
    judged = model.judge(text, language)
    assert judged.logits.shape == (7,)
    assert np.isfinite(judged.logits).all()
    assert 0.0 <= judged.quality <= 1.0


def test_a_guess_adds_what_each_known_ngram_says():
    guess = LanguageGuess({
        'varieties': np.array(['de', 'fr']), 'keys': np.array([3, 7, 9], np.uint32),
        'spread': np.array([1, 2, 1], np.uint8), 'owners': np.array([0, 0, 1, 1], np.uint8),
        'gains': np.array([4, 2, 6, 8], np.uint8), 'unit': 0.5, 'temperature': 1.0,
        'prior': np.zeros(2), 'usual': np.array([[1.0, 2.0], [0.0, 1.0]])})
    assert guess.gains(np.array([3, 7], np.uint32)).tolist() == [3.0, 3.0]
    assert guess.gains(np.array([5, 9], np.uint32)).tolist() == [0.0, 4.0]
    assert guess.gains(np.array([], np.uint32)).tolist() == [0.0, 0.0]
    assert guess.probabilities(np.array([3.0, 3.0]), 9).tolist() == [0.5, 0.5]
    assert guess.familiarity(3.0, 2, 0) == 0.5


def test_a_classifier_weighs_the_ngrams_of_its_own_variety():
    tables = {'varieties': np.array(['de', 'fr']), 'ends': np.array([2, 3]),
              'keys': np.array([3, 7, 3], np.uint32), 'squares': np.array([4, 9, 1], np.float16),
              'weights': np.zeros((3, 7), np.int8), 'scale': np.ones((2, 7), np.float32),
              'bias': np.zeros((2, 7), np.float32)}
    tables['weights'][0, 1], tables['weights'][2, 2] = 4, 3
    model = ManyLanguages(tables)
    german = model.logits(np.array([3, 5], np.uint32), 'de')
    assert german[1] - german[0] == pytest.approx(2.0)
    assert int(model.logits(np.array([3], np.uint32), 'fr').argmax()) == 2
    assert np.exp(german).sum() == pytest.approx(1.0)


def test_held_out_texts_are_classified_far_above_chance(model, shared_data):
    found = {language: figures(model, f'brighter:{language}', shared_data, 'test')['macro_f1']
             for language in ('deu', 'esp', 'hin', 'rus')}
    assert found['hin'] > 0.7
    assert found['rus'] > 0.7
    assert found['esp'] > 0.6
    assert found['deu'] > 0.3


def test_the_languages_of_a_folder_are_measured_apart(tmp_path):
    for name, text in (('brighter/deu_test.tsv', 'gut'), ('brighter/swe_test.tsv', 'bra')):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(
            f'id\ttext\tlanguage\tekman7\na\t{text}\t{name[9:12]}\thappiness\n'
            f'b\tnaja\t{name[9:12]}\tneutral\n', encoding='utf-8')

    class Glad:
        labels = EMOTIONS

        def logits(self, batch):
            return np.array([[EMOTIONS[i] == 'happiness' for i in range(7)] for _ in batch],
                            np.float32) * 5

    report = by_language(Glad(), tmp_path)
    assert set(report) == {'brighter'}
    assert set(report['brighter']) == {'deu', 'swe'}
    assert report['brighter']['deu']['accuracy'] == 0.5
