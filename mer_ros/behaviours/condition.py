"""When a person counts as feeling an emotion: without ROS, without a behaviour tree."""

from mer_ros.data import Emotion, NANOSECONDS, nanoseconds
from mer_ros.emotions import UNKNOWN

MIN_PROBABILITY = 0.6
"""Probability from which on an emotion is believed, where nothing else is said."""


class EmotionCondition:
    """Decides whether one person has felt an emotion for a while, from the states perceived.

    The emotion begins with a state that gives it ``min_probability`` and is uncertain by no more
    than ``max_uncertainty``.  It ends with a state that gives it less than ``min_probability -
    hysteresis``, that is more uncertain or whose label is 'unknown', or when a state expires
    before the next one comes.  In between, a state counts until the next one: they come when
    there is new evidence, not at a fixed rate.  The emotion holds ``hold_time`` after the stamp of
    the state it began with, so that it is event time that counts, however late or seldom the
    tree is ticked and however fast a bag is replayed.  Where several emotions may be present at
    once (``multi_label``), it is the emotion's own uncertainty that counts, and without a
    ``min_probability`` whether the state lists it as present, by the threshold of its network.

    Args:
        label: the emotion, one of the labels of the states.
        min_probability: probability at which it begins, above 0 and at most 1; None is
            MIN_PROBABILITY, or presence where states list it.
        max_uncertainty: highest uncertainty, 0 to 1.
        hold_time: seconds of event time, >= 0; 0 believes a state as soon as it comes.
        hysteresis: by how much the probability may fall once it has begun, from 0 to less than
            ``min_probability``.

    Raises:
        ValueError: a value is out of its range.
    """

    def __init__(
        self,
        label: str,
        *,
        min_probability: float | None = None,
        max_uncertainty: float = 0.5,
        hold_time: float = 0.0,
        hysteresis: float = 0.1,
    ) -> None:
        self.by_presence = min_probability is None
        if min_probability is None:
            min_probability = MIN_PROBABILITY
        if not label or label == UNKNOWN:
            raise ValueError(f'the emotion is {label!r}; name one that the states have as a label')
        if not 0.0 < min_probability <= 1.0:
            raise ValueError(f'min_probability is {min_probability}, allowed is 0 < p <= 1')
        if not 0.0 <= max_uncertainty <= 1.0:
            raise ValueError(f'max_uncertainty is {max_uncertainty}, allowed is 0 to 1')
        if not 0.0 <= hold_time < float('inf'):
            raise ValueError(f'hold_time is {hold_time} s, allowed is 0 or more')
        if not 0.0 <= hysteresis < min_probability:
            raise ValueError(
                f'hysteresis is {hysteresis}, allowed is 0 <= h < {min_probability}, the '
                f'min_probability')
        self.label = label
        self.min_probability = min_probability
        self.max_uncertainty = max_uncertainty
        self.hold_time = hold_time
        self.hysteresis = hysteresis
        self._since: int | None = None
        self._last: Emotion | None = None

    def reset(self) -> None:
        """Forget everything that was perceived."""
        self._since = self._last = None

    def add(self, state: Emotion) -> None:
        """Take the next state of the person in.

        A state that is older than the one before it starts anew: the source has restarted.

        Raises:
            ValueError: the states do not have the emotion among their labels.
        """
        if self.label not in state.labels:
            raise ValueError(
                f'the emotion {self.label!r} is not among the labels {list(state.labels)}')
        last = self._last
        if last and not last.stamp <= state.stamp <= last.stamp + last.valid_for:
            self._since = None
        self._last = state
        if self._why_not(state):
            self._since = None
        elif self._since is None:
            self._since = state.stamp

    def check(self, now: int) -> tuple[bool, str]:
        """Return whether the emotion holds at ``now`` (ns; 0 = no time yet), and why or why not."""
        last = self._last
        if last is None:
            return False, 'nothing has been perceived yet'
        if problem := too_old(last, now):
            return False, problem
        if self._since is None:
            return False, self._why_not(last)
        held = max(now, last.stamp) - self._since
        what = f'{self.label} at {self._probability(last):.2f} for {held / NANOSECONDS:.1f} s'
        if held < nanoseconds(self.hold_time):
            return False, f'{what} of {self.hold_time:.1f} s'
        return True, what

    def _probability(self, state: Emotion) -> float:
        return float(state.probability[state.labels.index(self.label)])

    def _uncertainty(self, state: Emotion) -> float:
        if not state.multi_label:
            return state.uncertainty
        return float(state.label_uncertainty[state.labels.index(self.label)])

    def _why_not(self, state: Emotion) -> str:
        """Return what keeps the emotion from beginning or going on; '' when nothing does."""
        if state.label == UNKNOWN:
            return 'the emotion is unknown'
        uncertainty, probability = self._uncertainty(state), self._probability(state)
        # Both are written so that what is no number, or none between 0 and 1, does not pass.
        if not 0.0 <= uncertainty <= self.max_uncertainty:
            return f'uncertainty {uncertainty:.2f} is above {self.max_uncertainty:.2f}'
        if self.by_presence and state.present:
            if self.label in state.present:
                return ''
            return f'{self.label} is not present; present is {", ".join(state.present)}'
        least = self.min_probability - (self.hysteresis if self._since is not None else 0.0)
        if not least <= probability <= 1.0 + 1e-6:
            return (f'{self.label} at {probability:.2f} is below {least:.2f}, '
                    f'perceived is {state.label}')
        return ''


def too_old(state: Emotion, now: int) -> str:
    """Return why a state must not be believed at ``now`` (ns; 0 = no time yet), '' if it may.

    One that lies further ahead than it is valid is left over from before the clock jumped back.
    """
    age = now - state.stamp
    if now <= 0:
        return 'there is no time yet: is /clock published?'
    if not state.valid_for:
        return 'the person is no longer perceived'
    if age > state.valid_for:
        return f'the last state is {age / NANOSECONDS:.1f} s old and has expired'
    if age < -state.valid_for:
        return f'the last state lies {-age / NANOSECONDS:.1f} s ahead: do the clocks agree?'
    return ''
