"""Corruptions: exact, seeded, and growing with their level."""

import numpy as np
import pytest

from mer_ros.evaluation.corruption import (
    add_noise,
    blur,
    CORRUPTIONS,
    drop_words,
    occlude,
    swap_words,
)

TONE = (0.2 * np.sin(np.arange(16000) * 0.1)).astype(np.float32)
FACE = np.random.default_rng(0).integers(0, 256, (40, 30, 3)).astype(np.uint8)
TEXT = ' '.join(f'word{i}' for i in range(400))
INPUTS = {'speech': TONE, 'face': FACE, 'text': TEXT}


def rng():
    return np.random.default_rng(5)


@pytest.mark.parametrize('snr', [20, 5, 0])
def test_noise_has_the_asked_power(snr):
    noise = add_noise(TONE, snr, rng()).astype(float) - TONE
    assert 10 * np.log10(np.mean(TONE ** 2.0) / np.mean(noise ** 2)) == pytest.approx(snr, abs=0.2)


def test_noisy_sound_stays_in_range():
    loud = add_noise(TONE * 5, 0, rng())
    assert loud.dtype == np.float32
    assert np.abs(loud).max() == 1.0


def test_blur_keeps_the_mean_and_takes_the_detail():
    blurred = blur(FACE, 8)
    assert blurred.shape == FACE.shape
    assert blurred.mean() == pytest.approx(FACE.mean(), abs=3)
    assert blurred.std() < FACE.std() / 2


@pytest.mark.parametrize('percent', [10, 50])
def test_the_patch_covers_the_asked_area_with_one_colour(percent):
    hidden = occlude(FACE, percent, rng())
    changed = (hidden != FACE).any(axis=2)
    assert changed.mean() == pytest.approx(percent / 100, abs=0.03)
    assert len(np.unique(hidden[changed], axis=0)) == 1


@pytest.mark.parametrize('percent', [10, 60])
def test_words_are_left_out_at_the_asked_rate(percent):
    assert len(drop_words(TEXT, percent, rng()).split()) == pytest.approx(
        400 * (1 - percent / 100), abs=30)


def test_one_word_always_stays():
    assert drop_words('one two three', 100, rng()) in ('one', 'two', 'three')


def test_a_blank_text_stays_blank_and_gives_no_words():
    assert drop_words(' ', 60, rng()) == swap_words(' ', 60, rng(), ['']) == ''
    assert swap_words('one two', 100, rng(), ['']) == 'one two'


def test_words_are_replaced_by_words_of_other_texts():
    words = swap_words(TEXT, 40, rng(), ['alien thing', 'stranger']).split()
    foreign = [word for word in words if not word.startswith('word')]
    assert len(words) == 400
    assert set(foreign) == {'alien', 'thing', 'stranger'}
    assert len(foreign) == pytest.approx(160, abs=30)


@pytest.mark.parametrize('corruption', CORRUPTIONS, ids=lambda each: each.name)
def test_equal_seeds_give_equal_inputs_and_missing_ones_stay_missing(corruption):
    item = INPUTS[corruption.modality]
    first, missing = corruption.worsen([item, None], corruption.levels[-1], seed=1)
    again = corruption.worsen([item, None], corruption.levels[-1], seed=1)[0]
    assert missing is None
    assert np.array_equal(first, again)
    assert not np.array_equal(first, item)
    assert np.array_equal(item, INPUTS[corruption.modality]), 'the input itself is untouched'


@pytest.mark.parametrize('seed', range(5))
def test_a_worse_level_hits_what_a_milder_one_hit(seed):
    words = {level: set(drop_words(TEXT, level, np.random.default_rng(seed)).split())
             for level in (10, 20, 60)}
    assert words[60] < words[20] < words[10]
