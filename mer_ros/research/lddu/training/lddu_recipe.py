"""How an LDDU network is trained, and what can be left out of it (table 3 of the paper)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mer_ros.research.lddu.losses import Weights
from mer_ros.research.lddu.ordinality import PAIRS
from mer_ros.research.lddu.sizes import Sizes

FORMS = ('corrected', 'paper')
"""corrected: with all of CORRECTIONS; paper: with none, as printed (see `printed`), but with the
label-free gate of its code."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a training; those of the paper (section 4.1, appendix A.1).

    ``shape`` are choices of `Sizes`; ``queue`` is how many distributions the contrastive loss
    remembers, ``contrast`` what it compares (both, centre or variance), ``pairs`` and
    ``sharpness`` (its temperature) are of `ordinality_loss`, ``bounded`` is of `spread`;
    ``absence`` is the chance that a modality is hidden from a training step, which teaches that
    one may be missing; ``mean_anchors`` and ``absent_classes`` are of `contrastive_loss` and
    `classed`; ``clip`` is the most that the norm of the gradient may be, None for no bound.
    """

    shape: dict[str, Any] = field(default_factory=lambda: {'fusion': 'concatenated'})
    weights: Weights = field(default_factory=Weights)
    queue: int = 8192
    contrast: str = 'both'
    pairs: tuple[tuple[str, str], ...] = PAIRS
    sharpness: float = 1.0
    bounded: bool = False
    absence: float = 0.1
    mean_anchors: bool = True
    absent_classes: bool = True
    clip: float | None = 1.0
    rate: float = 2e-5
    batch: int = 128
    epochs: int = 30
    warm_up: float = 0.1

    def sizes(self, dims: dict[str, int], labels: Sequence[str]) -> Sizes:
        """Return the shape of the network for these modalities and labels."""
        return Sizes(dims, tuple(labels), **self.shape)


def printed(recipe: Recipe) -> Recipe:
    """Return the recipe of the paper: no correction, no modality is hidden, nothing is clipped."""
    shape = {**recipe.shape, 'fusion': 'concatenated', 'final': 'both'}
    return replace(recipe, shape=shape, contrast='both', pairs=PAIRS, sharpness=1.0,
                   bounded=False, absence=0.0, mean_anchors=False, absent_classes=False, clip=None,
                   weights=replace(recipe.weights, contrastive=0.8, noise=0.0))


def corrected(recipe: Recipe) -> Recipe:
    """Return a recipe by which the variance means something: with all of CORRECTIONS.

    `noise_loss` makes it the expected error of a modality, at even rates, and it decides how
    much a modality counts: see `LdduNet`.  There is no classifier of variances, which would
    make features of them.  The contrastive loss compares centres only and weighs less: it drives
    the modalities apart, which must agree now.  The ordinality loss holds S against R only (with
    D in it, sure answers are rewarded whether right or wrong), and S and R have the same range.
    See doc/models/lddu.md.
    """
    shape = {**recipe.shape, 'fusion': 'precision', 'final': 'centre'}
    return replace(recipe, shape=shape, contrast='centre',
                   pairs=(('spread', 'record'),), sharpness=0.25, bounded=True,
                   weights=replace(recipe.weights, contrastive=0.05, noise=1.0))


CORRECTIONS: dict[str, dict[str, Any]] = {
    'mean_anchors': {'mean_anchors': True},
    'absent_classes': {'absent_classes': True},
    'hidden_modalities': {'absence': 0.1},
    'clipping': {'clip': 1.0},
    'precision': {'shape': {'fusion': 'precision', 'final': 'centre'}},
    'centres': {'contrast': 'centre', 'weights': {'contrastive': 0.05}},
    'ranks': {'pairs': (('spread', 'record'),), 'sharpness': 0.25, 'bounded': True},
    'likelihood': {'weights': {'noise': 1.0}},
}
"""What the form paper may be corrected by, one switch each; see doc/models/lddu.md."""


def with_corrections(recipe: Recipe, names: Sequence[str]) -> Recipe:
    """Return a recipe with some of CORRECTIONS; ValueError lists what there is."""
    for name in names:
        if name not in CORRECTIONS:
            raise ValueError(f'{name!r} is no correction; known: {list(CORRECTIONS)}')
        recipe = _changed(recipe, CORRECTIONS[name])
    return recipe


ABLATIONS: dict[str, dict[str, Any]] = {
    'emotion_space': {'shape': {'emotion_space': False}},
    'direct': {'weights': {'direct': 0.0}},
    'contrastive': {'weights': {'contrastive': 0.0}},
    'queue': {'queue': 0},
    'variance': {'contrast': 'centre'},
    'centre': {'contrast': 'variance'},
    'ordinality': {'weights': {'ordinality': 0.0}},
    'error_ranks': {'pairs': (('spread', 'record'),)},
    'spread_ranks': {'pairs': (('error', 'record'),)},
    'record_ranks': {'pairs': (('error', 'spread'),)},
    'final_centre': {'shape': {'final': 'variance'}},
    'final_variance': {'shape': {'final': 'centre'}},
    'noise': {'weights': {'noise': 0.0}},
    'sharpness': {'sharpness': 1.0, 'bounded': False},
    'uncertainty': {'shape': {'final': 'centre', 'fusion': 'concatenated'}, 'contrast': 'centre',
                    'weights': {'ordinality': 0.0, 'noise': 0.0}},
}
"""What can be left out: rows 1 to 12 of table 3, the corrections, and all that is uncertainty."""


def without(recipe: Recipe, names: Sequence[str]) -> Recipe:
    """Return a recipe without some parts; ValueError lists what can be left out."""
    for name in names:
        if name not in ABLATIONS:
            raise ValueError(f'{name!r} cannot be left out; known: {list(ABLATIONS)}')
        recipe = _changed(recipe, ABLATIONS[name])
    return recipe


def _changed(recipe: Recipe, given: Mapping[str, Any]) -> Recipe:
    changes = dict(given)
    shape = {**recipe.shape, **changes.pop('shape', {})}
    weights = replace(recipe.weights, **changes.pop('weights', {}))
    return replace(recipe, shape=shape, weights=weights, **changes)
