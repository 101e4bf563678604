"""Named settings of the fusion."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings of `fuse`; each of its keywords overrides the one of the same name here.

    ``output_temperature`` None means the projected probability of the Dirichlet, (e + 1) / S; a
    number T means softmax(L / T) of the fused log-scores L.
    """

    evidence: str
    reference: str | float | Mapping[str, float]
    rule: str
    output_temperature: float | None = None
    temperature: float | Mapping[str, float] = 1.0
    reliability: float | Mapping[str, float] = 1.0


PRESETS: dict[str, Preset] = {
    'paper': Preset('shift_min', 'global', 'dempster'),
    'basic': Preset('relu', 'own', 'dempster'),
    'calibrated': Preset('expm1', 'own', 'dempster'),
}
"""Presets by name.

``paper``: eqs. (1)-(12) as printed.  ``basic``: the method that the paper compares with, which it
does not define; evidence = relu(logits) is an assumption.  ``calibrated``: the logits of every
modality, divided by its temperature, count as log-likelihoods; a constant added to one modality
changes nothing and flat logits are ignorance.  Fit the temperatures on held-out data; with an
output temperature its probability is that of the product of the calibrated experts.
"""


def find_preset(name: str) -> Preset:
    """Return the preset of this name; raise ValueError, listing the known names, if none has it."""
    if name not in PRESETS:
        raise ValueError(f'no fusion preset is called {name!r}; known: {sorted(PRESETS)}')
    return PRESETS[name]
