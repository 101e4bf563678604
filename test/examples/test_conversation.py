"""The example conversation, as a user runs it."""

import os
from pathlib import Path
import re
import subprocess
import sys

import pytest

pytest.importorskip('rclpy')

from mer_ros.response.templates import load_languages
from mer_ros.response.wording import INTENSITIES, Mood


def test_the_robot_answers_each_person_in_mood_and_language(repository, domain):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']])
    done = subprocess.run(
        [sys.executable, 'examples/conversation.py', '--rate', '2'], cwd=repository,
        env={**os.environ, 'PATH': path}, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr
    talk = re.sub(r'\n {9}(?!\[)', ' ', done.stdout)
    assert len(re.findall(r'^ +(?:Ana|Ben):', talk, re.MULTILINE)) == 7
    replies = re.findall(r'^ +robot: (.+)\n +\[to (\w+): (\w+)', talk, re.MULTILINE)
    assert len(replies) == 7, talk
    assert [person for _, person, _ in replies] == [*['Ana'] * 3, *['Ben'] * 3, 'Ana']

    english, german = (load_languages()[tag] for tag in ('en', 'de'))
    for index, label in ((1, 'happiness'), (2, 'sadness'), (4, 'anger'), (6, 'surprise')):
        assert replies[index][2] == label
        assert any(replies[index][0] in english.sentences(Mood(label, intensity, sure))
                   for intensity in INTENSITIES for sure in (True, False))
    assert replies[3][0] in english.mixed, 'he smiles and has lost his job'
    assert replies[5][0] in german.unknown
