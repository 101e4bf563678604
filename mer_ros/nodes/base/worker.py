"""A thread that does the slow work of a node, so that its executor never waits."""

from collections import deque
from collections.abc import Callable
from threading import Condition, current_thread, Lock, Thread
from time import monotonic
from typing import Any

Job = Callable[[], object]

DEADLINE = 1.0
"""Seconds that the executor waits at most for the thread, when it ends or starts afresh."""


class Worker:
    """Does jobs in a thread of its own, control before data.

    Data (``put``) waits in a queue of ``capacity``; a full one drops its oldest job: with a
    capacity of 1 only the newest waits, which is what a camera needs.  Control jobs (``control``)
    are never dropped and run before any data that waits.

    ``renew`` begins a new generation: data that waits is discarded, and what a job of an older
    generation still gives to ``deliver`` is not delivered.

    A job that raises does not end the thread; ``on_error`` is told, in the thread.
    """

    def __init__(
        self, *, capacity: int, name: str, on_error: Callable[[BaseException], object]
    ) -> None:
        self._capacity = capacity
        self._on_error = on_error
        self._changed = Condition()
        self._delivering = Lock()
        self._control: dict[Job, int] = {}  # with the generation that asked for it
        self._data: deque[Job] = deque()
        self._idle: Job | None = None
        self._generation = 0
        self._generation_of_job = 0
        self._began: float | None = None
        self._stopping = False
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def busy(self) -> float:
        """For how many seconds the job in progress has been running; 0 without one."""
        began = self._began
        return 0.0 if began is None else monotonic() - began

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        with self._changed:
            return self._began is None and not self._has_job()

    @property
    def waiting(self) -> int:
        """How much data waits."""
        return len(self._data)

    def put(self, job: Job) -> bool:
        """Hand over a job on data; return False if an older one had to be dropped for it."""
        with self._changed:
            if self._stopping:
                return False
            fits = len(self._data) < self._capacity
            if not fits:
                self._data.popleft()
            self._data.append(job)
            self._changed.notify()
        return fits

    def when_idle(self, job: Job) -> None:
        """Have a job done once nothing else waits; the last that was asked for counts."""
        with self._changed:
            if not self._stopping:
                self._idle = job
                self._changed.notify()

    def control(self, job: Job) -> None:
        """Have a job done before all data; asked for twice, it is done once, at the later turn."""
        with self._changed:
            self._control.pop(job, None)
            if not self._stopping:
                self._control[job] = self._generation
                self._changed.notify()

    def renew(self) -> int:
        """Begin a new generation; return how many jobs on data were discarded.

        When it returns, nothing of an older generation is delivered any more.
        """
        in_time = self._delivering.acquire(timeout=DEADLINE)
        try:
            with self._changed:
                self._generation += 1
                discarded = len(self._data)
                self._data.clear()
                self._idle = None
                return discarded
        finally:
            if in_time:
                self._delivering.release()

    def deliver(self, act: Callable[..., object], *arguments: Any) -> bool:
        """Publish or store a result of the job in progress; return False if it is out of date.

        So is whatever another thread gives, such as one of a worker that was stopped.
        """
        with self._delivering:
            if (current_thread() is not self._thread
                    or self._generation_of_job != self._generation):
                return False
            act(*arguments)
            return True

    def stop(self) -> bool:
        """Discard what waits and end the thread; return False if a job outlasts the deadline.

        The thread then ends after that job, of which nothing is delivered.
        """
        self.renew()
        with self._changed:
            self._stopping = True
            self._control.clear()
            self._changed.notify()
        self._thread.join(DEADLINE)
        return not self._thread.is_alive()

    def _has_job(self) -> bool:
        return bool(self._control or self._data or self._idle)

    def _next(self) -> Job | None:
        with self._changed:
            self._began = None
            while not (self._has_job() or self._stopping):
                self._changed.wait()
            if self._stopping:
                return None
            self._generation_of_job = self._generation
            if self._control:
                job = next(iter(self._control))
                self._generation_of_job = self._control.pop(job)
            elif self._data:
                job = self._data.popleft()
            else:
                job, self._idle = self._idle, None
            self._began = monotonic()
            return job

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except BaseException as error:  # SystemExit too would end the thread without a word
                self._on_error(error)
