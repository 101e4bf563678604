"""``mer_ros dashboard``: a web page of the perceived emotions."""

from typing import Any

import click


@click.command()
@click.option('--namespace', default='', help='Namespace of the emotion topics.')
@click.option('--host', default='127.0.0.1', show_default=True,
              help='Address to bind to; 0.0.0.0 opens it to the whole network, without a password.')
@click.option('--port', type=click.IntRange(0, 65535), default=8765, show_default=True,
              help='Port to bind to; 0 = a free one.')
def dashboard(**options: Any) -> None:
    """Show the emotions of a running graph on a local web page."""
    from mer_ros.cli.dashboard_run import run_dashboard

    raise SystemExit(run_dashboard(**options))
