"""What people see in the terminal."""

from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from mer_ros.data import Emotion, ModalityOpinion, NANOSECONDS
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.reports.state_view import (
    people_view,
    state_line,
    state_panel,
    states_table,
    summary_table,
)

STAMP = 1000 * NANOSECONDS


def emotion(label: str = 'happiness', person: str = '', second: float = 0.0) -> Emotion:
    probability = np.full(7, 0.05)
    probability[EMOTIONS.index(label)] = 0.7
    opinions = tuple(
        ModalityOpinion(name, 'lite', probability * 0.8, 0.2, probability, NANOSECONDS // 2, 0.9)
        for name in ('face', 'text'))
    return Emotion(
        STAMP + round(second * NANOSECONDS), STAMP, person, label, 0.7, 0.2, 0.125, EMOTIONS,
        probability * 0.8, probability, probability + 1, modalities=opinions, missing=('speech',),
        valid_for=2 * NANOSECONDS)


def show(content: Any) -> list[str]:
    console = Console(record=True, width=80, file=StringIO(), color_system=None)
    console.print(content)
    return console.export_text().splitlines()


def line_of(lines: list[str], start: str) -> str:
    (line,) = (line for line in lines if line.lstrip('│ ').startswith(start))
    return line


def test_the_panel_shows_every_emotion_with_its_probability() -> None:
    lines = show(state_panel({'': emotion()}))
    assert line_of(lines, 'happiness').rstrip('│ ').endswith('0.70')
    assert line_of(lines, 'anger').rstrip('│ ').endswith('0.05')
    assert 'happiness   70% sure' in lines[1]


def test_belief_is_solid_and_the_share_of_ignorance_is_light() -> None:
    bar = line_of(show(state_panel({'': emotion()})), 'happiness')
    assert (bar.count('█'), bar.count('░'), bar.count('·')) == (25, 6, 13)


def test_no_bar_is_longer_than_its_probability() -> None:
    doubted = replace(emotion(), probability=np.full(7, 1 / 7))
    bar = line_of(show(state_panel({'': doubted})), 'happiness')
    assert (bar.count('█'), bar.count('░')) == (6, 0)


def test_uncertainty_and_conflict_are_shown() -> None:
    lines = show(state_panel({'': emotion()}))
    assert line_of(lines, 'uncertainty').rstrip('│ ').endswith('0.20')
    assert line_of(lines, 'conflict').rstrip('│ ').endswith('0.12')


def test_each_modality_tells_what_it_says_and_how_old_it_is() -> None:
    lines = show(state_panel({'': emotion()}, counts={'face': 12, 'text': 3}))
    assert 'happiness   70%   weight 0.90   0.5 s old   lite' in line_of(lines, 'face')
    assert 'no evidence' in line_of(lines, 'speech')
    assert 'face 12  text 3' in line_of(lines, 'received')


def test_a_state_past_its_time_is_marked() -> None:
    fresh = show(state_panel({'': emotion()}, now=STAMP + NANOSECONDS))
    old = show(state_panel({'': emotion()}, now=STAMP + 3 * NANOSECONDS))
    assert '1.0 s ago' in fresh[1]
    assert 'expired' not in fresh[1]
    assert '3.0 s ago' in old[1]
    assert 'expired' in old[1]


def test_an_abstention_does_not_look_sure() -> None:
    lines = show(state_panel({'': replace(emotion(), label='unknown')}))
    assert 'unknown' in lines[1]
    assert 'not sure' in lines[1]
    assert '%' not in lines[1]


def test_valence_and_arousal_appear_only_when_known() -> None:
    assert 'valence' not in '\n'.join(show(state_panel({'': emotion()})))
    lines = show(state_panel({'': replace(emotion(), valence=0.5, arousal=-0.25)}))
    assert 'valence +0.5  arousal -0.2' in lines[1]


@pytest.mark.parametrize('persons', [0, 1, 2, 5, 6, 7, 40])
@pytest.mark.parametrize('classes', [2, 7, 30])
def test_the_panel_fits_a_terminal_of_80_by_24(persons: int, classes: int) -> None:
    uniform = np.full(classes, 1 / classes)
    states = {
        f'person{n:02}': replace(
            emotion(person=f'person{n:02}'), labels=tuple(f'label{k}' for k in range(classes)),
            label='label1', belief=uniform / 2, probability=uniform, alpha=uniform + 1,
            modalities=tuple(replace(o, belief=uniform / 2, probability=uniform)
                             for o in emotion().modalities))
        for n in range(persons)}
    lines = show(state_panel(states, counts=dict.fromkeys(map(str, range(60)), 10**6), now=STAMP))
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


def test_everybody_is_listed_or_counted() -> None:
    lines = show(state_panel({name: emotion(person=name) for name in 'abcdefghij'}))
    listed = sum('happiness   70% sure' in line for line in lines)
    (more,) = (int(line.split()[2]) for line in lines if 'more' in line)
    assert listed + more == 10


def test_an_id_cannot_break_the_screen() -> None:
    lines = show(state_panel({'x': emotion(person='\x1b[2Jeve\n\n[red]' + 'x' * 99)}))
    assert '\x1b' not in '\n'.join(lines)
    assert '?[2Jeve??[red]' in lines[1]
    assert max(map(len, lines)) <= 80


def test_nobody_is_a_state_of_affairs_too() -> None:
    assert 'nobody is perceived yet' in '\n'.join(show(state_panel({})))


def test_the_summary_adds_up() -> None:
    states = [emotion('anger', second=0), emotion('anger', second=1),
              replace(emotion('fear', second=2), conflict=0.5, modalities=())]
    lines = show(summary_table(states, counts={'face': 30}))
    assert line_of(lines, 'face').split() == ['face', '30', '2', 'of', '3', '67%']
    assert line_of(lines, 'speech').split() == ['speech', '-', '0', 'of', '3', '0%']
    assert line_of(lines, '■ anger').split()[2:] == ['2.0', '2', '0.70', '0.20', '0.12']
    assert line_of(lines, '■ fear').split()[2:] == ['1.0', '1', '0.70', '0.20', '0.50']
    assert line_of(lines, 'all').split()[1:] == ['3.0', '3', '0.70', '0.20', '0.25']


def test_a_summary_of_nothing_still_tells_what_was_received() -> None:
    assert line_of(show(summary_table([], counts={'face': 30})), 'face').split()[1] == '30'


def test_with_the_time_the_age_of_the_evidence_is_told() -> None:
    lines = show(people_view({'': emotion()}, now=STAMP + NANOSECONDS))
    assert 'weight 0.90   1.5 s old' in line_of(lines, 'face')


def test_everybody_is_shown_in_full_where_there_is_room() -> None:
    people = {name: emotion(person=name) for name in 'abc'}
    console = Console(record=True, width=160, file=StringIO(), color_system=None)
    console.print(people_view(people, now=STAMP, width=160, height=40))
    lines = console.export_text().splitlines()
    assert sum(line.count('uncertainty') for line in lines) == 3
    assert lines[1].count('sure') == 2


@pytest.mark.parametrize('persons', [1, 2, 3, 7, 40])
@pytest.mark.parametrize('classes', [2, 7, 30])
@pytest.mark.parametrize(('width', 'height'), [(80, 12), (80, 24), (80, 37), (200, 50)])
def test_the_view_of_everybody_fits_the_terminal(
    persons: int, classes: int, width: int, height: int
) -> None:
    uniform = np.full(classes, 1 / classes)
    people = {
        f'person{n:02}': replace(
            emotion(person=f'person{n:02}'), labels=tuple(f'label{k}' for k in range(classes)),
            label='label1', belief=uniform / 2, probability=uniform, alpha=uniform + 1,
            modalities=())
        for n in range(persons)}
    console = Console(record=True, width=width, file=StringIO(), color_system=None)
    console.print(people_view(people, now=STAMP, width=width, height=height))
    text = console.export_text()
    assert len(text.splitlines()) <= height
    more = [int(line.split()[1]) for line in text.splitlines() if line.startswith('and ')]
    assert text.count('% sure') + sum(more) == persons


def test_a_state_is_also_one_line_without_colours() -> None:
    line = state_line(replace(emotion(person='eve\n'), missing=('speech', 'touch')))
    assert line == (
        '1000.000  eve?  happiness 0.70  uncertainty 0.20  conflict 0.12  '
        'face happiness 0.70 (weight 0.90, 0.5 s older)  '
        'text happiness 0.70 (weight 0.90, 0.5 s older)  missing speech, touch')


def several(person: str = '') -> Emotion:
    labels = ('joy', 'pride', 'grief', 'anger')
    return Emotion(
        STAMP, STAMP, person, 'joy', 0.9, 0.1, 0.0, labels, np.empty(0),
        np.array([0.9, 0.75, 0.25, 0.0]), np.empty(0), missing=('face',),
        valid_for=2 * NANOSECONDS, multi_label=True,
        label_uncertainty=np.array([0.1, 0.5, 0.2, 1.0]))


def test_of_several_emotions_at_once_each_bar_stands_alone() -> None:
    for view in (state_panel({'': several()}), people_view({'': several()}, now=STAMP)):
        lines = show(view)
        assert 'several at once' in '\n'.join(lines)
        assert line_of(lines, 'pride').rstrip('│ ').endswith('0.75')
        bar = line_of(lines, 'pride')
        assert (bar.count('█'), bar.count('░'), bar.count('·')) == (16, 17, 11)


def test_one_emotion_is_not_marked_as_several() -> None:
    assert 'several' not in '\n'.join(show(state_panel({'': emotion()}))) + state_line(emotion())


def test_a_line_names_the_most_probable_of_several_emotions() -> None:
    assert state_line(several('ada')) == (
        '1000.000  ada  joy 0.90  uncertainty 0.10  conflict 0.00  '
        'several at once: joy 0.90, pride 0.75, grief 0.25  missing face')


def test_tables_take_several_emotions_at_once() -> None:
    text = '\n'.join(show(summary_table([several(), several()])))
    assert 'joy' in text
    assert 'joy' in '\n'.join(show(states_table([several()])))


def test_why_a_modality_is_trusted_less_is_said_in_words() -> None:
    state = emotion()
    face, text = state.modalities
    doubted = replace(state, modalities=(face, replace(text, doubts=('language', 'made up'))))
    line = line_of(show(state_panel({'': doubted})), 'text')
    assert 'a language that was not' in line
    assert 'a language that was not learned, made up)' in state_line(doubted)
    assert state_line(state).count('0.5 s older)') == 2
