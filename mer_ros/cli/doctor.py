"""``mer_ros doctor``: what is installed and what is missing."""

from __future__ import annotations

import click


@click.command()
def doctor() -> None:
    """Say what is installed, what is missing, and what to do."""
    from mer_ros.cli.doctor_run import examine

    raise SystemExit(examine())
