"""Who is perceived at present, for views: without ROS."""

from mer_ros.data import Emotion, nanoseconds

MOST = 256
"""Of how many people the latest state is held; further ones wait until somebody has left."""

KEPT = nanoseconds(10.0)
"""How long a person is still shown after the last state has expired."""


class People:
    """The latest state of each person, until it has been expired for a while."""

    def __init__(self) -> None:
        self._latest: dict[str, Emotion] = {}

    def add(self, state: Emotion) -> None:
        """Take a person's next state in, if there is room for one more."""
        if state.person_id in self._latest or len(self._latest) < MOST:
            self._latest[state.person_id] = state

    def clear(self) -> None:
        """Forget everybody."""
        self._latest.clear()

    def present(self, now: int) -> dict[str, Emotion]:
        """Return the states by person_id, in order, and forget who has left.

        Args:
            now: present time in ns, 0 when there is none.  A state that lies far ahead of it is
                left over from before the clock was set back.
        """
        if now:
            self._latest = {
                person: state for person, state in self._latest.items()
                if -KEPT <= now - state.stamp <= state.valid_for + KEPT}
        return dict(sorted(self._latest.items()))
