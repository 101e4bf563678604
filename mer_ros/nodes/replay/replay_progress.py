"""The progress bar of the replay node."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn


@contextmanager
def progress_bar(
    name: str, first: int, last: int, *, enabled: bool
) -> Iterator[Callable[[int], None]]:
    """Show how far the replay of a bag from ``first`` to ``last`` (ns) is.

    The context gives a function to call with the present time of the recording.  Nothing is shown
    where standard error is no terminal, so that logs stay readable.
    """
    console = Console(stderr=True)
    progress = Progress(
        TextColumn('{task.description}'), BarColumn(bar_width=None),
        TextColumn('{task.completed:6.1f} of {task.total:.1f} s'),
        console=console, disable=not (enabled and console.is_terminal), transient=True)
    with progress:
        task = progress.add_task(name, total=(last - first) / 1e9)

        def show(now: int) -> None:
            progress.update(task, completed=min(max(now - first, 0), last - first) / 1e9)

        yield show
