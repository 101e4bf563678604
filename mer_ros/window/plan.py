"""What is known of the next window of a person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """The next window of a person as far as it is known: from ``start`` up to ``close``.

    ``settled`` says that it may close without waiting for the clock.  ``expired`` is the end of
    the person's evidence; ``forgets`` the end of what waits and will belong to no window.
    """

    start: int
    close: int
    settled: bool = False
    expired: bool = False
    forgets: bool = False
