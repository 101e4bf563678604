"""One recording of an audio-visual corpus, as every reader gives it."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mer_ros.emotions import emotion_of

_SHARES = ('train',) * 6 + ('dev',) * 2 + ('test',) * 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """A recording of one person who shows one emotion.

    ``film`` is a file with images, and with sound unless ``sound`` is another file; at least one
    is given.  ``label`` is the corpus' own name of the emotion, in lower case; ``perceived`` is
    the emotion that most raters named, '' where nobody was asked or they are divided;
    ``transcript`` and ``intensity`` are '' where the corpus does not say.
    """

    id: str
    person: str
    label: str
    split: str
    film: Path | None = None
    sound: Path | None = None
    transcript: str = ''
    intensity: str = ''
    perceived: str = ''

    @property
    def emotion(self) -> str | None:
        """The class of `mer_ros.emotions.EMOTIONS` that the label means; None where none does."""
        return emotion_of(self.label)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A recording that cannot be used, and why."""

    id: str
    reason: str


def split_of(corpus: str, person: str) -> str:
    """Return the split of a person: train, dev or test, for about 60, 20 and 20 % of them.

    The rule for corpora that define no splits.  It follows from the names alone, so that nobody
    is ever in two splits, also where only a part of the corpus is there.
    """
    return _SHARES[int(sha256(f'{corpus}/{person}'.encode()).hexdigest()[:8], 16) % len(_SHARES)]


def find(root: Path, pattern: str) -> list[Path]:
    """Return the files that match a pattern in a folder, or one or two folders deeper, in order.

    Archives are unpacked into folders of their own, and these lie in that of the corpus.  Files
    whose name begins with a dot, which some systems add, are none of the corpus.
    """
    found = {file for deeper in ('', '*/', '*/*/') for file in root.glob(f'{deeper}{pattern}')}
    return sorted(file for file in found if file.is_file() and not file.name.startswith('.'))


def by_stem(files: Iterable[Path]) -> dict[str, Path]:
    """Return files by their name without suffix; of several the last one."""
    return {file.stem: file for file in files}
