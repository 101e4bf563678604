"""Who is perceived, and since when in the same way: what every answer is made of."""

from dataclasses import dataclass
from threading import Lock

from mer_ros.data import Emotion
from mer_ros.people import People


@dataclass(frozen=True, slots=True)
class Account:
    """The latest state of a person; ``since`` (ns) is the stamp from which its label has held."""

    state: Emotion
    since: int


class Accounts:
    """Keeps the latest state of each person, and since when its label has held without a break.

    States may come in one thread and be asked for in another.
    """

    def __init__(self) -> None:
        self._people = People()
        self._since: dict[str, int] = {}
        self._lock = Lock()

    def add(self, state: Emotion) -> None:
        """Take a person's next state in; one without a stamp says nothing about when."""
        with self._lock:
            before = self._people.present(0).get(state.person_id)
            self._people.add(state)
            if before is None or not _goes_on(before, state):
                self._since[state.person_id] = state.stamp

    def present(self, now: int) -> dict[str, Account]:
        """Return the account of everybody by person_id, in order, and forget who has left.

        Args:
            now: present time in ns, 0 when there is none: then nobody has left.
        """
        with self._lock:
            present = self._people.present(now)
            self._since = {person: since for person, since in self._since.items()
                           if person in present}
            return {person: Account(state, self._since[person])
                    for person, state in present.items()}


def _goes_on(before: Emotion, after: Emotion) -> bool:
    """Tell whether the label of a state held until the next one came, which has it as well."""
    return (before.label == after.label
            and before.stamp <= after.stamp <= before.stamp + before.valid_for)
