"""Evaluation of models and of their fusion, on data sets and on manifests."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import EMOTIONS
from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline_parts import Parts, Settings
from mer_ros.engines.speaker_adaptation import AdaptiveModel
from mer_ros.evaluation.adaptation_gain import evaluate_adapted
from mer_ros.evaluation.compare import compare, INTERVALS
from mer_ros.evaluation.corruption_grid import corruption_grid
from mer_ros.evaluation.datasets.load_dataset import load
from mer_ros.evaluation.datasets.manifest import MODALITIES, read_manifest, Row
from mer_ros.evaluation.datasets.manifest_inputs import InputReader
from mer_ros.evaluation.metrics.summary import summarise
from mer_ros.evaluation.predict import among, named_softmax
from mer_ros.evaluation.recorded_evidence import Evidence, Scores
from mer_ros.fusion import fuse

Keep = Callable[[Sequence[Row], Evidence, Mapping[str, str]], None]
"""Takes rows of a manifest, what the models said about them, and the names of the models."""


def evaluate_dataset(name: str, root: Path, split: str, *, profile: str = 'lite',
                     preset: str = 'calibrated', model: Any = None, corruptions: bool = False,
                     adapt: bool = False, settings: Settings | None = None,
                     resamples: int = 1000, seed: int = 0) -> dict[str, Any]:
    """Measure one model alone on one split of one data set.

    Args:
        name: of the data set, one of `datasets.LOADERS`.
        root: the folder that holds the data sets.
        split: one of the splits of the set.
        profile: the profile or name of the model; not used where ``model`` is given.
        preset: under which the uncertainty of a row is that of its opinion, fully trusted.
        model: a model of the set's modality.
        corruptions: also measure worse and worse input, see `corruption_grid`.
        adapt: also judge each voice against the same person's own, see `evaluate_adapted`.
        settings: parameters of the model, see `parse_settings`.
        resamples: of the bootstrap over the groups of the set; 0 leaves intervals out.
        seed: of the bootstrap and the corruptions.

    Returns:
        `summarise` of softmax(logits), with dataset, split, modality, model and the classes that
        the model never learned.  Where the set lacks classes, ``within_classes`` holds the
        figures of predictions among the others alone.

    Raises:
        ValueError: no data set, split, model or preset is called so, and the known ones are
            listed; or there is nothing to adapt to.
        FileNotFoundError: the data set is not in the folder.
    """
    options = FusionSettings(preset=preset).options
    samples = load(name, root, split)
    model = Parts(profile, settings or {}).model(samples.modality) if model is None else model
    truth = _indices(samples.labels)

    def figures(inputs: Sequence[Any], resamples: int = 0) -> dict[str, Any]:
        scores = Scores.of(model, inputs)
        opinion = fuse({samples.modality: scores.logits},
                       named={samples.modality: scores.named}, **options)
        return _figures_within(truth, named_softmax(scores.logits, scores.named),
                               uncertainty=opinion.uncertainty, groups=samples.groups,
                               resamples=resamples, seed=seed)

    report = {'dataset': name, 'split': split, 'preset': preset,
              **_about(model, samples.modality, samples.labels),
              **figures(samples.inputs, resamples)}
    if adapt:
        if not isinstance(model, AdaptiveModel):
            raise ValueError(f'the {samples.modality} model {model.name} does not adapt to people; '
                             f'the speech model lite does')
        report['adaptation'] = evaluate_adapted(name, root, split, model=model, seed=seed)
    if corruptions:
        report['corruptions'] = corruption_grid(
            {samples.modality: samples.inputs}, report,
            lambda _, worse: figures(worse), seed=seed)
    return report


def evaluate_manifest(path: Path, *, profile: str = 'lite', preset: str = 'calibrated',
                      models: dict[str, Any] | None = None, corruptions: bool = False,
                      settings: Settings | None = None, resamples: int = 1000, seed: int = 0,
                      keep: Keep | None = None) -> dict[str, Any]:
    """Measure each modality alone and all of them fused on the recordings of a manifest.

    Args:
        path: the manifest, see `read_manifest`.
        profile: the profile or name of the models.
        preset: of the fusion; a modality alone goes through it too, as it does on the robot.
        models: models by modality that replace those of the profile.
        corruptions: also measure worse and worse input of each modality, see `corruption_grid`.
        settings: parameters of the models, see `parse_settings`.
        resamples: of the bootstrap, over persons where every row names one; 0 leaves it out.
        seed: of the bootstrap and the corruptions.
        keep: is given the rows, what the models said about them, and the models' names.

    Returns:
        ``modalities`` with the figures of each alone, ``fused``, ``subsets`` and ``presets`` (see
        `compare`), ``skipped`` (inputs that could not be used, with line and reason),
        ``unusable`` (rows with nothing usable, which count in no figure) and ``face_crops`` (how
        often a face was found or the whole image was taken).

    Raises:
        ValueError: the manifest is wrong, no row of it can be used, or no model or preset is
            called so.
        FileNotFoundError: a file that it names does not exist.
    """
    fusion = FusionSettings(preset=preset)
    rows = read_manifest(path)
    labels = [row.label for row in rows]
    reader = InputReader()
    given = tuple(name for name in MODALITIES
                  if any(getattr(row, name) is not None for row in rows))
    inputs = {name: [reader.read(row, name) for row in rows] for name in given}
    usable = [any(inputs[name][index] is not None for name in given)
              for index in range(len(rows))]
    if not any(usable):
        raise ValueError(f'no row of {path} can be used: {reader.skipped[:3]}')
    parts = Parts(profile, settings or {})
    chosen = {name: (models or {}).get(name) or parts.model(name) for name in given}
    evidence = Evidence(
        {name: Scores.of(model, inputs[name]) for name, model in chosen.items()},
        _indices(labels), [row.person for row in rows] if all(row.person for row in rows) else None)

    if keep is not None:
        keep(rows, evidence, {name: model.name for name, model in chosen.items()})

    @cache
    def measure(names: tuple[str, ...], preset: str) -> dict[str, Any]:
        return evidence.figures(names, FusionSettings(preset=preset), resamples=resamples,
                                seed=seed, intervals_of=INTERVALS)

    def figures(*names: str) -> dict[str, Any]:
        return evidence.figures(names, fusion, resamples=resamples, seed=seed)

    def corrupted(name: str, worse: list[Any]) -> dict[str, Any]:
        scores = Scores.of(chosen[name], worse)
        return evidence.replacing(name, scores).figures(given, fusion, resamples=0)

    report: dict[str, Any] = {
        'manifest': path.name, 'profile': profile, 'preset': preset, 'rows': len(rows),
        'modalities': {name: {**_about(chosen[name], name, labels), **figures(name)}
                       for name in given},
        'fused': figures(*given),
        **compare(given, preset, measure),
        'skipped': reader.skipped,
        'unusable': [{'line': row.line, 'id': row.id, 'label': row.label}
                     for row, good in zip(rows, usable, strict=True) if not good],
    }
    if corruptions:
        report['corruptions'] = corruption_grid(inputs, report['fused'], corrupted, seed=seed)
    if 'face' in given:
        report['face_crops'] = dict(reader.face_crops)
    return report


def _figures_within(truth: NDArray[np.intp], probability: NDArray[np.float64],
                    **options: Any) -> dict[str, Any]:
    """Return `summarise`, and where classes never occur the same among those that do."""
    report = summarise(truth, probability, labels=EMOTIONS, **options)
    occurring = np.unique(truth)
    if len(occurring) < len(EMOTIONS):
        report['within_classes'] = summarise(
            *among(truth, probability, occurring),
            labels=[EMOTIONS[index] for index in occurring], **options)
    return report


def _about(model: Any, modality: str, labels: Sequence[str]) -> dict[str, Any]:
    unlearned = [label for label in EMOTIONS if label not in model.labels]
    return {'modality': modality, 'model': model.name, 'labels': list(model.labels),
            'never_learned': {label: list(labels).count(label) for label in unlearned}}


def _indices(labels: Sequence[str]) -> NDArray[np.intp]:
    return np.array([EMOTIONS.index(label) for label in labels], dtype=np.intp)
