"""What the models said about the recordings of a manifest, as the file of `logits_file`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mer_ros.data import Logits
from mer_ros.emotions import EMOTIONS
from mer_ros.evaluation.datasets.manifest import Row
from mer_ros.evaluation.recorded_evidence import Evidence
from mer_ros.research.corpora.clip import Clip
from mer_ros.research.corpora.logits_file import write_logits
from mer_ros.research.corpora.recorded_corpus import RecordedCorpus


def write_manifest_logits(path: Path, name: str, profile: str, rows: Sequence[Row],
                          evidence: Evidence, models: Mapping[str, str]) -> None:
    """Write the logits of every row in which something was perceived.

    Args:
        path: of the file.
        name: of the manifest.
        profile: the profile or name of the models.
        rows: of the manifest.
        evidence: what the models said about these rows.
        models: their names by modality.
    """
    found = RecordedCorpus(name, 'all', profile, [], [])
    for place, row in enumerate(rows):
        said = {modality: Logits(
            1, modality, _named(EMOTIONS, scores.named), scores.logits[place][scores.named],
            model=models[modality])
            for modality, scores in evidence.scores.items() if scores.present[place]}
        if said:
            found.clips.append(Clip(id=row.id, person=row.person or '', label=row.label, split=''))
            found.said.append(said)
    write_logits(path, found)


def _named(labels: Sequence[str], mask: Sequence[bool]) -> tuple[str, ...]:
    return tuple(label for label, known in zip(labels, mask, strict=True) if known)
