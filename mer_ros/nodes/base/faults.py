"""What goes wrong in a node: counted, logged once in a while, and remembered for diagnostics."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from time import monotonic
import traceback
from typing import Any

from mer_ros.data import LONGEST_MESSAGE
from mer_ros.nodes.base.meter import Meter
from mer_ros.printable import printable

LOG_PERIOD = 5.0
"""Seconds in which the same complaint is logged once."""


class Faults:
    """Refused inputs and failures of one node; safe between threads.

    ``last`` names the last failure.

    Args:
        meter: counts `refused.<reason>` and `errors`.
        logger: returns the logger of the node.
        alive: whether the node still runs; what fails while it ends is no failure.
    """

    def __init__(self, meter: Meter, logger: Callable[[], Any], *, alive: Callable[[], bool]
                 ) -> None:
        self._meter, self._logger, self._alive = meter, logger, alive
        self._logged: dict[str, float] = {}
        self.last = ''

    def refuse(self, reason: str, message: str) -> None:
        """Count a refused input under its reason."""
        self._meter.count(f'refused.{reason}')
        self.warn(reason, message)

    def warn(self, reason: str, message: str) -> None:
        """Log a warning, once in a while for each reason."""
        if self._is_due(reason):
            self._logger().warning(f'[{reason}] {_line(message)}')

    def fail(self, what: str, error: BaseException) -> None:
        """Count a failure, and log where it comes from, once in a while for each kind."""
        self._meter.count('errors')
        self.last = _line(f'{what}: {type(error).__name__}: {error}')
        if self._is_due(f'{what}: {type(error).__name__}'):
            where = ''.join(traceback.format_tb(error.__traceback__))
            self._logger().error(f'{self.last}\n{where}')

    def guard(self, what: str, callback: Callable[..., Any]) -> Callable[..., Any]:
        """Return the callback, whose exceptions are failures and not raised: it returns None."""
        @wraps(callback)
        def guarded(*arguments: Any) -> Any:
            try:
                return callback(*arguments)
            except Exception as error:  # nothing unforeseen may end the process
                if self._alive():
                    self.fail(what, error)
                return None
        return guarded

    def _is_due(self, reason: str) -> bool:
        now = monotonic()
        if now - self._logged.get(reason, -LOG_PERIOD) < LOG_PERIOD:
            return False
        self._logged[reason] = now
        return True


def _line(text: str) -> str:
    """Return a message on one line, whatever it quotes."""
    return printable(' '.join(text.split()), LONGEST_MESSAGE)
