"""Several trainings that differ by their seed alone, with mean and deviation."""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
from typing import Any

import numpy as np

from mer_ros.evaluation.metrics.summary import rounded
from mer_ros.research.lddu.training.train_lddu import train_lddu

FIGURES = ('accuracy', 'precision', 'recall', 'micro_f1', 'macro_f1')
"""What is averaged."""


def train_seeds(*, out: Path, seed: int = 0, seeds: int = 1, **options: Any) -> dict[str, Any]:
    """Train with the seeds ``seed`` to ``seed + seeds - 1``, see `train_lddu`.

    One seed trains into the folder ``out``, several into folders seed_N of it, and seeds.json
    there holds what is returned.

    Args:
        out: folder to write to.
        seed: the first.
        seeds: how many, >= 1.
        options: of `train_lddu`.

    Returns:
        What `train_lddu` returns for one seed; for several ``seeds``, and by network (that of the
        recipe is ``network``) the ``mean`` and ``deviation`` (of a sample) of FIGURES.
    """
    if seeds == 1:
        return train_lddu(out=out, seed=seed, **options)
    every = list(range(seed, seed + seeds))
    runs = [train_lddu(out=out / f'seed_{one}', seed=one, **options) for one in every]
    networks = {'network': [run['figures'] for run in runs],
                **{name: [run['compared'][name] for run in runs] for name in runs[0]['compared']}}
    report = {'dataset': runs[0]['dataset'], 'form': runs[0]['form'],
              'corrections': runs[0]['corrections'], 'left_out': runs[0]['left_out'],
              'seeds': every, 'figures': {name: summary(given) for name, given in networks.items()}}
    (out / 'seeds.json').write_text(json.dumps(report, indent=1) + '\n', encoding='utf-8')
    return report


def summary(runs: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Return mean and sample deviation of each of FIGURES over two runs or more."""
    return {name: rounded({'mean': float(np.mean([run[name] for run in runs])),
                           'deviation': float(np.std([run[name] for run in runs], ddof=1))})
            for name in FIGURES}
