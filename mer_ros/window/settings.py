"""The settings of event-time windows."""

from dataclasses import dataclass, fields

from mer_ros.data import NANOSECONDS

TRIGGERS = ('complete_or_deadline', 'timer', 'utterance')
"""The ways in which a window may be closed."""

MAX_AGE_HALF_LIVES = 5
"""Half-lives after which evidence is not used any more, unless ``max_age`` is given."""

MIN_PERIOD = NANOSECONDS // 1000
"""Shortest period of the timer: it bounds the ticks that a jump of the clock can cause."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowSettings:
    """How evidence is gathered into windows; every duration is in nanoseconds of event time.

    The defaults are those of the fusion node's parameters, which are made from them.

    Args:
        trigger: 'complete_or_deadline' closes a window when every expected modality is in it, or
            ``length`` after it opened; 'timer' closes one at every multiple of ``period``;
            'utterance' closes one for every message of ``voice``, see `Windows`.
        voice: the modality whose messages are the utterances, with the trigger 'utterance'.
        length: longest time that a window waits for a modality, > 0.
        period: time between two ticks of the timer, >= 1 ms.
        settle: how long to wait for messages that are still on their way after a window closed,
            >= 0.  Longer than the largest delay of arrival, it makes the windows a function of
            event time alone; 0 gives the least latency, and then what counts as late depends on
            the order of arrival.
        max_lateness: how long before the last close a message may lie to be kept for the next
            window, >= 0.
        max_future: how far ahead of the clock a stamp may lie, >= 0.
        half_life: age at which evidence counts half, > 0.
        max_age: evidence is used while it is younger than this; 0 means 5 half-lives.  At least
            ``length + settle`` and ``period``, so that nothing expires inside its own window.
        max_people: people followed at a time, >= 1; while all of them have evidence that has not
            expired, others have to wait.
        max_messages: messages kept a person and modality, >= 1; the oldest gives way.  Should
            exceed the message rate times ``length + settle``.

    Raises:
        ValueError: a setting is out of its range; the message names it, its value and the range.
        TypeError: a duration or a number is not an int.
    """

    trigger: str = 'complete_or_deadline'
    voice: str = 'speech'
    length: int = NANOSECONDS // 4
    period: int = NANOSECONDS // 5
    settle: int = 0
    max_lateness: int = 5 * NANOSECONDS
    max_future: int = NANOSECONDS // 2
    half_life: int = 3 * NANOSECONDS
    max_age: int = 0
    max_people: int = 32
    max_messages: int = 128

    def __post_init__(self) -> None:
        """Check every setting, and fill in the default of ``max_age``."""
        if self.trigger not in TRIGGERS:
            raise ValueError(f'trigger is {self.trigger!r}; choose one of {list(TRIGGERS)}')
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type is int and (isinstance(value, bool) or not isinstance(value, int)):
                raise TypeError(f'{field.name} is {value!r}; give an int (times in nanoseconds)')
        if self.max_age == 0:
            object.__setattr__(self, 'max_age', MAX_AGE_HALF_LIVES * self.half_life)
        self._require('length', 1)
        self._require('period', MIN_PERIOD)
        self._require('settle', 0)
        self._require('max_lateness', 0)
        self._require('max_future', 0)
        self._require('half_life', 1)
        self._require('max_age', max(self.length + self.settle, self.period),
                      ' (the longer of length + settle and period)')
        self._require('max_people', 1)
        self._require('max_messages', 1)

    def _require(self, name: str, least: int, because: str = '') -> None:
        value = getattr(self, name)
        if value < least:
            raise ValueError(f'{name} is {value}; it must be at least {least}{because}')
