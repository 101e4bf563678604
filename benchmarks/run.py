"""Run every benchmark, print one table, and write the figures as JSON.

python benchmarks/run.py [--with train paper] [--only NAME ...] [--json bench_output/results.json]
"""

import argparse
from importlib import import_module
from itertools import chain
import json
from pathlib import Path
import platform
from typing import Any

from rich.console import Console
from rich.table import Table

from mer_ros.blas import use_one_thread

BENCHMARKS = ('fusion', 'calls', 'attention', 'latency', 'response', 'people', 'bringup',
              'start', 'growth', 'processes', 'profile', 'models', 'detectors', 'faces', 'voices',
              'recordings', 'speaker')

EXTRAS = {'train': ('avnet', 'lddu', 'languages'),
          'paper': ('paper_text', 'paper_speech', 'paper_face', 'paper_whole', 'peers')}
"""Further benchmarks by the extra whose packages they need."""


def main() -> None:
    """Run the benchmarks that are asked for; a missed target is named, not an error."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--with', dest='extras', nargs='+', choices=EXTRAS, default=[],
                        help='also run what needs the packages of this extra')
    parser.add_argument('--only', nargs='+', help='run just these',
                        choices=[*BENCHMARKS, *chain.from_iterable(EXTRAS.values())])
    parser.add_argument('--json', type=Path, default=Path('bench_output/results.json'))
    options = parser.parse_args()
    use_one_thread()  # as commands and nodes do; the benchmarks load NumPy
    console = Console()
    results: list[dict[str, Any]] = []
    chosen = options.only or [*BENCHMARKS, *chain.from_iterable(
        EXTRAS[extra] for extra in options.extras)]
    for name in chosen:
        console.print(f'running {name} ...')
        results += [{'benchmark': name, **row} for row in import_module(f'bench_{name}').run()]
    console.print(_table(results))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(
        {'machine': platform.platform(), 'python': platform.python_version(),
         'results': results}, indent=1))
    console.print(f'written to {options.json}')


def _table(results: list[dict[str, Any]]) -> Table:
    table = Table(title='mer_ros benchmarks')
    table.add_column('benchmark')
    table.add_column('what')
    table.add_column('figure', justify='right')
    table.add_column('unit')
    table.add_column('target')
    table.add_column('')
    verdict = {True: '[green]met[/]', False: '[red]missed[/]', None: ''}
    for row in results:
        table.add_row(row['benchmark'], row['name'], f'{row["value"]:.4g}', row['unit'],
                      row.get('target', ''), verdict[row.get('met')])
    return table


if __name__ == '__main__':
    main()
