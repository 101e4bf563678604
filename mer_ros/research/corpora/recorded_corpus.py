"""What the models said about the clips of a corpus, kept to be evaluated in many ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
import csv
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from mer_ros.data import Logits
from mer_ros.evaluation.perceived import Perceiver
from mer_ros.research.corpora.clip import Clip, Skipped
from mer_ros.research.corpora.clip_evidence import perceive_clip


@dataclass(frozen=True, slots=True)
class RecordedCorpus:
    """The clips in which something was perceived, and what, by modality.

    A modality that is none of the package's is another system's answer.  ``hard`` names those
    systems that gave labels instead of scores.
    """

    dataset: str
    split: str
    profile: str
    clips: list[Clip]
    said: list[dict[str, Logits]]
    skipped: list[Skipped] = field(default_factory=list)
    hard: frozenset[str] = frozenset()

    @property
    def modalities(self) -> tuple[str, ...]:
        """The modalities and systems that said something, in the order of their first words."""
        return tuple(dict.fromkeys(name for one in self.said for name in one))


def record_corpus(dataset: str, split: str, profile: str, clips: Sequence[Clip],
                  skipped: Sequence[Skipped], pipeline: Perceiver) -> RecordedCorpus:
    """Let every clip go through the engines once, see `perceive_clip`."""
    found = RecordedCorpus(dataset, split, profile, [], [], list(skipped))
    for clip in track(clips, description=dataset, console=Console(stderr=True), transient=True):
        evidence, problems = perceive_clip(clip, pipeline)
        found.skipped.extend(Skipped(clip.id, problem) for problem in problems)
        if evidence:
            found.clips.append(clip)
            found.said.append(evidence)
        elif not problems:
            found.skipped.append(
                Skipped(clip.id, 'nothing was perceived: no face, no voice, no words'))
    return found


def with_transcripts(clips: Sequence[Clip], words: Mapping[str, str]) -> list[Clip]:
    """Return the clips with these words by id; raise ValueError where none of the ids is theirs."""
    if not words.keys() & {clip.id for clip in clips}:
        raise ValueError(
            f'no id of the transcripts is that of a clip; given are such as {sorted(words)[:3]}, '
            f'the clips have such as {[clip.id for clip in clips[:3]]}')
    return [replace(clip, transcript=words.get(clip.id, clip.transcript)) for clip in clips]


def read_transcripts(path: Path) -> dict[str, str]:
    """Read what is said by the id of the clip, from a CSV with the columns id and text.

    Raises ValueError for a missing column, an id without words, or one that comes twice.
    """
    words: dict[str, str] = {}
    with path.open(newline='', encoding='utf-8') as file:
        table = csv.DictReader(file)
        missing = [name for name in ('id', 'text') if name not in (table.fieldnames or ())]
        if missing:
            raise ValueError(f'{path} lacks the columns {missing}; needed are id and text')
        for row in table:
            name, text = (row['id'] or '').strip(), (row['text'] or '').strip()
            if not name or not text or name in words:
                problem = 'comes twice' if name in words else 'has no id or no text'
                raise ValueError(f'{path}, line {table.line_num}: {name!r} {problem}')
            words[name] = text
    return words
