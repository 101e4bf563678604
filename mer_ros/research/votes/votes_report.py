"""Evaluation of the fusion on CREMA-D: raters who only heard, fused with raters who only saw."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mer_ros.evaluation.metrics.classification import calibration_error
from mer_ros.evaluation.metrics.summary import summarise
from mer_ros.fusion import fuse, PRESETS, untrained_rules
from mer_ros.research.votes.votes import CLASSES, Floats, read_votes, Votes
from mer_ros.research.votes.votes_fit import choose, VotesModel
from mer_ros.research.votes.votes_graph import graph_evidence, graph_figures

SETS = (('voice',), ('face',), ('voice', 'face'), ('voice', 'face', 'words'))
"""The choices of modalities that are compared."""

DATASET = 'crema_d_votes'
"""The name under which `mer_ros evaluate --dataset` knows this."""

BOTH = SETS[2]

UNBALANCED = 'IEO'
"""The sentence of which the actors spoke three intensities of each emotion but of neutral: what it
says about the class is an artefact of the corpus."""

INTERVALS = ('accuracy', 'neutral_tolerant_accuracy', 'nll', 'ece')

DRAWS = 200
"""Simulated truths behind the calibration error that perfect probabilities would have."""


def evaluate_votes(root: Path, split: str = 'test', *, resamples: int = 1000, seed: int = 0
                   ) -> dict[str, Any]:
    """Measure the fusion of two groups of raters against the emotion that the actor intended.

    The calibrations are fitted on the actors of the other splits (train, and dev unless it is the
    one that is measured); smoothing and penalty are chosen there, by cross-validation over actors.

    Args:
        root: the folder that holds the data sets.
        split: dev or test; no actor is in two.
        resamples: of the bootstrap over actors; 0 leaves intervals out.
        seed: of the bootstrap and of the simulated truths.

    Returns:
        ``methods``: figures by method and set of modalities (``voice+face``).  Methods are the
        presets on log(votes + smoothing) as logits; ``fitted``, the preset calibrated with a
        calibration for just these modalities; ``fitted once``, with one for every choice of them;
        and ``people``, the majority of raters, of those who heard and saw for ``voice+face``.
        ``rules``: figures of each rule on voice and face, ``fitted`` and not (``calibrated``).
        ``graph``: figures of every choice of people's votes and the text model, as fusion_node
        fuses them, see `graph_figures`.
        ``without_unbalanced``: ``fitted`` without the sentence `UNBALANCED`.
        ``settings``: what the cross-validation chose.  ``n``, ``actors``: how many were measured.

    Raises:
        ValueError: the split is not dev or test.
        FileNotFoundError: the data set is not in the folder.
    """
    if split not in ('dev', 'test'):
        raise ValueError(f'no split {split!r} can be measured; allowed: dev, test')
    every = read_votes(root)
    votes, known = every.of(split), every.of(*{'train', 'dev'} - {split})
    settings = choose(known, SETS[-1])
    smoothing, penalty = settings['smoothing'], settings['penalty']
    models = {names: VotesModel(known, names, smoothing=smoothing, penalty=penalty)
              for names in SETS}
    once = VotesModel(known, SETS[-1], smoothing=smoothing, penalty=penalty, choices=SETS)
    logits = votes.logits(smoothing)

    def figures(probability: Floats, votes: Votes = votes) -> dict[str, Any]:
        return _figures(votes, probability, resamples, seed)

    def preset(name: str, names: tuple[str, ...], rule: str | None = None) -> Floats:
        return fuse({modality: logits[modality] for modality in names}, preset=name, rule=rule,
                    output_temperature=1.0 if name == 'calibrated' else None).probability

    balanced = votes.rows(votes.sentences != UNBALANCED)
    heard: dict[tuple[str, ...], str] = {
        ('voice',): 'voice', ('face',): 'face', BOTH: 'multimodal'}
    methods: dict[str, Mapping[tuple[str, ...], Floats]] = {
        'people': {names: _majority(votes.counts[name]) for names, name in heard.items()},
        **{name: {names: preset(name, names) for names in SETS[:-1]} for name in PRESETS},
        'fitted': {names: model.fuse(votes, names).probability for names, model in models.items()},
        'fitted once': {names: once.fuse(votes, names).probability for names in SETS},
    }
    return {
        'dataset': DATASET, 'split': split, 'n': len(votes.truth),
        'actors': len(set(votes.actors)), 'settings': settings,
        'methods': {method: {'+'.join(names): figures(probability)
                             for names, probability in parts.items()}
                    for method, parts in methods.items()},
        'rules': {rule: {
            'calibrated': figures(preset('calibrated', BOTH, rule)),
            'fitted': figures(models[BOTH].fuse(votes, BOTH, rule=rule).probability)}
            for rule in untrained_rules()},
        'without_unbalanced': {
            '+'.join(names): figures(model.fuse(balanced, names).probability, balanced)
            for names, model in models.items()},
        'graph': graph_figures(graph_evidence(root, split)),
    }


def _majority(counts: Floats) -> Floats:
    """Return the votes as shares: their best class is what most raters said."""
    shares: Floats = counts / counts.sum(axis=1, keepdims=True)
    return shares


def _figures(votes: Votes, probability: Floats, resamples: int, seed: int) -> dict[str, Any]:
    report = summarise(votes.truth, probability, labels=CLASSES, groups=list(votes.actors),
                       resamples=resamples, seed=seed, intervals_of=INTERVALS)
    kept = ('n', 'accuracy', 'neutral_tolerant_accuracy', 'neutral_rate', 'nll', 'ece', 'intervals')
    return {**{name: report[name] for name in kept if name in report},
            'ece_if_perfect': _perfect_error(probability, seed)}


def _perfect_error(probability: Floats, seed: int) -> float:
    """Return the mean calibration error if the truth were drawn from these probabilities."""
    rng = np.random.default_rng(seed)
    reached = probability.cumsum(axis=1)
    errors = []
    for _ in range(DRAWS):
        truth = (reached < rng.random((len(probability), 1))).sum(axis=1)
        errors.append(calibration_error(np.minimum(truth, len(CLASSES) - 1), probability))
    return float(np.mean(errors))
