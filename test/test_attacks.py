"""A small run of `make fuzz`, `make chaos` and `make soak`."""

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


def test_nodes_go_on_whatever_they_are_sent(
        fuzz: Any, domain: int, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr('fuzz_nodes.BURST', 5)
    status = import_module('fuzz_nodes').run(0.0, 5, cases=300, domain=domain)
    told = capsys.readouterr()
    assert status == 0, told
    assert 'perceives as before' in told.out


def test_a_process_that_is_ended_comes_back(fuzz: Any, domain: int, capsys: Any) -> None:
    chaos = import_module('chaos')
    status = chaos.run(0.0, 1, names=('text_node', 'fusion_node'), domain=domain)
    told = capsys.readouterr()
    assert status == 0, told
    assert '1 blows, seed 1' in told.out


def test_event_time_passes_and_the_growth_is_told(fuzz: Any, capsys: Any) -> None:
    import_module('soak').soak_engines(0.005, 1, 3600)
    assert '540 logits, 265 images' in capsys.readouterr().out


@pytest.mark.parametrize(('memory', 'is_flat'), [
    ([9, 5, 5, 5, 5, 5], True), ([1, 3, 5, 7, 9], False)])
def test_memory_that_grows_is_noticed(fuzz: Any, memory: list[float], is_flat: bool) -> None:
    look = import_module('soak').Look('a list')
    look.seen = [import_module('usage').Usage(one, 1, 1) for one in memory]
    assert look.is_flat() == is_flat
