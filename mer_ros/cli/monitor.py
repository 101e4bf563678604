"""``mer_ros monitor``: live bars in the terminal."""

from __future__ import annotations

from typing import Any

import click


@click.command()
@click.option('--namespace', default='', help='Namespace of the emotion topics.')
@click.option('--once', is_flag=True, help='Print everybody once and end; for scripts.')
@click.option('--timeout', default=10.0, show_default=True,
              help='Seconds to wait with --once; status 1 when nobody was perceived.')
def monitor(**options: Any) -> None:
    """Show the emotions that a running graph perceives, as live bars."""
    from mer_ros.cli.monitor_run import run_monitor

    raise SystemExit(run_monitor(**options))
