"""Training through Lightning, with the same habits for every network of the package."""

from collections.abc import Sequence
import json
import logging
from pathlib import Path
import shutil
from typing import Any
import warnings

from lightning import LightningModule, seed_everything, Trainer
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint, RichProgressBar
from lightning.pytorch.loggers import CSVLogger
import torch

SCORE = 'dev_score'
"""What a module logs at the end of each validation epoch; the epoch is chosen by it."""


WRITTEN = frozenset({'metrics.csv', 'hparams.yaml', 'complete.json', 'figures.json'})
"""What trainings leave in a folder ``log``, beside checkpoints."""


class Fingerprint(Callback):
    """Refuses to go on with a checkpoint that belongs to another run."""

    def __init__(self, recipe: dict[str, Any]) -> None:
        self._recipe = json.loads(json.dumps(recipe))

    def state_dict(self) -> dict[str, Any]:
        """Return what the run is told apart by."""
        return {'recipe': self._recipe}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Raise ValueError if the checkpoint was made by another recipe."""
        if state_dict['recipe'] != self._recipe:
            raise ValueError(
                f'the checkpoint was made with {state_dict["recipe"]}, this run has '
                f'{self._recipe}; choose another folder, or train without --resume')


def fit(module: LightningModule, train: Any, dev: Any, *, folder: Path, epochs: int,
        recipe: dict[str, Any], seed: int, patience: int | None = None, resume: bool = False,
        callbacks: Sequence[Callback] = (), **options: Any) -> LightningModule:
    """Train a module and return it with the weights of its best epoch, in evaluation mode.

    Args:
        module: logs `SCORE` (larger is better) in its validation epoch.
        train: batches to learn from, anything that Lightning takes.
        dev: batches to choose the epoch by.
        folder: for last.ckpt, best.ckpt and log/version_*/metrics.csv, one version a start;
            emptied of them unless ``resume``.
        epochs: most epochs.
        recipe: what else defines the run, as JSON; a checkpoint of another recipe is refused.
        seed: of everything random after the module was made.
        patience: epochs without a better score after which training stops; None = never.
        resume: go on where a run in this folder was stopped; one that is complete is only loaded.
        callbacks: further ones, such as an exponential average of the weights.
        options: further ones of `lightning.Trainer`, such as ``precision`` or ``devices``.

    Raises:
        ValueError: with ``resume``, the folder holds a run with another recipe; without, its
            folder ``log`` holds what no training has written, which stays as it is.
    """
    last, best, done = (folder / name for name in ('last.ckpt', 'best.ckpt', 'complete.json'))
    # Lightning's hints about worker processes and log intervals do not help the user.
    logging.getLogger('lightning.pytorch').setLevel(logging.WARNING)
    warnings.filterwarnings('ignore', r'Checkpoint directory .* exists and is not empty')
    if not resume:
        _check_own(folder / 'log')
        for path in (last, best, done):
            path.unlink(missing_ok=True)
        shutil.rmtree(folder / 'log', ignore_errors=True)
    fingerprint = Fingerprint({**recipe, 'seed': seed, 'epochs': epochs})
    if not done.is_file():
        seed_everything(seed, workers=True, verbose=False)
        trainer = Trainer(
            max_epochs=epochs,
            logger=CSVLogger(folder, name='log'),
            callbacks=[
                fingerprint,
                ModelCheckpoint(folder, filename='best', monitor=SCORE, mode='max',
                                enable_version_counter=False),
                # save_last would write it only when the best one changes.
                ModelCheckpoint(folder, filename='last', enable_version_counter=False),
                *([EarlyStopping(SCORE, mode='max', patience=patience)] if patience else []),
                RichProgressBar(leave=False),
                *callbacks],
            enable_model_summary=False,
            num_sanity_val_steps=0,
            **{'accelerator': 'cpu', 'log_every_n_steps': 1, **options})
        trainer.fit(module, train, dev, ckpt_path=str(last) if last.is_file() else None)
        if trainer.interrupted:
            raise KeyboardInterrupt
        done.write_text(json.dumps({'epochs': trainer.current_epoch}) + '\n')
    checkpoint = torch.load(best, weights_only=True)
    fingerprint.load_state_dict(checkpoint['callbacks']['Fingerprint'])
    module.load_state_dict(checkpoint['state_dict'])
    return module.eval()


def _check_own(log: Path) -> None:
    """Raise ValueError where a folder that is to be replaced holds what no training has written."""
    others = [path for path in log.rglob('*') if path.is_symlink() or not (
        path.is_dir() or path.name in WRITTEN or path.suffix == '.ckpt')]
    if log.is_symlink() or others:
        raise ValueError(f'{others[0] if others else log} was written by no training and stays as '
                         f'it is; choose another folder')
