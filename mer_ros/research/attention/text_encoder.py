"""Which encoder of words the attention fusion reads, and what it was trained on."""

from dataclasses import dataclass
import json
from pathlib import Path

from mer_ros.emotions import emotion_of

FEW = 3
"""Classes that are emotions from which on a classifier was tuned on emotions."""


@dataclass(frozen=True, slots=True)
class TextEncoder:
    """A folder of transformers: its name, architecture, and the emotions that it was tuned on."""

    folder: Path
    name: str
    kind: str
    emotions: tuple[str, ...]

    @property
    def about(self) -> str:
        """What it is, for the report."""
        if not self.emotions:
            return f'{self.name} ({self.kind}), not tuned on emotions'
        return (f'{self.name} ({self.kind}), tuned on emotions ({", ".join(self.emotions)}): '
                f'figures on texts that it may have learned from are flattering')


def find_encoder(folder: Path | None, *, allow_tuned: bool = False) -> TextEncoder:
    """Return what a folder holds.

    Args:
        folder: as `save_pretrained` of transformers writes it, such as a copy of
            bert-base-uncased.
        allow_tuned: take a model, too, that was tuned on emotions.

    Raises:
        ValueError: no folder is given, or its model was tuned on emotions.
        FileNotFoundError: the folder has no config.json.
    """
    if folder is None:
        raise ValueError('the features of the paper need a BERT: give the folder of a pretrained '
                         'one, such as a copy of bert-base-uncased, with --text-model')
    file = Path(folder) / 'config.json'
    if not file.is_file():
        raise FileNotFoundError(f'{file} does not exist; needed is a folder as save_pretrained of '
                                f'transformers writes it')
    config = json.loads(file.read_text(encoding='utf-8'))
    names = [str(name) for name in (config.get('id2label') or {}).values()]
    emotions = tuple(name for name in names if emotion_of(name))
    tuned = emotions if len(emotions) >= FEW else ()
    found = TextEncoder(Path(folder), Path(folder).resolve().name,
                        str(config.get('model_type', 'unknown')), tuned)
    if tuned and not allow_tuned:
        raise ValueError(
            f'{found.about}. j-hartmann\'s DistilRoBERTa, for one, learned GoEmotions and MELD.  '
            f'Give a BERT that was not, or --allow-tuned')
    return found
