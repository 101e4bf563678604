"""The ``mer_ros`` command: ``X.py`` holds the options of a subcommand, ``X_run.py`` its work."""

from mer_ros.cli.command import main

__all__ = ['main']
