"""What foreign models have in common: class names, groups, pictures, devices."""

from hypothesis import given
from hypothesis import strategies as st
import numpy as np
from PIL import Image
import pytest

from mer_ros.models import load_model, MODELS
from mer_ros.models.face.pictures import to_planes
from mer_ros.models.foreign_labels import translate
from mer_ros.models.input_checks import check_sentences, groups
from mer_ros.registry import Registry


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(MODELS, 'text', Registry('text model', 'none', {'big': 'no_such:Big'}))
    with pytest.raises(ImportError, match=r"'no_such'; 'big' needs .* -r requirements/paper\.txt"):
        load_model('text', 'big')


def test_class_names_are_translated_whatever_their_case():
    assert translate(['Angry', 'JOY', ' neutral ']) == (
        ('anger', 'happiness', 'neutral'), [0, 1, 2])


def test_dropped_classes_leave_their_columns_out():
    assert translate(['angry', 'Contempt', 'sad'], dropped={'contempt'}) == (
        ('anger', 'sadness'), [0, 2])


@pytest.mark.parametrize(('names', 'reason'), [
    (['angry', 'contempt'], r"\['contempt'\] of the model are none"),
    (['joy', 'happy'], r"repeats \['happiness'\]"), ([], 'is empty')])
def test_classes_that_cannot_be_told_are_refused(names, reason):
    with pytest.raises(ValueError, match=reason):
        translate(names)


@given(st.lists(st.integers(0, 50)), st.integers(1, 200))
def test_groups_hold_every_item_once_and_bound_the_padded_size(sizes, most):
    found = groups(sizes, most)
    assert sorted(item for group in found for item in group) == list(range(len(sizes)))
    for group in found:
        largest = max(1, *(sizes[item] for item in group))
        assert len(group) == 1 or len(group) * largest <= most


def test_groups_put_similar_sizes_together():
    assert groups([1, 9, 2, 10, 1], 20) == [[3, 1], [2, 0, 4]]


def test_halves_of_characters_become_the_replacement_character():
    assert check_sentences(['a\ud83d', '😀']) == ['a\N{REPLACEMENT CHARACTER}', '😀']


@pytest.mark.parametrize('shape', [(137, 121), (64, 64), (40, 300), (5, 9)])
def test_antialiased_pictures_are_those_of_pillow_bit_for_bit(shape):
    noise = np.random.default_rng(2)
    crop = noise.integers(0, 256, (*shape, 3), dtype=np.uint8)
    resized = Image.fromarray(crop).resize((64, 64), Image.Resampling.BILINEAR)
    for colour, expected in (('rgb', resized), ('bgr', resized), ('grey', resized.convert('L'))):
        planes = to_planes([crop], side=64, colour=colour, resize='antialias', mean=0.0,
                           deviation=1.0, scale=1.0)[0]
        values = np.asarray(expected).reshape(64, 64, -1)[..., ::-1 if colour == 'bgr' else 1]
        np.testing.assert_array_equal(planes, values.transpose(2, 0, 1))


def test_planes_are_standardised_channel_by_channel():
    crop = np.full((10, 20, 3), (255, 0, 51), np.uint8)
    planes = to_planes([crop], side=4, mean=[0.0, 0.5, 0.0], deviation=[1.0, 1.0, 2.0])
    assert planes.shape == (1, 3, 4, 4)
    np.testing.assert_allclose(planes[0, :, 0, 0], [1.0, -0.5, 0.1], atol=1e-6)


def test_shrinking_averages_so_that_fine_patterns_leave_no_trace():
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 200
    planes = to_planes([stripes], side=100, mean=0.0, deviation=1.0, scale=1.0)
    np.testing.assert_allclose(planes, 100.0, atol=1.0)
