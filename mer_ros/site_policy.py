"""What a site allows: the file that every node on a machine obeys.

    site: Foyer of the city museum
    contact: Front desk, 555-0100
    use: guide visitors
    prohibited_uses: [workplace, education]
    modalities_off: [face]
    hours: {mon-fri: "09:00-18:00", sat: "10:00-14:00"}
    retention_days: 0
    audit_log: true

Every key may be left out.  What is misspelt is refused: a policy that is not understood allows
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta
from difflib import get_close_matches
from hashlib import sha256
import os
from pathlib import Path
import re
from typing import Any

import yaml

from mer_ros.printable import printable

VARIABLE = 'MER_ROS_SITE_POLICY'
"""The environment variable that names the file where no parameter does."""

USUAL_PLACE = Path('/etc/mer_ros/site_policy.yaml')
"""The file that is obeyed where nothing names another, if it is there."""

SENSES = ('face', 'speech', 'text')
"""What a policy can switch off: images, sound and words."""

DAYS = ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')

_LARGEST = 64 * 1024
_HOURS = re.compile(r'([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)')


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours of one weekday (0 = Monday); an ``end`` at or before ``begin`` is on the next day."""

    day: int
    begin: time
    end: time

    def holds(self, when: datetime) -> bool:
        """Tell whether a local time lies in these hours."""
        for back in (0, 1):
            date = when.date() - timedelta(days=back)
            if date.weekday() == self.day:
                begin = datetime.combine(date, self.begin, when.tzinfo)
                end = datetime.combine(date, self.end, when.tzinfo)
                if begin <= when < (end if end > begin else end + timedelta(days=1)):
                    return True
        return False


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """What a site allows; without a file everything.

    ``path`` is the file, '' for none, ``digest`` its SHA-256; ``retention_days`` is the most that
    collected segments may be kept, 0 = nothing may be collected, None = as the nodes say.
    """

    path: str = ''
    digest: str = ''
    site: str = ''
    contact: str = ''
    use: str = ''
    prohibited_uses: tuple[str, ...] = ()
    modalities_off: tuple[str, ...] = ()
    hours: tuple[Opening, ...] = field(default=())
    retention_days: float | None = None
    audit_log: bool = False

    def forbids(self, modalities: Collection[str], when: datetime) -> str:
        """Return why these modalities must not be perceived at a local time; '' if they may."""
        if self.use in self.prohibited_uses:
            return f'the use {self.use!r} is prohibited here'
        off = [modality for modality in modalities if modality in self.modalities_off]
        if off:
            return f'{", ".join(off)} must not be perceived here'
        if self.hours and not any(opening.holds(when) for opening in self.hours):
            return 'it is outside the hours'
        return ''

    def words(self) -> list[str]:
        """Return the policy as phrases for people."""
        return [phrase for phrase in (
            self.site and f'site: {self.site}',
            self.contact and f'questions: {self.contact}',
            self.use and f'use: {self.use}',
            self.prohibited_uses and f'prohibited uses: {", ".join(self.prohibited_uses)}',
            self.modalities_off and f'not perceived: {", ".join(self.modalities_off)}',
            self.hours and f'hours: {_hours_in_words(self.hours)}',
            self.retention_days is not None and (
                f'collected segments: at most {self.retention_days:g} days'
                if self.retention_days else 'nothing is collected'),
        ) if phrase]


def find_policy(chosen: str = '') -> SitePolicy:
    """Return the policy of a file, of $MER_ROS_SITE_POLICY or of /etc/mer_ros, else one of none.

    Raises:
        OSError: the file that is named cannot be read.
        ValueError: it is not understood; the message names the file and what is allowed.
    """
    named = chosen or os.environ.get(VARIABLE, '')
    if named:
        return read_policy(Path(named).expanduser())
    return read_policy(USUAL_PLACE) if os.path.lexists(USUAL_PLACE) else SitePolicy()


