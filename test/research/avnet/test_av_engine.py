"""Face and voice judged together, segment by segment."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import pytest

from mer_ros.data import AudioBlock, BadInput, CameraImage, Logits, NANOSECONDS, nanoseconds
from mer_ros.models.protocols import Faces
from mer_ros.research.avnet.av_engine import AvEngine
from mer_ros.research.avnet.av_frames import CentreFrame

START = 40 * NANOSECONDS
RATE = 16000
FACE = (10.0, 10.0, 90.0, 95.0)


class Linear:
    """A network of one layer each: it sees brightness and hears loudness, and counts its work."""

    name = 'linear'
    labels: tuple[str, ...] = ('anger', 'happiness', 'neutral')
    segments = 4

    def __init__(self, sample_rate: int = RATE) -> None:
        self.sample_rate = sample_rate
        self.given: list[tuple[NDArray[np.uint8], NDArray[np.float32]]] = []
        self._weights = np.random.default_rng(4).normal(size=(6, 3)).astype(np.float32)

    def embed(self, faces: NDArray[np.uint8], sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        self.given += zip(faces, sounds, strict=True)
        return self._look(faces, sounds)

    def _look(self, faces: NDArray[np.uint8], sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        seen = faces.reshape(len(faces), 2, -1).mean(axis=2) / 255.0
        heard = np.abs(sounds).reshape(len(sounds), 4, -1).mean(axis=2)
        return np.concatenate([seen, heard], axis=1).astype(np.float32)

    def classify(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        return embeddings @ self._weights

    def logits(self, faces: NDArray[np.uint8], sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        mean: NDArray[np.float32] = self.classify(self._look(faces, sounds)).mean(axis=0)
        return mean


class Broken(Linear):
    """A network that answers with NaN."""

    def classify(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        return super().classify(embeddings) * np.float32(np.nan)


class Calm(Linear):
    """A network that tells calm from neutral, as those of RAVDESS do."""

    labels = ('anger', 'calm', 'neutral')


class Boxes:
    """A detector that finds the same face in every image that is not black."""

    name = 'boxes'

    def __init__(self, box: tuple[float, ...] = FACE, score: float = 1.0) -> None:
        self.found = Faces(np.float32([box]), np.float32([score]),
                           np.full((1, 5, 2), np.nan, dtype=np.float32))
        self.asked = 0

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        self.asked += 1
        count = int(image.any())
        return Faces(self.found.boxes[:count], self.found.scores[:count],
                     self.found.landmarks[:count])


def image(seconds: float, level: int = 100, person: str = '') -> CameraImage:
    return CameraImage(START + nanoseconds(seconds), np.full((100, 100, 3), level, np.uint8),
                       'camera', person)


def block(seconds: float, length: float = 0.1, level: float = 0.1, rate: int = RATE) -> AudioBlock:
    samples = level * np.sin(np.arange(round(length * rate)) * 0.1)
    return AudioBlock(START + nanoseconds(seconds), samples.astype(np.float32)[:, None], rate)


def film(seconds: float, *, begin: float = 0.0, images_a_second: float = 10.0, level: int = 100,
         rate: int = RATE) -> list[CameraImage | AudioBlock]:
    """Return images and sound in the order in which a robot gets them: sound when it is over."""
    images = [image(begin + index / images_a_second, level + index % 50)
              for index in range(round(seconds * images_a_second))]
    sound = [block(begin + index / 10, level=0.1 + 0.01 * (index % 7), rate=rate)
             for index in range(round(seconds * 10))]
    return sorted([*images, *sound],
                  key=lambda item: item.end if isinstance(item, AudioBlock) else item.stamp)


def engine(model: Linear | None = None, **options: object) -> AvEngine:
    return AvEngine(model or Linear(), Boxes(), **options)  # type: ignore[arg-type]


def run(perceiver: AvEngine, items: Iterable[CameraImage | AudioBlock]) -> list[Logits]:
    return [logits for item in items for logits in perceiver.process(item)]


def sizes(found: Iterable[Logits]) -> list[int]:
    """Return over how many segments each was averaged."""
    rows = [one.features for one in found]
    return [len(one) for one in rows if one is not None]


def frames(*seconds: float, length: float = 0.5) -> list[float]:
    """Return which of these images are chosen."""
    choice = CentreFrame[float](length)
    return [one for at in seconds for one in choice.push(nanoseconds(at), at)] + choice.flush()


def test_the_image_nearest_to_the_centre_of_a_segment_is_chosen() -> None:
    assert frames(0.0, 0.1, 0.24, 0.3, 0.4, 0.5, 0.7, 0.78, 0.9) == [0.24, 0.78]
    assert frames(0.25, 0.26, 0.75) == [0.25, 0.75]
    assert frames(0.2, 0.3) == [0.2]
    assert frames(0.1, 1.9) == [0.1, 1.9]


def test_an_image_past_the_centre_settles_the_choice_at_once() -> None:
    choice = CentreFrame[str](0.5)
    assert choice.push(nanoseconds(0.2), 'before') == []
    assert choice.push(nanoseconds(0.26), 'past') == ['past']
    assert choice.push(nanoseconds(0.3), 'later') == []
    assert choice.push(nanoseconds(0.6), 'next') == []
    assert choice.push(nanoseconds(1.3), 'much later') == ['next', 'much later']


def test_choosing_twice_changes_nothing() -> None:
    seconds = list(np.random.default_rng(2).uniform(0, 10, 200).cumsum() / 20)
    once = frames(*seconds)
    assert len(once) > 5
    assert frames(*once) == once


def test_a_jump_back_in_time_starts_the_choice_afresh() -> None:
    assert frames(8.3, 9.3, 0.3) == [8.3, 9.3, 0.3]


def test_a_segment_is_judged_as_soon_as_its_sound_is_there() -> None:
    perceiver = engine()
    items = film(1.4)
    index, logits = next((index, found[0]) for index, item in enumerate(items)
                         if (found := perceiver.process(item)))
    # Its image is at 0.2 s (the earlier of 0.2 and 0.3), so that it needs sound until 0.95 s.
    last = items[index]
    assert isinstance(last, AudioBlock)
    assert last.end == START + NANOSECONDS
    assert logits.stamp == START + nanoseconds(0.95)
    assert logits.window == nanoseconds(0.95)
    assert (logits.modality, logits.model, logits.person_id, logits.frame_id) == (
        'av', 'linear', '', 'camera')
    assert logits.labels == Linear.labels
    assert logits.quality == pytest.approx(0.95 / 1.5)
    assert (logits.features, logits.media) == (None, None)


@pytest.mark.parametrize('images_a_second', [3.0, 10.0, 30.0])
def test_cached_segments_give_what_judging_the_whole_window_again_gives(
    images_a_second: float,
) -> None:
    model = Linear()
    found = run(engine(model), film(12, images_a_second=images_a_second))
    assert len(found) == len(model.given) > 15
    for index, logits in enumerate(found, start=1):
        last = model.given[max(0, index - model.segments):index]
        again = model.logits(*(np.stack(part) for part in zip(*last, strict=True)))
        np.testing.assert_allclose(logits.logits, again, rtol=0, atol=1e-6)


def test_the_exported_network_gives_over_cached_segments_what_it_gives_for_the_film(
    tmp_path: Path,
) -> None:
    torch = pytest.importorskip('torch')
    pytest.importorskip('onnx')
    from mer_ros.cli.export_run import export_model
    from mer_ros.models import load_model
    from mer_ros.research.avnet.avnet_net import AvNetNet, mel_shape
    from mer_ros.research.avnet.avnet_torch import save

    torch.manual_seed(3)
    labels = ('anger', 'fear', 'neutral')
    save(AvNetNet(len(labels), audio_shape=mel_shape(RATE)), {
        'labels': labels, 'segments': 4, 'sample_rate': RATE, 'audio': 'mel'}, tmp_path)
    model = load_model('av', 'avnet', path=export_model('avnet', tmp_path / 'out', path=tmp_path))
    given: list[tuple[NDArray[np.uint8], NDArray[np.float32]]] = []
    embed = model.embed

    def recorded(faces: NDArray[np.uint8], sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        given.append((faces[0], sounds[0]))
        answer: NDArray[np.float32] = embed(faces, sounds)
        return answer

    model.embed = recorded
    found = run(engine(model), film(5))
    model.embed = embed
    assert len(found) == len(given) > 6
    for index, logits in enumerate(found, start=1):
        again = model.logits(*map(np.stack, zip(*given[max(0, index - 4):index], strict=True)))
        assert np.abs(logits.logits - again).max() <= 1e-6 * max(1.0, np.abs(again).max())


def test_a_segment_costs_one_look_for_a_face_and_one_pass_through_the_network() -> None:
    model, detector = Linear(), Boxes()
    found = run(AvEngine(model, detector), film(10.0, images_a_second=30.0))
    assert len(model.given) == len(found)
    assert detector.asked <= len(found) + 2


def test_the_network_is_given_the_face_and_the_sound_around_it() -> None:
    model = Linear()
    sound = np.random.default_rng(3).normal(0, 0.1, 3 * RATE).astype(np.float32)
    perceiver = engine(model)
    for tenth in range(30):
        stamp = START + tenth * NANOSECONDS // 10
        perceiver.process(AudioBlock(stamp, sound[tenth * 1600:(tenth + 1) * 1600, None], RATE))
        perceiver.process(image(tenth / 10, 7 * tenth))
    face, heard = model.given[2]  # the segment from 1.0 s; its image is at 1.2 s
    assert face.shape == (98, 80)
    assert (face == 7 * 12).all()
    np.testing.assert_array_equal(heard, sound[round(0.45 * RATE):round(1.95 * RATE)])


def test_sound_keeps_its_place_whatever_its_rate() -> None:
    model = Linear(sample_rate=48000)
    found = run(engine(model), film(4, rate=44100))
    assert len(found) > 4
    assert model.given[3][1].shape == (72000,)
    assert found[-1].quality > 0.8


def test_with_jittery_stamps_samples_follow_each_other_without_a_seam() -> None:
    model, random = Linear(), np.random.default_rng(8)
    perceiver = engine(model)
    for tenth in range(40):
        level = np.ones((1600, 1), dtype=np.float32)
        stamp = START + nanoseconds(tenth / 10 + random.uniform(-0.02, 0.02))
        perceiver.process(AudioBlock(stamp, level, RATE))
        perceiver.process(image(tenth / 10))
    assert (model.given[3][1] == 1.0).all()
    assert perceiver.counts['gap'] == 0


def test_evidence_waits_for_the_fewest_segments_that_are_asked_for() -> None:
    every = run(engine(), film(6))
    late = run(engine(min_segments=3), film(6))
    assert [one.stamp for one in late] == [one.stamp for one in every[2:]]


def test_the_window_slides_over_as_many_segments_as_the_model_averages() -> None:
    found = run(engine(with_features=True), film(6))
    assert sizes(found) == [1, 2, 3] + [4] * (len(found) - 3)
    full = found[-1]
    assert full.window == nanoseconds(3 * 0.5 + 1.5)
    assert full.features is not None
    assert full.features.shape == (4, 6)
    assert full.features.dtype == np.float32


def test_segments_without_a_face_are_left_out_of_the_mean() -> None:
    model = Linear()
    items = [replace(item, pixels=item.pixels * 0)
             if isinstance(item, CameraImage) and 1.0 <= (item.stamp - START) / 1e9 < 1.5 else item
             for item in film(4)]
    perceiver = engine(model, with_features=True)
    found = run(perceiver, items)
    assert perceiver.counts['no_face'] == 1
    assert sizes(found) == [1, 2, 3, 3, 3, 4]


def test_after_a_gap_longer_than_the_window_the_old_evidence_is_gone() -> None:
    perceiver = engine(with_features=True)
    assert max(sizes(run(perceiver, film(4)))) == 4
    last, *after = sizes(run(perceiver, film(4, begin=10.0)))
    assert last == 4  # the one that was waiting for its sound when that stopped
    assert after[:3] == [1, 2, 3]
    assert perceiver.counts['gap'] == 1


def test_a_short_loss_of_sound_is_silence_that_lowers_the_quality() -> None:
    def lossy(lost: tuple[float, float]) -> AvEngine:
        perceiver = engine()
        for item in film(5):
            at = (item.stamp - START) / 1e9
            if not (isinstance(item, AudioBlock) and lost[0] <= at < lost[1]):
                found.extend(perceiver.process(item))
        return perceiver

    found: list[Logits] = []
    assert lossy((2.0, 2.5)).counts['gap'] == 1
    worst = min(one.quality for one in found[4:])
    assert 0.7 < worst < 0.8
    assert found[-1].quality > worst


def test_sound_that_does_not_come_is_waited_for_and_then_taken_as_silence() -> None:
    model = Linear()
    perceiver = engine(model, patience=0.5)
    for item in film(1.0):
        perceiver.process(item)
    assert len(model.given) == 1
    results = {at: len(perceiver.process(image(at))) for at in (1.2, 1.7, 1.9, 2.0, 2.3)}
    # The image at 0.7 s needs sound until 1.45 s, and it is waited for until 1.95 s.
    assert results == {1.2: 0, 1.7: 0, 1.9: 0, 2.0: 1, 2.3: 0}
    assert model.given[1][1][round(1.05 * RATE):].max() == 0.0


def test_a_film_without_sound_gives_no_evidence() -> None:
    perceiver = engine()
    assert run(perceiver, [image(tenth / 10) for tenth in range(60)]) == []
    assert perceiver.counts['no_sound'] > 8


def test_sound_without_images_gives_no_evidence() -> None:
    assert run(engine(), [block(tenth / 10) for tenth in range(60)]) == []


def test_segments_that_the_robot_talked_in_are_left_out() -> None:
    perceiver = engine(with_features=True)
    found = []
    for item in film(8):
        at = (item.stamp - START) / 1e9
        own = isinstance(item, AudioBlock) and 2.95 < at < 4.05
        found += perceiver.process(replace(item, own=True) if own else item)  # type: ignore[call-arg]
    # The sound of the images at 2.7, 3.2, 3.7, 4.2 and 4.7 s reaches into 3.0 to 4.1 s.
    assert perceiver.counts['muted'] == 5
    assert perceiver.counts['gap'] == 0
    ends = [(one.stamp - START) / 1e9 for one in found]
    assert not any(3.0 < end <= 5.0 for end in ends)
    assert max(ends) > 6.0


def test_stamps_that_go_back_clear_everything() -> None:
    perceiver = engine()
    first = run(perceiver, film(4))
    second = run(perceiver, film(4))
    assert perceiver.counts['backward'] >= 1
    assert [one.stamp for one in second] == [one.stamp for one in first]
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.logits, other.logits)


def test_a_late_image_is_counted_and_not_looked_at() -> None:
    detector = Boxes()
    perceiver = AvEngine(Linear(), detector)
    run(perceiver, [image(0.3), image(0.8)])
    perceiver.process(image(0.2))
    assert (perceiver.counts['late'], detector.asked) == (1, 2)


def test_another_person_does_not_inherit_the_evidence_of_the_one_before() -> None:
    items = [replace(item, person_id='ada' if (item.stamp - START) / 1e9 < 2.0 else 'ben')
             if isinstance(item, CameraImage) else item for item in film(5)]
    found = run(engine(with_features=True), items)
    assert sizes(one for one in found if one.person_id == 'ada') == [1, 2, 3, 4]
    assert sizes(one for one in found if one.person_id == 'ben')[:3] == [1, 2, 3]


def test_a_small_face_is_passed_over_and_a_doubtful_one_is_trusted_less() -> None:
    small = AvEngine(Linear(), Boxes((10, 10, 50, 90)))
    assert run(small, film(3)) == []
    assert small.counts['small_face'] >= 5
    doubtful = AvEngine(Linear(), Boxes(score=0.35))
    assert run(doubtful, film(5))[-1].quality == pytest.approx(0.5)


def test_what_still_waits_is_judged_at_the_end_of_the_stream() -> None:
    perceiver = engine()
    found = run(perceiver, film(3))
    rest = perceiver.flush()
    assert len(found) + len(rest) == 6
    assert rest[-1].stamp == START + 3 * NANOSECONDS
    assert perceiver.flush() == []


def test_media_are_handed_out_only_when_asked_for() -> None:
    logits = run(engine(with_media=True), film(4))[-1]
    assert logits.media is not None
    picture, sound = logits.media.picture, logits.media.sound
    assert picture is not None
    assert sound is not None
    assert (picture.shape, sound.shape) == ((85, 85, 3), (24000,))


def test_what_is_remembered_does_not_grow() -> None:
    perceiver = engine(with_media=True)
    for item in film(60, images_a_second=5):
        perceiver.process(item)
        assert len(perceiver._waiting) <= 5
        assert len(perceiver._window) <= 4
        assert len(perceiver._sound._samples) <= 5 * RATE
    assert len(perceiver._sound._lost) + len(perceiver._sound._muted) == 0


def test_what_is_none_of_the_emotions_is_left_out() -> None:
    said = run(engine(Calm()), film(2.0))[-1]
    plain = run(engine(), film(2.0))[-1]
    assert said.labels == ('anger', 'neutral')
    np.testing.assert_array_equal(said.logits, plain.logits[[0, 2]])


def test_a_network_that_answers_with_nan_is_told_and_nothing_of_it_is_kept() -> None:
    perceiver = engine(Broken())
    with pytest.raises(BadInput, match='must be finite') as caught:
        run(perceiver, film(2))
    assert caught.value.reason == 'model_output'
    assert len(perceiver._window) == 0


@pytest.mark.parametrize(('item', 'reason'), [
    (CameraImage(0, np.ones((9, 9, 3), np.uint8)), 'unstamped'),
    (CameraImage(5, np.ones((9, 9), np.uint8)), 'size'),
    (AudioBlock(0, np.ones((9, 1), np.float32), RATE), 'unstamped'),
    (AudioBlock(5, np.ones(9, np.float32), RATE), 'channels'),
    (AudioBlock(5, np.full((9, 1), np.nan, np.float32), RATE), 'not_finite')])
def test_input_that_cannot_be_used_is_refused(
    item: CameraImage | AudioBlock, reason: str
) -> None:
    with pytest.raises(BadInput) as caught:
        engine().process(item)
    assert caught.value.reason == reason


@pytest.mark.parametrize(('options', 'words'), [
    ({'min_segments': 5}, '1 to 4'), ({'min_segments': 0}, '1 to 4'),
    ({'segment_length': 0.0}, 'above 0'), ({'min_face': 0}, 'min_face >= 1'),
    ({'patience': -1.0}, 'patience >= 0')])
def test_settings_that_make_no_sense_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        engine(**options)  # type: ignore[arg-type]
