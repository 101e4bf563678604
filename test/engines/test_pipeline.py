"""What a profile makes of the pipeline."""

import numpy as np
import pytest

from mer_ros.data import AudioBlock, CameraImage, NANOSECONDS, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.engines import pipeline_parts
from mer_ros.engines.pipeline import Pipeline
from mer_ros.engines.pipeline_parts import parse_settings
from mer_ros.models.protocols import Faces
from mer_ros.models.weights.weights_cache import MissingWeights
from mer_ros.remarks import Remarks


class Model:
    """Says happiness to everything."""

    labels = EMOTIONS

    def __init__(self, name):
        self.name = name

    def logits(self, batch):
        scores = np.zeros((len(batch), len(EMOTIONS)), np.float32)
        scores[:, EMOTIONS.index('happiness')] = 3.0
        return scores


class Detector:
    """Finds one face in every image."""

    name = 'one'

    def detect(self, image):
        return Faces(np.array([[0, 0, 64, 64]], np.float32), np.ones(1, np.float32),
                     np.full((1, 5, 2), np.nan, np.float32))


@pytest.fixture
def loaded(monkeypatch):
    """Load stand-ins; return what was asked for."""
    asked = []

    def load_model(modality, name):
        asked.append((modality, name))
        return Model(name)

    def load_detector(name):
        asked.append(('detector', name))
        return Detector()

    monkeypatch.setattr(pipeline_parts, 'load_model', load_model)
    monkeypatch.setattr(pipeline_parts, 'load_detector', load_detector)
    return asked


@pytest.mark.parametrize(('profile', 'models'), [
    ('lite', {'face': 'lite', 'detector': 'auto', 'speech': 'lite', 'text': 'lite'}),
    ('paper', {'face': 'resemotenet', 'detector': 'retinaface', 'speech': 'emotion2vec',
               'text': 'distilroberta'}),
    ('mine', {'face': 'mine', 'detector': 'auto', 'speech': 'mine', 'text': 'mine'})])
def test_a_profile_chooses_the_models_and_the_detector(loaded, profile, models):
    Pipeline(profile=profile)
    assert dict(loaded) == models
    assert (('face', 'frame_selector') in loaded) == (profile == 'paper')


def test_the_models_of_the_profile_do_the_work(loaded):
    image = CameraImage(NANOSECONDS, np.zeros((64, 64, 3), np.uint8))
    states = list(Pipeline(profile='paper').run([image, Words(NANOSECONDS, 'hello there')]))
    assert {opinion.model for state in states for opinion in state.modalities} == {
        'resemotenet', 'distilroberta'}
    assert states[-1].label == 'happiness'


def test_without_the_weights_of_the_selector_the_expression_model_rates_and_it_is_told(
        loaded, monkeypatch):
    given = pipeline_parts.load_model

    def load_model(modality, name):
        if name == 'frame_selector':
            raise MissingWeights('train them')
        return given(modality, name)

    monkeypatch.setattr(pipeline_parts, 'load_model', load_model)
    made, remarks = Pipeline(profile='paper'), Remarks()
    made.tell(remarks)
    assert any('selector frame_selector is replaced by the maximum of the expression model '
               'itself: train them'
               in line for line in remarks.lines())
    assert list(made.run([CameraImage(NANOSECONDS, np.zeros((64, 64, 3), np.uint8))]))


def test_settings_go_to_the_models_and_the_engines_that_take_them():
    given = parse_settings(['speech.hop=0.5', 'text.max_characters=12', 'face.min_face=20',
                            'device=cpu', 'face.detector=haar', 'face.selection=off'])
    assert given['speech'] == {'hop': 0.5, 'device': 'cpu'}
    made = Pipeline(settings=given)
    assert made.perceive(Words(NANOSECONDS, 'this is terrible, I am so happy'))[0].labels
    assert made._face._detector.name == 'haar'
    assert made._text.counts['truncated'] == 1


@pytest.mark.parametrize(('given', 'reason'), [
    ('face.modle=lite', r"'face\.modle=lite' sets nothing.*face\.model_path"),
    ('speech', 'give NAME=VALUE')])
def test_a_setting_that_nobody_knows_is_answered_with_those_that_are(given, reason):
    with pytest.raises(ValueError, match=reason):
        parse_settings([given])


def test_a_path_that_a_model_has_no_use_for_is_refused():
    with pytest.raises(ValueError, match=r"'lite' has no use for variant='large'"):
        Pipeline(settings=parse_settings(['speech.variant=large']))


def test_with_sound_a_profile_of_utterances_waits_for_the_voice(loaded):
    image = CameraImage(NANOSECONDS, np.zeros((64, 64, 3), np.uint8))
    silence = AudioBlock(NANOSECONDS, np.zeros((1600, 1), np.float32), 16000)
    pipeline = Pipeline(profile='paper')
    assert list(pipeline.run([silence, image])) == []
    pipeline.reset()
    assert list(pipeline.run([image])) != []


def test_an_unknown_profile_is_answered_with_the_known_models():
    with pytest.raises(ValueError, match=r"no face model is called 'papre'; known: \["):
        Pipeline(profile='papre')


def test_without_words_their_model_is_loaded_only_when_some_come(loaded):
    made = Pipeline(words=False)
    made.tell(Remarks())
    made.reset()
    assert 'text' not in dict(loaded)
    assert made.perceive(Words(NANOSECONDS, 'hello there'))
    assert dict(loaded)['text'] == 'lite'


def test_without_words_what_is_set_for_them_is_checked_all_the_same():
    with pytest.raises(ValueError, match='no text model is called'):
        Pipeline(words=False, settings=parse_settings(['text.model=nonsense']))
