"""``mer_ros monitor``: live bars in the terminal."""

from typing import Any

import click


@click.command()
@click.option('--namespace', default='', help='Namespace of the emotion topics.')
@click.option('--once', is_flag=True, help='Print the current states once and exit; for scripts.')
@click.option('--timeout', default=10.0, show_default=True,
              help='Timeout of --once in seconds; exit status 1 if nobody was perceived.')
def monitor(**options: Any) -> None:
    """Show the emotions of a running graph as live bars in the terminal."""
    from mer_ros.cli.monitor_run import run_monitor

    raise SystemExit(run_monitor(**options))
