"""Calibration of the voice, the face and the words of CREMA-D, chosen by cross-validation."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from mer_ros.calibration.affine_fit import fit_affine
from mer_ros.evaluation.metrics.classification import negative_log_likelihood
from mer_ros.fusion import Affine, fuse, Opinion
from mer_ros.research.votes.votes import CLASSES, Floats, Votes

SMOOTHINGS = (1.0, 2.0, 3.0, 5.0)
"""Votes added to each class that are tried."""

PENALTIES = (1.0, 3.0, 10.0)
"""Ridges of the weights that are tried."""

FOLDS = 8
"""Groups of actors, of which one in turn is left out."""


class VotesModel:
    """Affine calibrations of votes, and evidence for each sentence, fitted on some clips.

    The words carry no emotion, but they lead the raters: "I wonder what this is about" sounds
    fearful whatever the actor does.  What a sentence is worth is learned like the weights of the
    other two; it is no affine map of six logits and therefore stands in a table.

    Args:
        votes: the clips to fit on.
        names: the modalities, of voice, face and words.
        smoothing: votes that are added to each class.
        penalty: ridge of the weights.
        choices: which modalities are present together, see `fit_affine`; all of them, and never
            fewer, when None.
    """

    def __init__(self, votes: Votes, names: Sequence[str], *, smoothing: float, penalty: float,
                 choices: Sequence[Sequence[str]] | None = None) -> None:
        self.names = tuple(names)
        self._smoothing = smoothing
        self._sentences = np.unique(votes.sentences)
        fitted = fit_affine(self._inputs(votes), votes.truth, classes=len(CLASSES),
                            penalty=penalty, choices=choices or [self.names])
        self.calibration: Mapping[str, Affine] = {
            name: affine for name, affine in fitted.items() if name != 'words'}
        self._words = fitted.get('words')

    def fuse(self, votes: Votes, names: Sequence[str], *, rule: str = 'dempster') -> Opinion:
        """Return the opinion about clips when these modalities of the fitted ones are present."""
        logits: dict[str, Floats | None] = {
            name: values if name in names else None for name, values in self._inputs(votes).items()}
        if self._words is not None and logits['words'] is not None:
            logits['words'] = self._words.apply(logits['words'])
        return fuse(logits, calibration=self.calibration, rule=rule, output_temperature=1.0)

    def _inputs(self, votes: Votes) -> dict[str, Floats]:
        inputs = {**votes.logits(self._smoothing), 'words': votes.words(self._sentences)}
        return {name: inputs[name] for name in self.names}


def cross_validate(votes: Votes, names: Sequence[str], *, smoothing: float, penalty: float,
                   seed: int = 0) -> float:
    """Return the negative log-likelihood of clips whose actors the fit did not see, in nats."""
    actors = np.unique(votes.actors)
    folds = np.array_split(np.random.default_rng(seed).permutation(actors), FOLDS)
    probability = np.empty((len(votes.truth), len(CLASSES)))
    for fold in folds:
        left_out = np.isin(votes.actors, fold)
        model = VotesModel(votes.rows(~left_out), names, smoothing=smoothing, penalty=penalty)
        probability[left_out] = model.fuse(votes.rows(left_out), names).probability
    return negative_log_likelihood(votes.truth, probability)


def choose(votes: Votes, names: Sequence[str]) -> dict[str, float]:
    """Return the smoothing and the penalty with the best cross-validation, and its value."""
    tried = [{'smoothing': smoothing, 'penalty': penalty, 'cross_validated_nll': cross_validate(
                 votes, names, smoothing=smoothing, penalty=penalty)}
             for smoothing, penalty in product(SMOOTHINGS, PENALTIES)]
    return min(tried, key=lambda one: one['cross_validated_nll'])
