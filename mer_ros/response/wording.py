"""How strongly and how surely an emotion may be spoken about."""

from dataclasses import dataclass

from mer_ros.data import Emotion
from mer_ros.emotions import UNKNOWN

MIXED = 'mixed'
"""What is spoken about when the modalities contradict each other."""

INTENSITIES = ('low', 'medium', 'high')
"""How strongly an emotion is perceived, in rising order."""


@dataclass(frozen=True, slots=True)
class Mood:
    """What to speak about: an emotion, MIXED or UNKNOWN; how strong it is, and how sure that is."""

    emotion: str
    intensity: str = 'low'
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Where one way of speaking ends and the next begins; all numbers lie in [0, 1].

    Above ``max_uncertainty`` nothing is claimed.  A sure wording asks for an uncertainty of at
    most ``sure_uncertainty`` and a probability of at least ``sure_probability``.  The intensity
    goes by probability x (1 - uncertainty), medium from ``medium`` on and high from ``high``.
    From a conflict of ``mixed_conflict`` on, the signals are mixed, unless they would be too
    uncertain without the conflict too.  At 0.4 the label is about as often wrong as right (CREMA-D,
    dev actors, with words: wrong in 0.57 of the states from there on, in 0.21 of the others).

    Raises:
        ValueError: a number is outside [0, 1], or two of them are in the wrong order.
    """

    max_uncertainty: float = 0.6
    sure_uncertainty: float = 0.3
    sure_probability: float = 0.7
    medium: float = 0.35
    high: float = 0.7
    mixed_conflict: float = 0.4

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f'{name} is {value}; it must lie in 0 to 1')
        for low, high in (('medium', 'high'), ('sure_uncertainty', 'max_uncertainty')):
            if getattr(self, low) > getattr(self, high):
                raise ValueError(f'{low} {getattr(self, low)} is above {high} '
                                 f'{getattr(self, high)}; it must not be')

    def read(self, state: Emotion) -> Mood:
        """Return what to speak about; UNKNOWN where the state abstains or is too uncertain."""
        # Written so that NaN, which a foreign publisher might send, claims nothing.
        if state.label == UNKNOWN:
            return Mood(UNKNOWN)
        mixed = state.conflict >= self.mixed_conflict
        agreeing = 1.0 - state.conflict if mixed else 1.0
        if not 1.0 - state.uncertainty >= (1.0 - self.max_uncertainty) * agreeing:
            return Mood(UNKNOWN)
        if mixed:
            return Mood(MIXED)
        strength = state.confidence * (1.0 - state.uncertainty)
        reached = sum(strength >= least for least in (self.medium, self.high))
        return Mood(state.label, INTENSITIES[reached], (
            state.uncertainty <= self.sure_uncertainty
            and state.confidence >= self.sure_probability))
