"""A thread that does the slow work of a node, so that its executor never waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition, Thread

Job = Callable[[], object]


class Worker:
    """Does jobs in a thread of its own, from a queue that never grows beyond ``capacity``.

    A full queue drops its oldest job: with a capacity of 1 only the newest one waits, which is
    what a camera needs.  A job must handle its own errors.
    """

    def __init__(self, *, capacity: int, name: str) -> None:
        self._waiting: deque[Job] = deque()
        self._capacity = capacity
        self._changed = Condition()
        self._stopping = False
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, job: Job) -> bool:
        """Hand over a job; return False if an older one had to be dropped for it."""
        with self._changed:
            fits = len(self._waiting) < self._capacity
            if not fits:
                self._waiting.popleft()
            self._waiting.append(job)
            self._changed.notify()
        return fits

    def clear(self) -> None:
        """Forget what waits."""
        with self._changed:
            self._waiting.clear()

    def stop(self) -> None:
        """Forget what waits, let the job in progress finish, and end the thread."""
        with self._changed:
            self._waiting.clear()
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    return
                job = self._waiting.popleft()
            job()
