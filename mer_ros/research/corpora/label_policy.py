"""What the labels of a corpus count as: the choices that its papers leave open."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from mer_ros.emotions import emotion_of, EMOTIONS
from mer_ros.research.corpora.clip import Clip

CHOICES: dict[str, tuple[str, ...]] = {
    'truth': ('intended', 'perceived'),
    'calm': ('unseen', 'neutral', 'drop'),
    'contempt': ('unseen', 'neutral', 'disgust', 'drop'),
    'classes': ('seven', 'shown'),
}
"""What each choice may be; the first is the default."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelPolicy:
    """How the labels of a corpus are scored.

    Args:
        truth: the emotion that the actor was asked for, or the one that most raters perceived
            (CREMA-D; clips on which they are divided are left out).
        calm: of RAVDESS: a class that no model knows, in no accuracy; neutral; or left out.
        contempt: of MEAD: a class that no model knows, neutral, disgust, or left out.
        classes: answers are chosen among all seven classes, or among those alone that the clips
            show (six of CREMA-D and eNTERFACE).

    Raises:
        ValueError: a choice is not allowed; the message says what is.
    """

    truth: str = 'intended'
    calm: str = 'unseen'
    contempt: str = 'unseen'
    classes: str = 'seven'

    def __post_init__(self) -> None:
        """Check every choice."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value not in CHOICES[field.name]:
                raise ValueError(f'{field.name}={value!r} is not one of '
                                 f'{list(CHOICES[field.name])}')

    def label_of(self, clip: Clip) -> str | None:
        """Return the label that counts, an emotion where it means one; None leaves the clip out."""
        label = clip.perceived if self.truth == 'perceived' else clip.label
        if label in ('calm', 'contempt'):
            choice: str = getattr(self, label)
            if choice == 'drop':
                return None
            return label if choice == 'unseen' else choice
        return emotion_of(label) or label or None

    def within(self, labels: Sequence[str]) -> NDArray[np.intp] | None:
        """Return the classes that may be answered, None for all, given the labels that count."""
        if self.classes == 'seven':
            return None
        return np.array([index for index, name in enumerate(EMOTIONS) if name in labels],
                        dtype=np.intp)

    def sentence(self, dropped: int) -> str:
        """Return the policy as a sentence for the report."""
        scored = ('all seven classes may be answered' if self.classes == 'seven' else
                  'only the classes that the clips show may be answered')
        return (f'Labels: the {self.truth} emotion; calm is {_of(self.calm)}, contempt '
                f'{_of(self.contempt)}; {scored}; {dropped} clips are left out.')


def _of(choice: str) -> str:
    return {'unseen': 'a class of its own, in no accuracy', 'drop': 'left out'}.get(
        choice, f'taken for {choice}')
