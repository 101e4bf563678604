"""Messages that were broken at random: a small run of `make fuzz`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def fuzz(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(repository / 'tools')
    return import_module('fuzz')


@pytest.mark.parametrize('seed', [1, 2])
def test_every_message_is_refused_or_used(fuzz: Any, seed: int, capsys: Any) -> None:
    assert fuzz.run(0.0, seed, cases=400) == 0, capsys.readouterr().err
    told = capsys.readouterr().out
    assert f'400 messages, seed {seed}' in told
    assert 'slowest' in told


def test_the_same_seed_sends_the_same_messages(fuzz: Any, capsys: Any) -> None:
    told = []
    for _ in range(2):
        fuzz.run(0.0, 3, cases=100)
        told.append(capsys.readouterr().out.splitlines()[:2])
    assert told[0] == told[1]


def test_what_is_neither_ends_the_run_with_its_case(
        fuzz: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def fall(message: Any) -> None:
        raise KeyError('unforeseen')

    monkeypatch.setattr('fuzz_border.speaker_from', fall)
    assert fuzz.run(0.0, 1, cases=100) == 1
    assert 'of seed 1: ActiveSpeaker' in capsys.readouterr().err
