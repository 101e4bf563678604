"""What an LDDU network is made of."""

from dataclasses import dataclass

FUSIONS = ('precision', 'concatenated')
"""precision: centres count by their precision; concatenated: as they are, as in the paper."""

GATES = ('direct', 'entropy', 'learned')
"""See `mer_ros.research.lddu.feature_gate`."""

FINALS = ('both', 'centre', 'variance')
"""Which classifiers the final prediction comes from."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of a network; the numbers are those of the paper (appendix A.1).

    ``dims`` maps each modality to the length of one of its feature vectors; ``width`` is the
    size of frames and label embeddings, ``label_width`` of the features of one label in one
    modality, ``latent`` of centre and variance.  Without ``emotion_space`` an MLP replaces
    the label embeddings (row 1 of table 3).

    Raises:
        ValueError: a choice is unknown, or the heads do not divide the width.
    """

    dims: dict[str, int]
    labels: tuple[str, ...]
    width: int = 256
    layers: int = 3
    heads: int = 8
    dropout: float = 0.3
    label_width: int = 128
    latent: int = 64
    fusion: str = 'precision'
    gate: str = 'direct'
    final: str = 'both'
    emotion_space: bool = True

    def __post_init__(self) -> None:
        """Check the choices."""
        for name, allowed in (('fusion', FUSIONS), ('gate', GATES), ('final', FINALS)):
            if getattr(self, name) not in allowed:
                raise ValueError(f'{name} is {getattr(self, name)!r}; known: {list(allowed)}')
        if self.width % (2 * self.heads) or not self.dims:
            raise ValueError(f'a width of {self.width} is not a multiple of twice {self.heads} '
                             f'heads, or there is no modality in {self.dims}')
