"""``mer_ros mcp``: tools for language-model agents."""

from typing import Any

import click


@click.command()
@click.option('--namespace', default='', help='Namespace of the emotion topics.')
@click.option('--port', type=click.IntRange(0, 65535), default=None,
              help='Serve HTTP on this port of 127.0.0.1 (0 = a free one) instead of standard '
                   'input and output.')
def mcp(**options: Any) -> None:
    """Answer agents (Model Context Protocol) how people seem; read-only, this machine only."""
    from mer_ros.cli.mcp_run import run_mcp

    raise SystemExit(run_mcp(**options))
