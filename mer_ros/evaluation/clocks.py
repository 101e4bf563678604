"""Do the clocks agree by which the topics of a bag were stamped and received?"""

from collections.abc import Iterator

from mer_ros.data import NANOSECONDS, Words
from mer_ros.engines.pipeline import Input, time_of

FAR = NANOSECONDS
"""Stamps that are further than this from the time of receipt, in ns, are of another clock."""

FAR_WORDS = 30 * NANOSECONDS
"""So long, in ns, a speech recogniser may think about words that are stamped with their end."""

_UPTIME = 300_000_000 * NANOSECONDS
"""Stamps below this (1979) do not count from 1970, but from when something started."""


class Clocks:
    """Compares the stamps of each topic with the times at which its messages were received.

    The smallest difference of a topic counts: it holds the least delay on the way.
    """

    def __init__(self) -> None:
        self._least: dict[str, tuple[int, int, bool]] = {}

    def see(self, topic: str, item: Input, received: int) -> None:
        """Take in an input and the time of its receipt in nanoseconds."""
        ahead = time_of(item) - received
        least = self._least.get(topic)
        if least is None or abs(ahead) < abs(least[0]):
            self._least[topic] = ahead, time_of(item), isinstance(item, Words)

    def notes(self) -> Iterator[str]:
        """Yield a sentence for each topic whose stamps do not fit."""
        for topic, (ahead, stamp, are_words) in self._least.items():
            if abs(ahead) <= (FAR_WORDS if are_words and ahead < 0 else FAR):
                continue
            seconds = abs(ahead) / NANOSECONDS
            way = 'ahead of' if ahead > 0 else 'behind'
            told = f'the stamps of {topic} are {seconds:.1f} s {way} the time of receipt'
            if stamp < _UPTIME < stamp - ahead:
                told += f': they count from a start, not from 1970 ({stamp / 1e9:.1f} s)'
            yield f'{told}; only topics of one clock can be fused: synchronise the clocks'
