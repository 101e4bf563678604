"""What `mer_ros evaluate` does: choose the evaluation, show its report, write it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
import json
from pathlib import Path
from typing import Any

from rich.console import Console, Group

from mer_ros.atomic_write import write_atomically
from mer_ros.engines.pipeline import Pipeline
from mer_ros.evaluation.datasets.load_dataset import LOADERS
from mer_ros.evaluation.evaluate import evaluate_dataset, evaluate_manifest
from mer_ros.evaluation.evaluate_bag import evaluate_bag
from mer_ros.evaluation.people.evaluate_people import evaluate_people
from mer_ros.evaluation.reports.people_page import people_page, people_table
from mer_ros.evaluation.reports.report_page import report_page
from mer_ros.evaluation.reports.report_terminal import report_table
from mer_ros.profiles import preset_of
from mer_ros.research.corpora.evaluate_corpus import evaluate_corpus, evaluate_logits
from mer_ros.research.corpora.label_policy import CHOICES, LabelPolicy
from mer_ros.research.corpora.manifest_logits import write_manifest_logits
from mer_ros.research.corpora.read_corpus import CORPORA, is_corpus
from mer_ros.research.corpora.recorded_corpus import read_transcripts
from mer_ros.research.votes.votes_report import DATASET as VOTES
from mer_ros.research.votes.votes_report import evaluate_votes
from mer_ros.research.votes.votes_table import votes_page, votes_table

Report = Mapping[str, Any]

LABELS = tuple(CHOICES)
"""The options that say what labels count as."""


def run_evaluation(
    *, manifest: Path | None, dataset: str | None, bag: Path | None, data: Path | None,
    split: str, profile: str, preset: str | None, json_file: Path | None,
    html_file: Path | None, logits: Sequence[Path] = (), people: bool = False, **options: Any,
) -> None:
    """Evaluate one source, print the report, and write it where a file is named.

    Args:
        manifest: a CSV of recordings; exactly one of this, the next two, ``logits`` and
            ``people`` is given.
        dataset: the name of a data set or corpus.
        bag: a bag with its truth beside it.
        data: the folder of the data sets or of the corpus, for ``dataset``.
        split: part of the data set.
        json_file: where the report goes beside the terminal.
        html_file: where it goes as a page with plots.
        profile: the profile or name of the models.
        preset: of the fusion; None = that of the profile.
        people: measure what is shown of calm people and of nobody, on ``data``.
        logits: files of `mer_ros.research.corpora.logits_file`.
        options: limit, transcripts and labels (corpora), save_logits (these and manifests),
            settings (all but logits and votes), corruptions (data sets and manifests), adapt (data
            sets of speech), topics and audio (bags), which are refused elsewhere.

    Raises:
        ValueError: not exactly one source, or an option that the source does not take.
    """
    if sum(map(bool, (manifest, dataset, bag, logits, people))) != 1:
        raise ValueError('give either --manifest or --dataset or --bag or --logits or --people')
    chosen = dict(options)
    options = {'profile': profile, 'preset': preset or preset_of(profile)}
    show: Callable[[Report], Group] = report_table
    page: Callable[[Report], str] = report_page
    report: Report
    if people:
        if data is None:
            raise ValueError('--people needs --data FOLDER (or MER_ROS_DATA)')
        _allow(chosen, 'calm people')
        report = evaluate_people(data, profile=profile, preset=preset)
        show, page = people_table, people_page
    elif logits:
        _allow(chosen, 'files of logits', *LABELS)
        report = evaluate_logits(logits, preset=options['preset'], policy=_policy(chosen))
    elif manifest is not None:
        _allow(chosen, 'a manifest', 'corruptions', 'save_logits', 'settings')
        report = evaluate_manifest(
            manifest, corruptions=chosen['corruptions'], settings=chosen.get('settings'),
            keep=partial(write_manifest_logits, chosen['save_logits'], manifest.name, profile)
            if chosen.get('save_logits') else None, **options)
    elif bag is not None:
        _allow(chosen, 'a bag', 'topics', 'audio', 'settings')
        if chosen.get('settings'):
            options['make'] = partial(Pipeline, settings=chosen['settings'])
        report, states = evaluate_bag(
            bag, topics=chosen['topics'], audio=chosen.get('audio'), **options)
        page = partial(report_page, states=states)
    elif dataset is None or data is None:
        raise ValueError('--dataset needs --data FOLDER (or MER_ROS_DATA)')
    elif dataset == VOTES:
        _allow(chosen, dataset)
        report, show, page = evaluate_votes(data, split), votes_table, votes_page
    elif is_corpus(dataset, data):
        _allow(chosen, f'the films of {dataset}', 'limit', 'save_logits', 'transcripts',
               'settings', *LABELS)
        report = evaluate_corpus(
            dataset, data, split, limit=chosen.get('limit'), policy=_policy(chosen),
            settings=chosen.get('settings'), save_logits=chosen.get('save_logits'),
            transcripts=read_transcripts(chosen['transcripts']) if chosen.get('transcripts')
            else None, **options)
    elif dataset.partition(':')[0] not in LOADERS:
        raise ValueError(f'no data set is called {dataset!r}; known: {sorted(LOADERS)}; '
                         f'evaluated as a whole: {sorted([*CORPORA, VOTES])}')
    else:
        _allow(chosen, f'the data set {dataset}', 'corruptions', 'adapt', 'settings')
        report = evaluate_dataset(dataset, data, split, corruptions=chosen['corruptions'],
                                  adapt=chosen['adapt'], settings=chosen.get('settings'),
                                  **options)
    Console().print(show(report))
    if json_file is not None:
        write_atomically(json_file, json.dumps(report, indent=1, allow_nan=False) + '\n')
    if html_file is not None:
        write_atomically(html_file, page(report))


def _policy(chosen: Mapping[str, Any]) -> LabelPolicy:
    return LabelPolicy(**{name: chosen[name] for name in LABELS if chosen.get(name)})


def _allow(chosen: Mapping[str, Any], source: str, *names: str) -> None:
    for name in sorted(chosen.keys() - set(names)):
        option = {'topics': 'topic', 'settings': 'set'}.get(name, name.replace('_', '-'))
        if chosen[name]:
            raise ValueError(f'--{option} does not go with {source}; limit, transcripts, truth, '
                             f'calm, contempt and classes are for the films of a corpus, '
                             f'save-logits for these and manifests, set for whatever runs models, '
                             f'corruptions for data sets and manifests, adapt for data sets of '
                             f'speech, topic and audio for bags')
