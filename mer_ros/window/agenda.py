"""Whose window is due, without asking everybody."""

from heapq import heapify, heappop, heappush

from mer_ros.window.plan import Plan

_SPARE = 64
"""How many outdated entries are kept, besides one for each person, before they are cleared away."""


class Agenda:
    """The plans of all people, in the order in which their windows close.

    A plan that was replaced stays in the heap until its time comes or too many are outdated.
    """

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}
        self._settled: set[str] = set()
        self._closes: list[tuple[int, str]] = []

    def clear(self) -> None:
        """Forget all plans."""
        self._plans.clear()
        self._settled.clear()
        self._closes.clear()

    @property
    def first(self) -> int | None:
        """The earliest close of all plans, or None."""
        while self._closes and not self._holds(*self._closes[0]):
            heappop(self._closes)
        return self._closes[0][0] if self._closes else None

    def plan(self, person_id: str) -> Plan:
        """Return the plan of a person who has one."""
        return self._plans[person_id]

    def put(self, person_id: str, plan: Plan | None) -> None:
        """Set the plan of a person; None where there is no next window."""
        old = self._plans.pop(person_id, None)
        self._settled.discard(person_id)
        if plan is None:
            return
        self._plans[person_id] = plan
        if plan.settled:
            self._settled.add(person_id)
        if old is None or old.close != plan.close:
            heappush(self._closes, (plan.close, person_id))
            if len(self._closes) > 2 * len(self._plans) + _SPARE:
                self._closes = [(each.close, name) for name, each in self._plans.items()]
                heapify(self._closes)

    def due(self, time: int) -> list[str]:
        """Return those whose plan is settled or closes at ``time`` or before, each once."""
        if not self._settled and not (self._closes and self._closes[0][0] <= time):
            return []
        due = set(self._settled)
        kept = []
        while self._closes and self._closes[0][0] <= time:
            entry = heappop(self._closes)
            if self._holds(*entry):
                due.add(entry[1])
                kept.append(entry)  # until its plan is replaced
        for entry in kept:
            heappush(self._closes, entry)
        return sorted(due)

    def _holds(self, close: int, person_id: str) -> bool:
        plan = self._plans.get(person_id)
        return plan is not None and plan.close == close
