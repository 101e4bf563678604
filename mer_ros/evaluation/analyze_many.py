"""Perceive the emotions in many recordings, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed, Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from mer_ros.bags.storages import holds_storage
from mer_ros.evaluation.analyze import analyze


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a recording: the number of its states, or why there are none."""

    source: Path
    states: int = 0
    reason: str = ''


def recordings_of(source: Path) -> list[Path]:
    """Return what a path stands for: itself, or the recordings of a folder that is no bag."""
    if not source.is_dir() or holds_storage(source):
        return [source]
    return sorted(each for each in source.iterdir() if not each.name.startswith('.'))


def analyze_many(sources: Sequence[Path], output: Path, executor: Executor, **options: Any
                 ) -> Iterator[Outcome]:
    """Analyze each recording into a folder of its name; yield the outcomes as they come.

    What `analyze` prints goes to report.txt beside the other files.

    Args:
        sources: the recordings; two of one name are an error.
        output: folder of the folders.
        executor: runs the recordings: a ProcessPoolExecutor, or that of a cluster, such as
            ``Client(...).get_executor()`` of Dask; ``sources`` and ``output`` must be the same
            for all its workers.
        options: those of `analyze`.

    Raises ValueError where two recordings have one name.
    """
    names = [source.name for source in sources]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f'several recordings are called {twice}; each needs a name of its own, '
                         f'after which its folder is called')
    running = {executor.submit(_one, source, output / source.name, options): source
               for source in sources}
    for done in as_completed(running):
        yield done.result()


def _one(source: Path, output: Path, options: dict[str, Any]) -> Outcome:
    try:
        output.mkdir(parents=True, exist_ok=True)
        with (output / 'report.txt').open('w', encoding='utf-8') as file:
            states = analyze(source, output=output, console=Console(file=file, width=100),
                             **options)
    except (ValueError, OSError) as error:  # of BagError and BadInput, too, ValueError is the base
        return Outcome(source, reason=' '.join(str(error).split()))
    return Outcome(source, len(states))
