"""The command group ``mer_ros train``: thin, one function a model."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
import logging
from pathlib import Path
from typing import Any

import click

NEEDS = ('training needs more packages: pip install -r requirements/train.txt, and '
         '-r requirements/paper.txt for frame_selector')


@click.group()
def train() -> None:
    """Train a built-in model again, or a model of the four papers."""
    logging.basicConfig(level=logging.INFO, format='%(message)s')


def of_a_run(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that every training has."""
    for option in reversed((
            click.option('--data', type=click.Path(exists=True, path_type=Path),
                         envvar='MER_ROS_DATA', required=True, help='Folder of the data sets.'),
            click.option('--out', type=click.Path(file_okay=False, path_type=Path),
                         default=Path('runs'), show_default=True,
                         help='Folder for the weights and the log.'),
            click.option('--seed', default=0, show_default=True, help='Seed of all randomness.'),
            click.option('--resume', is_flag=True,
                         help='Go on where a run in the folder was stopped.'))):
        command = option(command)
    return command


def find_trainer(module: str, name: str) -> Callable[..., Any]:
    """Return a function of `mer_ros.training`; ImportError says what to install."""
    try:
        trainer: Callable[..., Any] = getattr(import_module(f'mer_ros.training.{module}'), name)
    except ImportError as error:
        raise ImportError(f'{error}; {NEEDS}') from error
    return trainer


@train.command('text')
@of_a_run
def _text(**options: Any) -> None:
    """Train the built-in text model."""
    find_trainer('text', 'train_text')(**options)


@train.command('speech')
@of_a_run
def _speech(**options: Any) -> None:
    """Train the built-in speech model."""
    find_trainer('speech', 'train_speech')(**options)


@train.command('face')
@of_a_run
def _face(**options: Any) -> None:
    """Train the built-in face model."""
    find_trainer('face', 'train_face')(**options)


@train.command('frame_selector')
@of_a_run
def _frame_selector(**options: Any) -> None:
    """Train the frame selector of the first paper."""
    find_trainer('frame_selector', 'train_frame_selector')(**options)
