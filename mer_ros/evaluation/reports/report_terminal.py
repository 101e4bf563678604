"""Evaluation reports in the terminal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from mer_ros.evaluation.reports.paper_tables import paper_grids
from mer_ros.evaluation.reports.tables import Grid, grids

_ENDLESS = 1000
_HEADING = 10
"""Width up to which a heading is not broken."""


def report_table(report: Mapping[str, Any]) -> Group:
    """Return what the terminal shows of a report of `evaluate`."""
    return below_each_other([*grids(report), *paper_grids(report)])


def below_each_other(tables: Iterable[Grid]) -> Group:
    """Return grids as the terminal shows them, each with its title and notes."""
    parts: list[RenderableType] = []
    for grid in tables:
        parts += [Text(grid.title, style='bold'), _Fitted(grid), *map(Text, grid.notes), Text()]
    return Group(*parts)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A grid as wide as the terminal allows: its main intervals go first."""

    grid: Grid

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        wide = _table(self.grid, self.grid.main)
        needed = Measurement.get(console, options.update(width=_ENDLESS), wide).maximum
        yield wide if needed <= options.max_width else _table(self.grid, None)


def _table(grid: Grid, main: int | None) -> Table:
    """Return the table; only the column ``main`` keeps its intervals."""
    table = Table(box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    for index, heading in enumerate(grid.columns):
        table.add_column(fill(heading, _HEADING), justify='right' if index else 'left',
                         no_wrap=index > 0)
    for row in grid.rows:
        table.add_row(*(Text(cell if index == main else cell.partition(' [')[0])
                        for index, cell in enumerate(row)))
    return table
