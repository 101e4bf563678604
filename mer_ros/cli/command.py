"""The ``mer_ros`` command and its subcommands."""

import sys
from typing import Any

import click

from mer_ros import __version__
from mer_ros.blas import use_one_thread
from mer_ros.cli.analyze import analyze
from mer_ros.cli.bringup import bringup
from mer_ros.cli.calibrate import calibrate
from mer_ros.cli.dashboard import dashboard
from mer_ros.cli.demo import demo
from mer_ros.cli.doctor import doctor
from mer_ros.cli.evaluate import evaluate
from mer_ros.cli.label import label
from mer_ros.cli.mcp import mcp
from mer_ros.cli.models import models
from mer_ros.cli.monitor import monitor
from mer_ros.cli.plain_marks import write_plain_marks
from mer_ros.cli.replay import replay
from mer_ros.cli.train import train
from mer_ros.printable import printable

LONGEST_LINE = 2000
"""The most characters of a line of an error."""


class Errors(click.Group):
    """Shows expected errors as one line instead of a traceback."""

    def invoke(self, context: click.Context) -> Any:
        """Run a subcommand; what the user can mend becomes a message and exit status 1."""
        try:
            return super().invoke(context)
        except click.exceptions.Exit:  # a RuntimeError by descent; --help of a subcommand ends so
            raise
        except (ValueError, OSError, RuntimeError, ImportError) as error:
            # What it quotes may come from a file or a message of anybody.
            lines = (printable(line, LONGEST_LINE) for line in str(error).splitlines())
            raise click.ClickException('\n'.join(lines)) from error


@click.group(cls=Errors)
@click.version_option(__version__)
def main() -> None:
    """Perceive the emotion of the people in front of a robot, and say how sure it is."""
    use_one_thread()  # subcommands load NumPy when they run
    write_plain_marks(sys.stdout, sys.stderr)


for _command in (analyze, bringup, calibrate, dashboard, demo, doctor, evaluate, label, mcp,
                 models, monitor, replay, train):
    main.add_command(_command)
