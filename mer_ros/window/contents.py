"""What a window hands on to fusion."""

from collections.abc import Mapping
from dataclasses import dataclass

from mer_ros.data import Logits


@dataclass(frozen=True, slots=True)
class Evidence:
    """The newest message of one modality, and how old it is.

    ``age`` is the time from its stamp to the window's reference time in nanoseconds, >= 0;
    ``freshness`` is 2 ** (-age / half_life), in (0, 1].
    """

    logits: Logits
    age: int
    freshness: float


@dataclass(frozen=True, slots=True)
class Window:
    """The evidence about one person that belongs together.

    ``start`` is when the window opened and ``time`` the reference from which ages are measured
    (both nanoseconds of event time).  ``evidence`` and ``missing`` share the configured
    modalities between them, in the configured order.  ``expired`` is True when the last evidence
    about the person has grown too old: nothing is left, and nothing follows until new evidence.
    """

    person_id: str
    start: int
    time: int
    evidence: Mapping[str, Evidence]
    missing: tuple[str, ...]
    expired: bool = False
