"""Labelled inputs of one modality, as every data set loader returns them."""

from dataclasses import dataclass
from typing import Any

from mer_ros.emotions import EMOTIONS


@dataclass(frozen=True, slots=True)
class Samples:
    """One split of one data set.

    ``inputs`` holds what the model of the modality takes (str, float32 waveforms at 16 kHz, or
    uint8 RGB crops); ``labels`` one emotion an input; ``groups`` what belongs together (speaker,
    person, dialogue), so that intervals can be drawn over independent units; ``modality`` is
    text, speech or face.

    Raises:
        ValueError: the lists differ in length or a label is not one of the seven emotions.
    """

    inputs: list[Any]
    labels: list[str]
    groups: list[str]
    modality: str

    def __post_init__(self) -> None:
        """Refuse lists that do not belong together."""
        lengths = {len(self.inputs), len(self.labels), len(self.groups)}
        if len(lengths) != 1:
            raise ValueError(
                f'samples need one label and one group an input; given {len(self.inputs)} inputs, '
                f'{len(self.labels)} labels, {len(self.groups)} groups')
        unknown = sorted(set(self.labels) - set(EMOTIONS))
        if unknown:
            raise ValueError(f'labels {unknown} are unknown; allowed: {list(EMOTIONS)}')

    def __len__(self) -> int:
        """Return the number of inputs."""
        return len(self.inputs)