def read_policy(path: Path) -> SitePolicy:
    """Return the policy of a file; raises OSError and ValueError as `find_policy` does."""
    with path.open('rb') as file:
        content = file.read(_LARGEST + 1)
    try:
        if len(content) > _LARGEST:
            raise ValueError(f'it is larger than {_LARGEST} bytes')
        given = yaml.safe_load(content)
        values = _checked({} if given is None else given)
    except (ValueError, yaml.YAMLError) as error:
        raise ValueError(f'the site policy {path} allows nothing, since it is not understood: '
                         f'{" ".join(str(error).split())}') from error
    return SitePolicy(path=str(path), digest=sha256(content).hexdigest(),
                      **{'audit_log': True, **values})


def _checked(given: Any) -> dict[str, Any]:
    """Return the values of a policy by field; raise ValueError for the first that is none."""
    if not isinstance(given, Mapping):
        raise ValueError(f'it holds {type(given).__name__}; needed are lines such as "site: ..."')
    return {str(key): _reader_of(str(key))(str(key), value) for key, value in given.items()}


def _reader_of(key: str) -> Callable[[str, Any], Any]:
    readers: dict[str, Callable[[str, Any], Any]] = {
        'site': _text, 'contact': _text, 'use': _text, 'prohibited_uses': _texts,
        'modalities_off': _senses, 'hours': _hours, 'retention_days': _days, 'audit_log': _flag}
    assert readers.keys() == {one.name for one in fields(SitePolicy)} - {'path', 'digest'}
    if key not in readers:
        near = get_close_matches(key, readers, 1)
        raise ValueError(f'{printable(key)!r} is no key of a policy'
                         + (f'; is {near[0]!r} meant?' if near else '')
                         + f'; known are {", ".join(readers)}')
    return readers[key]


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f'{key} is {value!r}; needed is a text, in quotes where in doubt')
    return printable(value)


def _texts(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f'{key} is {value!r}; needed is a list such as [face, speech]')
    return tuple(_text(key, one) for one in value)


def _senses(key: str, value: Any) -> tuple[str, ...]:
    found = _texts(key, value)
    if unknown := [name for name in found if name not in SENSES]:
        raise ValueError(f'{key} names {unknown}; allowed are {", ".join(SENSES)}: what other '
                         f'programs perceive, the parameter modalities leaves out')
    return found


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f'{key} is {value!r}; allowed are true and false')
    return value


def _days(key: str, value: Any) -> float:
    # Written so that NaN fails.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 3650:
        raise ValueError(f'{key} is {value!r}; allowed is 0 to 3650')
    return float(value)


def _hours(key: str, value: Any) -> tuple[Opening, ...]:
    given = value if isinstance(value, Mapping) else {'mon-sun': value}
    openings = []
    for days, hours in given.items():
        found = _HOURS.fullmatch(hours) if isinstance(hours, str) else None
        if found is None or (found[3] == '24' and found[4] != '00'):
            raise ValueError(f'{key} of {days} is {hours!r}; needed is a text such as '
                             f'"09:00-18:00" in local time')
        begin = time(int(found[1]), int(found[2]))
        end = time(int(found[3]) % 24, int(found[4]))
        openings += [Opening(day, begin, end) for day in _days_of(key, days)]
    return tuple(openings)


def _days_of(key: str, days: Any) -> list[int]:
    first, _, last = str(days).partition('-')
    if first not in DAYS or (last or first) not in DAYS:
        raise ValueError(f'{key} has the days {days!r}; allowed are {", ".join(DAYS)} and spans '
                         f'such as mon-fri')
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return [day % 7 for day in range(begin, end + 1 + (7 if end < begin else 0))]


def _hours_in_words(hours: Collection[Opening]) -> str:
    return ', '.join(f'{DAYS[opening.day]} {opening.begin:%H:%M}-{opening.end:%H:%M}'
                     for opening in hours)
