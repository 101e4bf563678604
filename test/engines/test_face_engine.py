from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
import pytest

from mer_ros.data import BadInput, CameraImage, Logits, NANOSECONDS
from mer_ros.engines.face import FaceEngine
from mer_ros.models import load_detector, load_model
from mer_ros.models.protocols import Faces, JudgedFace

START = 20 * NANOSECONDS
TENTH = NANOSECONDS // 10


class Brightness:
    """A model for which the brighter the face, the happier."""

    labels = ('happiness', 'neutral')

    def __init__(self, name: str = 'brightness') -> None:
        self.name = name
        self.shapes: list[tuple[int, ...]] = []

    def logits(self, batch: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        self.shapes += [face.shape for face in batch]
        return np.array([[face.mean() / 25.5, 0.0] for face in batch], dtype=np.float32)


class Darkness(Brightness):
    """A selector that prefers dark faces."""

    def logits(self, batch: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        return np.float32([10.0, 0.0]) - super().logits(batch)


class Broken(Brightness):
    """A model that answers with NaN."""

    def logits(self, batch: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        return super().logits(batch) * np.float32(np.nan)


class Boxes:
    """A detector that finds the same faces in every image that is not black."""

    name = 'boxes'

    def __init__(self, *boxes: tuple[float, ...], scores: Sequence[float] = ()) -> None:
        self.boxes = np.array(boxes, dtype=np.float32).reshape(-1, 4)
        self.scores = np.array(scores or [1.0] * len(boxes), dtype=np.float32)

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        count = len(self.boxes) if image.any() else 0
        return Faces(self.boxes[:count], self.scores[:count],
                     np.full((count, 5, 2), np.nan, dtype=np.float32))


FACE = (10.0, 10.0, 80.0, 80.0)


def image(tenth: float, level: int = 100, person: str = '') -> CameraImage:
    return CameraImage(START + round(tenth * TENTH), np.full((100, 120, 3), level, np.uint8),
                       'camera', person)


def engine(*boxes: tuple[float, ...], **options: object) -> FaceEngine:
    return FaceEngine(Brightness(), Boxes(*(boxes or (FACE,))), **options)  # type: ignore[arg-type]


def run(perceiver: FaceEngine, *images: CameraImage) -> list[float]:
    """Process images and return the times of the chosen ones, in tenths of a second."""
    found = [logits for one in images for logits in perceiver.process(one)]
    return times([*found, *perceiver.flush()])


def times(found: list[Logits]) -> list[float]:
    return [(logits.stamp - START) / TENTH for logits in found]


def test_the_evidence_carries_the_stamp_of_the_chosen_image() -> None:
    perceiver = engine()
    assert perceiver.process(image(0, 100, 'ada')) == []
    assert perceiver.process(image(2, 153, 'ada')) == []
    assert perceiver.process(image(4, 51, 'ada')) == []
    [logits] = perceiver.process(image(5, 10, 'ada'))
    assert logits.stamp == START + 2 * TENTH
    assert logits.window == NANOSECONDS // 2
    assert (logits.modality, logits.model, logits.person_id, logits.frame_id) == (
        'face', 'brightness', 'ada', 'camera')
    assert logits.labels == ('happiness', 'neutral')
    np.testing.assert_allclose(logits.logits, [6.0, 0.0], rtol=1e-6)


@pytest.mark.parametrize(('selection', 'chosen'), [
    ('probability', [2.0, 6.0]), ('logit', [2.0, 6.0]), ('off', [1.0, 2.0, 6.0])])
def test_selection_is_by_rule(selection: str, chosen: list[float]) -> None:
    assert run(engine(selection=selection), image(1), image(2, 200), image(6)) == chosen


def test_without_selection_the_evidence_is_of_one_moment() -> None:
    [logits] = engine(selection='off').process(image(1))
    assert logits.window == 0


def test_a_model_of_its_own_may_choose_the_image() -> None:
    model, scorer = Brightness(), Darkness('scorer')
    perceiver = FaceEngine(model, Boxes(FACE), scorer=scorer)
    for one in (image(1, 200), image(2, 50), image(3, 100)):
        perceiver.process(one)
    [logits] = perceiver.flush()
    assert times([logits]) == [2.0]
    assert logits.model == 'brightness'
    np.testing.assert_allclose(logits.logits, [50 / 25.5, 0.0], rtol=1e-6)
    assert (len(scorer.shapes), len(model.shapes)) == (3, 1)


def test_a_model_that_chooses_for_itself_judges_no_image_twice() -> None:
    model = Brightness()
    run(FaceEngine(model, Boxes(FACE)), image(1), image(2), image(6))
    assert len(model.shapes) == 3


def test_scores_and_the_chance_of_a_face_come_from_one_look_of_the_model() -> None:
    class Judges(Brightness):
        looks = 0

        def judge(self, crop: NDArray[np.uint8]) -> JudgedFace:
            self.looks += 1
            return JudgedFace(self.logits([crop])[0], 1.0)

    model = Judges()
    assert run(FaceEngine(model, Boxes(FACE)), image(1), image(2), image(6)) == [1.0, 6.0]
    assert (model.looks, len(model.shapes)) == (3, 3)


def test_every_fifth_image_is_taken() -> None:
    perceiver = engine(every=5)
    assert [index for index in range(11) if perceiver.takes(START + index * TENTH)] == [0, 5, 10]


def test_the_largest_face_is_the_person() -> None:
    model = Brightness()
    small, large = (0.0, 0.0, 30.0, 30.0), (40.0, 20.0, 90.0, 80.0)
    run(FaceEngine(model, Boxes(small, large)), image(0))
    assert model.shapes == [(60, 60, 3)]


def test_the_margin_is_added_around_the_face() -> None:
    model = Brightness()
    run(FaceEngine(model, Boxes((40.0, 20.0, 90.0, 80.0)), margin=0.1), image(0))
    assert model.shapes == [(72, 72, 3)]


@pytest.mark.parametrize(('box', 'score', 'quality'), [
    (FACE, 1.0, 1.0), (FACE, 0.7, 1.0), (FACE, 0.35, 0.5), ((0.0, 0.0, 16.0, 80.0), 1.0, 0.68),
    ((0.0, 0.0, 16.0, 16.0), 0.35, 0.34)])
def test_quality_falls_with_the_score_and_the_size_of_the_face(
    box: tuple[float, ...], score: float, quality: float
) -> None:
    perceiver = FaceEngine(Brightness(), Boxes(box, scores=[score]), min_face=16)
    perceiver.process(image(0))
    [logits] = perceiver.flush()
    assert logits.quality == pytest.approx(quality)


def test_what_lowers_the_quality_of_a_face_is_named() -> None:
    perceiver = FaceEngine(Brightness(), Boxes((0.0, 0.0, 16.0, 16.0), scores=[0.35]), min_face=16)
    perceiver.process(image(0, 8))
    [logits] = perceiver.flush()
    assert logits.doubts == ('unsure_detection', 'small', 'dark')
    assert 0.0 < logits.quality < 0.2


def test_a_face_as_it_should_be_is_not_doubted() -> None:
    perceiver = engine()
    perceiver.process(image(0))
    [logits] = perceiver.flush()
    assert (logits.quality, logits.doubts) == (1.0, ())


def test_a_model_that_sees_no_face_in_a_crop_is_believed() -> None:
    class SeesNone(Brightness):
        def judge(self, crop: NDArray[np.uint8]) -> JudgedFace:
            return JudgedFace(self.logits([crop])[0], 0.765)

    perceiver = FaceEngine(SeesNone(), Boxes(FACE))
    perceiver.process(image(0))
    [logits] = perceiver.flush()
    assert logits.doubts == ('no_face',)
    assert logits.quality == pytest.approx(0.1)


def test_images_without_a_usable_face_are_counted() -> None:
    perceiver = engine((0.0, 0.0, 20.0, 90.0), min_face=24)
    assert run(perceiver, image(0), image(1), image(2, level=0)) == []
    assert perceiver.counts == {'small_face': 2, 'no_face': 1}


def test_an_image_without_a_face_still_ends_the_window() -> None:
    perceiver = engine()
    perceiver.process(image(1))
    assert times(perceiver.process(image(6, level=0))) == [1.0]


def test_the_faces_of_the_last_image_are_there_for_annotation() -> None:
    perceiver = engine()
    assert perceiver.seen == ()
    perceiver.process(image(0))
    [seen] = perceiver.seen
    np.testing.assert_array_equal(seen.box, FACE)
    assert seen.logits is not None
    np.testing.assert_allclose(seen.logits, [100 / 25.5, 0.0], rtol=1e-5)
    perceiver.process(image(1, level=0))
    assert perceiver.seen == ()


def test_persons_are_not_compared_with_each_other() -> None:
    perceiver = engine()
    perceiver.process(image(0, 100, 'ada'))
    perceiver.process(image(1, 200, 'bob'))
    assert [logits.person_id for logits in perceiver.flush()] == ['ada', 'bob']


SMALL = (90.0, 10.0, 110.0, 30.0)


def test_of_many_people_each_is_judged_under_a_name_that_stays() -> None:
    perceiver = engine(FACE, SMALL, people='many', min_face=10)
    found = [logits for tenth in range(12) for logits in perceiver.process(image(tenth))]
    assert [(logits.person_id, logits.stamp) for logits in found] == [
        (person, START + tenth * TENTH) for tenth in (0, 5) for person in ('face_1', 'face_2')]


def test_of_many_people_the_nearest_is_foremost() -> None:
    perceiver = engine(SMALL, FACE, people='many', min_face=10)
    perceiver.process(image(0))
    assert perceiver.foremost == 'face_2'
    assert perceiver.foremost_by == 'largest face, as no lips are seen to move'
    perceiver.process(image(1, level=0))
    assert perceiver.foremost == ''


def test_the_largest_face_is_foremost_whatever_lips_do_where_that_is_asked_for() -> None:
    perceiver = engine(SMALL, FACE, people='many', min_face=10, speaker='largest')
    perceiver.process(image(0))
    assert (perceiver.foremost, perceiver.foremost_by) == ('face_2', 'largest face')
    with pytest.raises(ValueError, match="one of \\['lips', 'largest'\\]; given 'loudest'"):
        engine(people='many', speaker='loudest')


def test_who_has_left_is_still_reported_once() -> None:
    perceiver = engine(FACE, people='many')
    perceiver.process(image(0))
    left = [logits for tenth in range(1, 20)
            for logits in perceiver.process(image(tenth, level=0))]
    assert [logits.person_id for logits in left] == ['face_1']


def test_after_a_jump_back_in_time_names_start_again() -> None:
    perceiver = engine(FACE, people='many')
    perceiver.process(image(100))
    perceiver.process(image(1))
    [logits] = perceiver.flush()
    assert logits.person_id == 'face_1'


def test_an_image_of_a_window_that_is_over_is_counted_and_dropped() -> None:
    perceiver = engine()
    assert run(perceiver, image(6), image(4, 250)) == [6.0]
    assert perceiver.counts == {'late': 1}


def test_a_jump_back_in_time_starts_afresh() -> None:
    perceiver = engine()
    perceiver.process(image(100, 250))
    assert run(perceiver, image(1), image(2, 90)) == [1.0]
    assert perceiver.counts == {'backward': 1}


def test_a_replay_gives_the_same_as_the_first_time() -> None:
    perceiver = engine(every=3)
    images = [image(index, 20 + index * 7 % 90) for index in range(40)]
    first = run(perceiver, *[one for one in images if perceiver.takes(one.stamp)])
    assert run(perceiver, *[one for one in images if perceiver.takes(one.stamp)]) == first
    assert len(first) > 5


def test_reset_forgets_the_open_window() -> None:
    perceiver = engine()
    perceiver.process(image(0))
    perceiver.reset()
    assert perceiver.flush() == []


@pytest.mark.parametrize(('bad', 'reason', 'text'), [
    (CameraImage(0, np.ones((4, 4, 3), np.uint8)), 'unstamped', 'header.stamp'),
    (CameraImage(START, np.ones((4, 4), np.uint8)), 'size', r'\(4, 4\)'),
    (CameraImage(START, np.ones((0, 4, 3), np.uint8)), 'size', 'H, W, 3'),
    (CameraImage(START, np.ones((4, 4, 3), np.float32)), 'size', 'uint8'),  # type: ignore[arg-type]
])
def test_an_image_that_cannot_be_used_says_why_and_changes_nothing(
    bad: CameraImage, reason: str, text: str
) -> None:
    perceiver = engine()
    perceiver.process(image(3))
    with pytest.raises(BadInput, match=text) as caught:
        perceiver.process(bad)
    assert caught.value.reason == reason
    assert times(perceiver.flush()) == [3.0]


def test_a_model_that_answers_with_nan_is_reported_and_changes_nothing() -> None:
    perceiver = FaceEngine(Brightness(), Boxes(FACE), scorer=Broken('broken'))
    with pytest.raises(BadInput, match='broken') as caught:
        perceiver.process(image(0))
    assert caught.value.reason == 'model_output'
    assert perceiver.flush() == []


@pytest.mark.parametrize('options', [
    {'min_face': 0}, {'margin': -0.1}, {'every': 0}, {'selection': 'best'},
    {'selection_window': 0.0}])
def test_impossible_settings_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r'needed|at least|known|above'):
        engine(**options)


def test_a_recorded_face_is_found_and_judged_twice_a_second(sample: Any) -> None:
    perceiver = FaceEngine(load_model('face', 'lite'), load_detector('haar'))
    images = sample.images[:50]
    found = [logits for one in images if perceiver.takes(one.stamp)
             for logits in perceiver.process(one)]
    found += perceiver.flush()
    assert perceiver.counts == {}
    assert len(found) == len({one.stamp * 2 // NANOSECONDS for one in images})
    assert {logits.stamp for logits in found} <= {one.stamp for one in images}
    assert all(logits.quality > 0.5 for logits in found)
    mean = np.mean([logits.logits for logits in found], axis=0)
    assert found[0].labels[int(np.argmax(mean))] == 'happiness'


class Seeing(Brightness):
    """A model whose one feature is the brightness of the face."""

    def features(self, face: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.array([[face.mean()]], dtype=np.float32)


@pytest.mark.parametrize('selection', ['probability', 'off'])
def test_features_are_of_the_chosen_face_and_only_when_asked_for(selection: str) -> None:
    for wanted in (False, True):
        perceiver = FaceEngine(Seeing(), Boxes(FACE), every=1, selection=selection,
                               with_features=wanted)
        found = [one for level in (50, 200, 100)
                 for one in perceiver.process(image(level / 100, level))] + perceiver.flush()
        assert [one.features is not None for one in found] == [wanted] * len(found)
        if wanted:
            assert [one.features[0, 0] for one in found if one.features is not None] == [
                200.0] if selection == 'probability' else [50.0, 200.0, 100.0]


def test_a_model_without_features_cannot_be_asked_for_them() -> None:
    with pytest.raises(ValueError, match="'brightness' gives no features"):
        engine(with_features=True)


class Following(Boxes):
    """A detector that follows faces in images that are not dark, and notes what it was asked."""

    def __init__(self, *boxes: tuple[float, ...]) -> None:
        super().__init__(*boxes)
        self.asked: list[str | list[list[float]]] = []

    def detect(self, image: NDArray[np.uint8]) -> Faces:
        self.asked.append('all')
        return super().detect(image)

    def follow(self, image: NDArray[np.uint8], boxes: NDArray[np.float32]) -> Faces | None:
        self.asked.append(boxes.tolist())
        found = super().detect(image)
        return Faces(boxes, found.scores[:len(boxes)], found.landmarks[:len(boxes)]) if (
            image.mean() > 50) else None


OTHER, THIRD = (20.0, 10.0, 70.0, 60.0), (0.0, 0.0, 50.0, 50.0)


def asked(*images: CameraImage, boxes: Sequence[tuple[float, ...]] = (FACE,),
          people: str = 'one') -> list[Any]:
    """Return what the detector is asked for: all faces, or those that were in these boxes."""
    detector = Following(*boxes)
    run(FaceEngine(Brightness(), detector, people=people), *images)
    return detector.asked


def test_a_face_is_followed_and_the_whole_image_is_searched_once_a_second() -> None:
    followed = [list(FACE)]
    assert asked(*map(image, (0, 2, 4, 6, 8, 10, 12))) == [
        'all', *[followed] * 4, 'all', followed]


def test_where_a_face_is_lost_the_whole_image_is_searched_at_once() -> None:
    assert asked(image(0), image(1, 20), image(2)) == [
        'all', [list(FACE)], 'all', [list(FACE)]]


def test_where_no_face_was_found_every_image_is_searched() -> None:
    assert asked(image(0, 0), image(1, 0), image(2)) == ['all', 'all', 'all']


def test_of_one_person_only_the_largest_face_is_followed_of_many_each() -> None:
    boxes = (OTHER, FACE)
    assert asked(image(0), image(1), boxes=boxes) == ['all', [list(FACE)]]
    assert asked(image(0), image(1), boxes=boxes, people='many') == [
        'all', [list(OTHER), list(FACE)]]


def test_more_faces_than_two_are_searched_for_each_time() -> None:
    assert asked(image(0), image(1), boxes=(OTHER, FACE, THIRD), people='many') == ['all', 'all']


def test_an_image_of_another_size_or_from_another_time_is_searched() -> None:
    larger = CameraImage(START + TENTH, np.full((120, 160, 3), 100, np.uint8), 'camera')
    assert asked(image(0), larger) == ['all', 'all']
    assert asked(image(30), image(0)) == ['all', 'all']
