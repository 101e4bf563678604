"""One piece of evidence a modality, out of a film."""

import numpy as np
import pytest
import soundfile

from mer_ros.data import AudioBlock, BadInput, CameraImage, Logits, Words
from mer_ros.research.corpora.clip import Clip
from mer_ros.research.corpora.clip_evidence import perceive_clip, scores_of, START

LABELS = ('sadness', 'anger')
SECOND = 1_000_000_000


class Notes:
    """Notes what it is given, and says what it was told to say."""

    def __init__(self, *evidence, refuses=None):
        self.seen = []
        self._evidence = list(evidence)
        self._refuses = refuses

    def perceive(self, item):
        self.seen.append(item)
        if isinstance(item, self._refuses or ()):
            raise BadInput('odd', 'an odd input')
        return []

    def flush(self):
        return self._evidence

    def reset(self):
        self.seen.clear()

    def of(self, kind):
        return [item for item in self.seen if isinstance(item, kind)]


def clip(**options):
    return Clip(id='c', person='p', label='anger', split='test', **options)


def logits(modality, values, end=0.0, window=0.0):
    return Logits(START + round(end * SECOND), modality, LABELS, np.array(values, float),
                  window=round(window * SECOND))


@pytest.mark.parametrize('suffix', ['.avi', '.mp4', '.flv'])
def test_a_film_gives_images_sound_and_the_transcript_at_its_end(tmp_path, write_film, suffix):
    film = write_film(tmp_path / f'film{suffix}', shade=100, loudness=0.5)
    pipeline = Notes()
    assert perceive_clip(clip(film=film, transcript='Hello'), pipeline) == ({}, [])
    assert len(pipeline.of(CameraImage)) == 10
    sound = np.concatenate([block.samples for block in pipeline.of(AudioBlock)])
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.1)
    assert pipeline.seen[-1].text == 'Hello'
    assert pipeline.seen[-1].stamp >= START + SECOND * 9 // 10


def test_a_sound_of_its_own_replaces_that_of_the_film(tmp_path, write_film):
    film = write_film(tmp_path / 'film.avi', shade=100, loudness=0.5)
    soundfile.write(tmp_path / 'sound.wav', np.full(16000, 0.125), 16000)
    pipeline = Notes()
    perceive_clip(clip(film=film, sound=tmp_path / 'sound.wav'), pipeline)
    assert len(pipeline.of(CameraImage)) == 10
    assert {block.sample_rate for block in pipeline.of(AudioBlock)} == {16000}
    stamps = [item.stamp for item in pipeline.seen]
    assert stamps == sorted(stamps)
    assert not pipeline.of(Words), 'nothing is known of what is said'


def test_the_most_probable_face_and_the_mean_of_the_utterances_count(tmp_path):
    soundfile.write(tmp_path / 'sound.wav', np.zeros(16000), 16000)
    said, _ = perceive_clip(clip(sound=tmp_path / 'sound.wav'), Notes(
        logits('face', [9, 8]), logits('face', [0, 3]), logits('face', [0, 2]),
        logits('speech', [8, 0], end=1, window=1), logits('speech', [0, 4], end=5, window=3),
        logits('speech', [90, 90], end=4.5, window=1)))
    assert said['face'].logits.tolist() == [0, 3]
    assert said['speech'].logits.tolist() == [2, 3], 'a window within an utterance counts once'


def test_a_file_that_is_broken_gives_nothing_but_a_reason(tmp_path):
    (tmp_path / 'film.avi').write_bytes(b'not a film')
    said, problems = perceive_clip(clip(film=tmp_path / 'film.avi'), Notes(logits('face', [1, 2])))
    assert said == {}
    assert 'cannot be decoded' in problems[0]


def test_a_film_that_breaks_off_gives_nothing_but_a_reason(tmp_path, write_film):
    whole = write_film(tmp_path / 'film.mp4', shade=100, loudness=0.5).read_bytes()
    (tmp_path / 'film.mp4').write_bytes(whole[:len(whole) // 3])
    said, problems = perceive_clip(clip(film=tmp_path / 'film.mp4'), Notes(logits('face', [1, 2])))
    assert said == {}
    assert len(problems) == 1


def test_what_one_engine_refuses_is_told_once_and_the_others_count(tmp_path, write_film):
    film = write_film(tmp_path / 'film.avi', shade=100)
    said, problems = perceive_clip(
        clip(film=film, transcript='?'), Notes(logits('face', [1, 2]), refuses=CameraImage))
    assert list(said) == ['face']
    assert problems == ['an odd input']


def test_scores_go_by_name_and_mark_what_is_missing():
    scores = scores_of([None, logits('face', [3, 1])])
    assert scores.present.tolist() == [False, True]
    assert (scores.logits[1, 0], scores.logits[1, 5]) == (1.0, 3.0)
    assert scores.named.sum() == 2
    with pytest.raises(ValueError, match='none of the 2 clips'):
        scores_of([None, None])
