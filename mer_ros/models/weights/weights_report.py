"""What `mer_ros models list`, `download` and `verify` show."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TransferSpeedColumn
from rich.table import Table

from mer_ros.models.weights.weights_cache import cache_folder, state, verify
from mer_ros.models.weights.weights_download import download
from mer_ros.models.weights.weights_table import PROFILES, WEIGHTS, Weights, weights_called

STYLE = {'present': 'green', 'broken': 'red', 'missing': 'dim'}
"""How a state is shown."""

TRUST = ('* No published checksum. The first download is checked against the hub (large files) and '
         'its checksum recorded; later checks use the recorded one.')
"""What the table says about trust."""


def show() -> None:
    """Print the table of all known weights."""
    table = Table(title=f'weights in {cache_folder() / "weights"}', caption=TRUST,
                  caption_justify='left')
    table.add_column('name', no_wrap=True)
    table.add_column('what it is, licence, source', overflow='fold')
    table.add_column('MB', justify='right', no_wrap=True)
    table.add_column('state', no_wrap=True)
    for name, weights in WEIGHTS.items():
        found = state(name)
        table.add_row(f'{name}{"" if _pinned(weights) else " *"}',
                      f'{weights.modality}: {weights.about}\n{weights.licence}\n{weights.source}',
                      str(weights.megabytes), f'[{STYLE[found]}]{found}[/]', end_section=True)
    Console().print(table)


def fetch(names: Iterable[str], *, profile: str | None = None, offline: bool = False) -> int:
    """Fetch the named weights, or those of a profile; return 1 if some could not be had.

    One that fails does not keep the others from coming; a name that is not known does.
    """
    if profile is not None:
        if profile not in PROFILES:
            raise ValueError(f'no profile {profile!r} has weights; known: {sorted(PROFILES)}')
        names = PROFILES[profile]
    wanted = [weights_called(name).name for name in names]
    console, failed = Console(), 0
    for name in wanted:
        console.print(f'{name} ({weights_called(name).licence})')
        bars = _Bars(console)
        try:
            fetched = download(name, offline=offline, progress=bars.show)
        except (OSError, RuntimeError, ImportError) as error:
            console.print(f'  [red]not fetched[/]: {escape(str(error))}', soft_wrap=True)
            failed += 1
            continue
        finally:
            bars.close()
        for path in fetched:
            console.print(f'  {escape(str(path))}', soft_wrap=True)
        if not fetched:
            console.print('  is here already, and whole')
    return int(bool(failed))


def verify_all(names: Iterable[str]) -> int:
    """Check the named weights, or all that are here; return 1 if a file is broken or missing."""
    wanted = [weights_called(name).name for name in names]
    present = wanted or [name for name in WEIGHTS if state(name) != 'missing']
    console, failed = Console(), 0
    if not present:
        console.print(f'no weights are in {cache_folder() / "weights"}', soft_wrap=True)
    for name in present:
        for check in verify(name):
            fine = check.state in ('whole', 'recorded')
            failed += not fine
            console.print(f'{name}: {check.path.name} [{"green" if fine else "red"}]'
                          f'{check.state}[/]', soft_wrap=True)
            if not fine:
                console.print(f'  {escape(str(check.path))}\n  expected {check.expected}\n'
                              f'  found    {check.found}', soft_wrap=True)
    return int(bool(failed))


def _pinned(weights: Weights) -> bool:
    """Return whether the checksum of the largest file, which stands first, is published."""
    return weights.files[0].sha256 is not None


class _Bars:
    """One progress bar a file; nothing is drawn before the first byte."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress('{task.description}', BarColumn(), DownloadColumn(),
                                  TransferSpeedColumn(), console=console)
        self._tasks: dict[str, TaskID] = {}

    def show(self, name: str, done: int, size: int | None) -> None:
        if name not in self._tasks:
            self._progress.start()
            self._tasks[name] = self._progress.add_task(f'  {name}', total=size)
        self._progress.update(self._tasks[name], completed=done)

    def close(self) -> None:
        if self._tasks:
            self._progress.stop()
