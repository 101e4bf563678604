"""Nothing is said while the robot speaks."""

from collections import Counter, OrderedDict

from mer_ros.response.responder import Reply


class Gate:
    """Holds replies back while the robot speaks, the newest of each person.

    What could not be said within ``timeout`` is dropped; an urgent reply is then said all the
    same.  At most ``limit`` replies are held.

    Args:
        timeout: nanoseconds of the node's time.
        limit: replies that are held at the same time.
        counts: where ``held``, ``replaced`` and ``hold_timeout`` are counted.
    """

    def __init__(self, *, timeout: int, limit: int, counts: Counter[str]) -> None:
        self.timeout = timeout
        self.speaking = False
        self._limit = limit
        self._counts = counts
        self._held: OrderedDict[str, tuple[Reply, int]] = OrderedDict()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held."""
        return not self._held

    def clear(self) -> None:
        """Drop everything that is held."""
        self._held.clear()

    def offer(self, reply: Reply, now: int) -> None:
        """Take a reply in at this time; an urgent one is not replaced by one that is not."""
        person = reply.response.person_id
        before, _ = self._held.get(person, (None, 0))
        if before is not None:
            self._counts['replaced'] += 1
            if before.urgent and not reply.urgent:
                return
        self._held[person] = reply, now
        if self.speaking:
            self._counts['held'] += 1
        while len(self._held) > self._limit:
            self._held.popitem(last=False)

    def release(self, now: int) -> list[Reply]:
        """Return what may be said now, in the order in which it was offered."""
        released = []
        for person, (reply, since) in list(self._held.items()):
            is_late = now - since >= self.timeout
            if self.speaking and not is_late:
                continue
            del self._held[person]
            if self.speaking and not reply.urgent:
                self._counts['hold_timeout'] += 1
            else:
                released.append(reply)
        return released
