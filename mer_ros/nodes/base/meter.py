"""Counting what a node receives, drops, refuses and publishes; thread-safe."""

from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import chain
from statistics import median, quantiles
from threading import Lock

RECENT = 256
"""How many inference times the medians are taken over."""


@dataclass(frozen=True)
class Reading:
    """What a meter showed: totals since the start, and what changed since the reading before."""

    totals: Counter[str]
    recent: Counter[str]
    seconds: list[float] = field(default_factory=list)
    ages: dict[str, list[float]] = field(default_factory=dict)
    idle: float | None = None
    load: float = 0.0
    """Processor time of the processing since the reading before, as a share of one core."""

    @property
    def median_ms(self) -> float:
        """Median processing time in milliseconds, 0 before the first."""
        return 1e3 * median(self.seconds) if self.seconds else 0.0

    @property
    def age_ms(self) -> float:
        """Median age of the inputs taken up since the reading before, in ms; 0 without any."""
        return 1e3 * median(chain(*self.ages.values())) if self.ages else 0.0

    @property
    def p95_ms(self) -> float:
        """95th percentile of the processing time in milliseconds, 0 before the first."""
        if len(self.seconds) < 2:
            return self.median_ms
        return 1e3 * quantiles(self.seconds, n=20, method='inclusive')[-1]


class Meter:
    """Counts events by name and remembers how long processing took."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._totals: Counter[str] = Counter()
        self._read: Counter[str] = Counter()
        self._seconds: deque[float] = deque(maxlen=RECENT)
        self._ages: dict[str, deque[float]] = {}
        self._last_input: float | None = None
        self._worked = 0.0
        self._read_at: float | None = None

    def count(self, name: str, by: int = 1) -> None:
        """Count an event."""
        with self._lock:
            self._totals[name] += by

    def received(self, at: float) -> None:
        """Count an input that arrived ``at`` this time of a steady clock, in seconds."""
        with self._lock:
            self._totals['received'] += 1
            self._last_input = at

    def aged(self, name: str, seconds: float) -> None:
        """Remember how old an input of this name was when work on it began."""
        with self._lock:
            self._ages.setdefault(name, deque(maxlen=RECENT)).append(seconds)

    def took(self, seconds: float, processor: float = 0.0) -> None:
        """Remember how long one input took, and how much of that the processor worked on it."""
        with self._lock:
            self._worked += processor
            self._totals['processed'] += 1
            self._seconds.append(seconds)

    def read(self, at: float) -> Reading:
        """Return the counts at this time of the same steady clock, in seconds."""
        with self._lock:
            recent = self._totals - self._read
            self._read = self._totals.copy()
            idle = None if self._last_input is None else at - self._last_input
            ages = {name: list(some) for name, some in self._ages.items()}
            self._ages.clear()
            elapsed = 0.0 if self._read_at is None else at - self._read_at
            load = self._worked / elapsed if elapsed > 0.0 else 0.0
            self._worked, self._read_at = 0.0, at
            return Reading(self._totals.copy(), recent, list(self._seconds), ages, idle, load)
