"""Who is who among the faces, bodies, voices and persons of REP-155."""

from collections import Counter, OrderedDict
from collections.abc import Iterable
import re

from mer_ros.data import BadInput

KINDS = ('person', 'face', 'body', 'voice')
"""What an id may belong to, by the names of the constants of hri_msgs/IdsMatch."""

MATCHES_KEPT = 1024
"""Matches that are remembered; the one longest without news is forgotten first."""

_TOPIC_NAME = re.compile('[A-Za-z_][A-Za-z0-9_]{0,63}')

Human = tuple[str, str]
"""A kind and an id."""


class HumanIds:
    """Follows faces and voices, and joins them to persons by the matches between them.

    As in hri_person_manager, two ids belong together when a path of matches leads from one to
    the other, with at most one id of each kind on it, whose likelihood, the product of the
    confidences, reaches ``threshold``.  A face or voice is the person that is most likely.
    Without one a face goes by its own id, a voice by what its likeliest face goes by, or by none
    ('').  Of equal paths that to the id first in the alphabet counts, so that the order in which
    matches came does not matter.

    At most ``limit`` faces and as many voices are followed.  ``counts`` says how often there was
    one more (``crowded``) or an id was no topic name (``bad_id``).
    """

    def __init__(self, *, threshold: float = 0.5, limit: int = 32) -> None:
        if not 0.0 <= threshold <= 1.0 or limit < 1:
            raise ValueError(f'threshold {threshold} and limit {limit} cannot be used; needed is '
                             f'0 <= threshold <= 1 and limit >= 1')
        self.counts: Counter[str] = Counter()
        self._threshold = threshold
        self._limit = limit
        self.reset()

    def reset(self) -> None:
        """Forget everybody and all matches; the counts stay."""
        self._followed: dict[str, tuple[str, ...]] = {'face': (), 'voice': ()}
        self._matches: OrderedDict[tuple[Human, Human], float] = OrderedDict()
        self._neighbours: dict[Human, dict[Human, float]] = {}
        self._known: dict[Human, str] = {}

    def followed(self, kind: str) -> tuple[str, ...]:
        """Return the faces or voices that are followed, the one followed longest first."""
        return self._followed[kind]

    def track(self, kind: str, ids: Iterable[str]) -> tuple[str, ...]:
        """Take in which faces or voices there are; return those that are followed now."""
        named = list(dict.fromkeys(ids))
        present = [name for name in named if _TOPIC_NAME.fullmatch(name)]
        stay = [name for name in self._followed[kind] if name in present]
        new = [name for name in present if name not in stay]
        room = self._limit - len(stay)
        self.counts['bad_id'] += len(named) - len(present)
        self.counts['crowded'] += len(new[room:])
        self._followed[kind] = (*stay, *new[:room])
        self._known.clear()
        return self._followed[kind]

    def match(self, one: Human, other: Human, confidence: float) -> None:
        """Take in how likely two ids belong together; 0 says that they do not.

        Raises:
            BadInput: ``match``, for what is no pair of two ids; ``confidence``, outside [0, 1].
        """
        if one[1] == other[1] or not all(kind in KINDS and name for kind, name in (one, other)):
            raise BadInput('match', (
                f'{one} and {other} cannot be matched; needed are two different ids, each with a '
                f'kind of {list(KINDS)}'))
        if not 0.0 <= confidence <= 1.0:
            raise BadInput('confidence', (
                f'a match with confidence {confidence} cannot be used; it must be in [0, 1]'))
        pair = min(one, other), max(one, other)
        self._drop(pair)
        if confidence > 0.0 and confidence >= self._threshold:
            self._matches[pair] = confidence
            for this, that in (pair, pair[::-1]):
                self._neighbours.setdefault(this, {})[that] = confidence
            if len(self._matches) > MATCHES_KEPT:
                self._drop(next(iter(self._matches)))
        self._known.clear()

    def person_of(self, kind: str, name: str) -> str:
        """Return the person_id of a face or voice."""
        human = kind, name
        if human not in self._known:
            self._known[human] = self._find(human)
        return self._known[human]

    def faces_of(self, person_id: str) -> tuple[str, ...]:
        """Return the followed faces that go by this person_id."""
        return tuple(name for name in self._followed['face']
                     if self.person_of('face', name) == person_id)

    def _find(self, human: Human) -> str:
        kind, name = human
        person = self._likeliest(human, 'person')
        if person or kind == 'face':
            return person or name
        face = self._likeliest(human, 'face')
        return self.person_of('face', face) if face else ''

    def _likeliest(self, start: Human, goal: str) -> str:
        """Return the id of this kind at the end of the likeliest path, '' where none leads."""
        found: list[tuple[float, str]] = []

        def walk(here: Human, kinds: tuple[str, ...], likelihood: float) -> None:
            for there, confidence in self._neighbours.get(here, {}).items():
                reached = likelihood * confidence
                if there[0] in kinds or reached < self._threshold:
                    continue
                if there[0] == goal:
                    found.append((-reached, there[1]))
                else:
                    walk(there, (*kinds, there[0]), reached)

        walk(start, (start[0],), 1.0)
        return min(found, default=(0.0, ''))[1]

    def _drop(self, pair: tuple[Human, Human]) -> None:
        if self._matches.pop(pair, None) is None:
            return
        for this, that in (pair, pair[::-1]):
            del self._neighbours[this][that]
            if not self._neighbours[this]:
                del self._neighbours[this]
