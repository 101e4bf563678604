"""What people say to a robot in languages beside English, with and without a feeling.

The sentences of `said_to_robots.json` say in each language: that one is angry with the brother,
glad, sad, surprised, worried, not angry at all (named); I love you, go away, I miss my grandmother,
I cannot believe it, disgusting soup, fear of a dog (shown); where one lives, when the meeting is,
that it rains and the like (everyday); when a grandfather was born and other facts (facts).  None of
them is learned from.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from mer_ros.emotions import EMOTIONS
from mer_ros.models.text.lite_text import LiteText

SAID = json.loads((Path(__file__).parent / 'said_to_robots.json').read_text(encoding='utf-8'))

WRONG = {'named': 0.08, 'shown': 0.25, 'everyday': 0.05, 'facts': 0.15}
"""Share of the sentences of each kind that may be misunderstood."""

TAGS = sorted(SAID['named']['said'])


@pytest.fixture(scope='module')
def model():
    return LiteText()


def understood(model, kind, tag):
    """Return which of the sentences of a kind are judged as meant in a language."""
    return [EMOTIONS[int(model.judge(sentence, tag).logits.argmax())] == felt
            for sentence, felt in zip(SAID[kind]['said'][tag], SAID[kind]['felt'], strict=True)]


@pytest.mark.parametrize('kind', WRONG)
def test_people_are_understood_in_their_language(model, kind):
    found = [right for tag in SAID[kind]['said'] for right in understood(model, kind, tag)]
    assert np.mean(np.logical_not(found)) <= WRONG[kind]


@pytest.mark.parametrize('tag', TAGS)
def test_no_language_is_left_behind(model, tag):
    assert sum(understood(model, 'named', tag)) >= 4
    assert sum(understood(model, 'shown', tag)) >= 2
    assert sum(understood(model, 'everyday', tag)) >= 4
