"""``mer_ros doctor``: what is installed and what is missing."""

import click


@click.command()
def doctor() -> None:
    """Check the installation: what is missing, and how to install it."""
    from mer_ros.cli.doctor_run import examine

    raise SystemExit(examine())
