"""What ``mer_ros analyze`` does."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console

from mer_ros.evaluation.analyze import analyze
from mer_ros.evaluation.analyze_many import analyze_many, recordings_of
from mer_ros.printable import printable


def run(sources: Sequence[Path], jobs: int | None, *, output: Path, **options: Any) -> None:
    """Analyze one recording, or several in processes, of which each outcome is a line.

    Raises ValueError where nothing was perceived in any.
    """
    recordings = [each for source in sources for each in recordings_of(source)]
    if not recordings:
        raise ValueError(f'{", ".join(map(str, sources))} holds no bag and no other recording')
    if len(recordings) == 1:
        analyze(recordings[0], output=output, **options)
        return
    console, perceived = Console(soft_wrap=True), 0
    # A fork would inherit the threads of the libraries, which do not survive it.
    with ProcessPoolExecutor(jobs, mp_context=get_context('spawn')) as executor:
        for outcome in analyze_many(recordings, output, executor, **options):
            perceived += bool(outcome.states)
            told = outcome.reason or f'{outcome.states} states, {output / outcome.source.name}'
            console.print(f'{printable(outcome.source.name)}: {printable(told, 400)}',
                          markup=False, highlight=False)
    console.print(f'{perceived} of {len(recordings)} recordings', highlight=False)
    if not perceived:
        raise ValueError(f'nothing was perceived in any of {len(recordings)} recordings')
