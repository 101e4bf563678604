"""Evaluation of the whole pipeline on the films and sounds of an audio-visual corpus."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline import Pipeline
from mer_ros.engines.pipeline_parts import Settings
from mer_ros.evaluation.perceived import Perceiver
from mer_ros.research.corpora.corpus_report import corpus_report
from mer_ros.research.corpora.label_policy import LabelPolicy
from mer_ros.research.corpora.logits_file import read_logits, write_logits
from mer_ros.research.corpora.read_corpus import read_corpus
from mer_ros.research.corpora.recorded_corpus import record_corpus, with_transcripts


def evaluate_corpus(name: str, root: Path, split: str = 'test', *, profile: str = 'lite',
                    preset: str = 'calibrated', limit: int | None = None,
                    policy: LabelPolicy | None = None, settings: Settings | None = None,
                    transcripts: Mapping[str, str] | None = None, save_logits: Path | None = None,
                    make: Callable[..., Perceiver] = Pipeline, resamples: int = 1000,
                    seed: int = 0) -> dict[str, Any]:
    """Measure the engines and their fusion on the clips of one of `CORPORA`.

    Every clip goes through the engines once (see `perceive_clip`); what they say is kept and
    fused under every preset and rule, with every choice of modalities.

    Args:
        name: of the corpus.
        root: the folder of the corpus.
        split: see `read_corpus`.
        profile: the profile or name of the models.
        preset: of the fusion, for the main figures.
        limit: at most so many clips, drawn at random.
        policy: what labels count as.
        settings: parameters of the models, see `parse_settings`.
        transcripts: words by id of the clip, instead of those of the corpus.
        save_logits: file to write what was said to, see `logits_file`.
        make: makes the pipeline, given ``profile``.
        resamples: of the bootstrap over persons; 0 leaves intervals out.
        seed: of the drawing and of the bootstrap.

    Returns:
        ``labels`` (the policy), ``modalities`` with the figures of each alone, ``fused``,
        ``subsets`` and ``presets`` (see `compare`), ``rules`` (all modalities fused by each
        rule), ``paper`` (figures of `METHODS`, of each modality and fused, with confusion
        matrices, the share of ``vacuous`` cases, and the gain of paper over basic), ``systems``
        (see `figures_of_systems`), ``unseen`` (see `unseen_classes`), ``skipped`` (with id and
        reason), ``clips`` (in how many something was perceived) and ``notes``.

    Raises:
        ValueError: no split, model or preset is called so, or nothing was perceived.
        FileNotFoundError: the corpus is not in the folder.
    """
    FusionSettings(preset=preset)  # refused before anything is perceived
    clips, skipped = read_corpus(name, root, split, limit=limit, seed=seed)
    if transcripts is not None:
        clips = with_transcripts(clips, transcripts)
    if settings:
        make = partial(make, settings=settings)
    recorded = record_corpus(name, split, profile, clips, skipped, make(profile=profile))
    if save_logits is not None and recorded.clips:
        write_logits(save_logits, recorded)
    return corpus_report(recorded, preset=preset, policy=policy, resamples=resamples, seed=seed)


def evaluate_logits(files: Sequence[Path], *, preset: str = 'calibrated',
                    policy: LabelPolicy | None = None, resamples: int = 1000, seed: int = 0
                    ) -> dict[str, Any]:
    """Measure what was said before, by the models of this package or by other systems.

    Args:
        files: about the same clips, see `logits_file`.
        preset: of the fusion, for the main figures.
        policy: what labels count as.
        resamples: of the bootstrap over persons; 0 leaves intervals out.
        seed: of the bootstrap.

    Returns:
        What `evaluate_corpus` returns.

    Raises:
        ValueError: a file is wrong, or no clip counts.
        FileNotFoundError: a file is missing.
    """
    return corpus_report(read_logits(files), preset=preset, policy=policy, resamples=resamples,
                         seed=seed)
