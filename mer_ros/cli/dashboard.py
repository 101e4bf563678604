"""``mer_ros dashboard``: a web page of the perceived emotions."""

from __future__ import annotations

from typing import Any

import click


@click.command()
@click.option('--namespace', default='', help='Namespace of the emotion topics.')
@click.option('--host', default='127.0.0.1', show_default=True,
              help='Address to serve at; 0.0.0.0 lets the whole network look.')
@click.option('--port', type=click.IntRange(0, 65535), default=8765, show_default=True,
              help='Port to serve at; 0 chooses a free one.')
def dashboard(**options: Any) -> None:
    """Serve a web page that shows the perceived emotions live."""
    from mer_ros.cli.dashboard_run import run_dashboard

    raise SystemExit(run_dashboard(**options))
