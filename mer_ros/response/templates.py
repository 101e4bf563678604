"""The sentences of each language, read from files and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mer_ros.emotions import EMOTIONS, UNKNOWN
from mer_ros.response.phrases import Phrases, plain
from mer_ros.response.wording import INTENSITIES, MIXED, Mood
from mer_ros.share import shared

CERTAINTIES = ('sure', 'unsure')
"""The two ways of wording, by whether a sure one is allowed."""

CATEGORIES = ('insult', 'self_harm', 'violence', 'medical')
"""Kinds of phrases that the robot must not say."""

LEAST = 2
"""Sentences that every list needs, so that none is said twice in a row."""

BUILT_IN = 'config/responses'
"""The folder of the package's own sentences, see `shared`."""

_LOADER: Any = getattr(yaml, 'CSafeLoader', yaml.SafeLoader)
"""Ten times as fast where PyYAML was built with libyaml."""

_KEYS = ('emotions', UNKNOWN, MIXED, 'crisis', 'never_say')


@dataclass(frozen=True, slots=True)
class Language:
    """What can be said in one language; ``tag`` is a BCP-47 tag in lower case such as 'en'.

    ``emotions`` holds the sentences by emotion, intensity and certainty.  ``crisis_phrases`` are
    those by which somebody shows that a human must help, ``crisis_reply`` what is then said;
    ``never_say`` are phrases that no generated reply may hold, by category.
    """

    tag: str
    emotions: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
    unknown: tuple[str, ...]
    mixed: tuple[str, ...]
    crisis_phrases: Phrases
    crisis_reply: str
    never_say: Mapping[str, Phrases]

    def sentences(self, mood: Mood) -> tuple[str, ...]:
        """Return what fits a mood: an open question where the emotion has no sentences."""
        if mood.emotion == MIXED:
            return self.mixed
        if mood.emotion not in self.emotions:
            return self.unknown
        return self.emotions[mood.emotion][mood.intensity][CERTAINTIES[not mood.sure]]


def load_languages(*folders: Path) -> dict[str, Language]:
    """Return the languages by tag: those of the package, then those of more folders.

    A file ``<tag>.yaml`` is one language; one of a later folder replaces that of an earlier.

    Raises:
        ValueError: a file is not as it must be; the message names it, the key and what is
            allowed.
        FileNotFoundError: a folder is not there, or holds no such file.
    """
    languages = {}
    for folder in (built_in := shared(BUILT_IN), *folders):
        files = sorted(folder.glob('*.yaml'))
        if not files:
            raise FileNotFoundError(
                f'{folder} holds no file <language>.yaml, such as {built_in / "en.yaml"}')
        for path in files:
            language = load_language(path)
            languages[language.tag] = language
    return languages


def find_language(tag: str, languages: Mapping[str, Language]) -> str | None:
    """Return the known tag that fits best: 'de' for 'de-AT', None where there is no file."""
    parts = tag.replace('_', '-').lower().split('-')
    tags = ('-'.join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((found for found in tags if found in languages), None)


def load_language(path: Path) -> Language:
    """Read the file of a language; raises what `load_languages` does."""
    try:
        content = yaml.load(path.read_text(encoding='utf-8'), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f'{path} is not YAML in UTF-8: {error}') from error
    file = _File(path)
    top = file.table(content, '', _KEYS)
    emotions = file.table(top['emotions'], 'emotions', EMOTIONS, more=True)
    crisis = file.table(top['crisis'], 'crisis', ('phrases', 'reply'))
    never_say = file.table(top['never_say'], 'never_say', CATEGORIES)
    return Language(
        tag=path.stem.lower(),
        emotions={emotion: {
            intensity: {
                certainty: file.sentences(found, f'emotions.{emotion}.{intensity}.{certainty}')
                for certainty, found in file.table(
                    ways, f'emotions.{emotion}.{intensity}', CERTAINTIES).items()}
            for intensity, ways in file.table(
                strengths, f'emotions.{emotion}', INTENSITIES).items()}
            for emotion, strengths in emotions.items()},
        unknown=file.sentences(top[UNKNOWN], UNKNOWN),
        mixed=file.sentences(top[MIXED], MIXED),
        crisis_phrases=file.phrases(crisis['phrases'], 'crisis.phrases'),
        crisis_reply=file.sentences([crisis['reply']], 'crisis.reply', least=1)[0],
        never_say={category: file.phrases(found, f'never_say.{category}')
                   for category, found in never_say.items()})


@dataclass(frozen=True, slots=True)
class _File:
    """Checks what stands in one file; every ValueError names it and the key."""

    path: Path

    def table(
        self, value: Any, key: str, allowed: Sequence[str], *, more: bool = False
    ) -> dict[str, Any]:
        """Return a mapping that has all the allowed keys, and others only if there may be more."""
        if not isinstance(value, dict):
            raise self._error(key, value, f'a mapping with the keys {list(allowed)}')
        missing = [name for name in allowed if name not in value]
        odd = [name for name in value if name not in allowed]
        if missing or (odd and not more):
            raise self._error(key, list(value), (
                f'the keys {list(allowed)}{" and others" if more else ""}: missing {missing}, '
                f'unknown {[] if more else odd}'))
        return value

    def sentences(self, value: Any, key: str, *, least: int = LEAST) -> tuple[str, ...]:
        """Return a list of different sentences."""
        found = self._texts(value, key, f'a list of at least {least} different sentences')
        if len(set(map(plain, found))) < max(least, len(found)):
            raise self._error(key, value, f'at least {least} sentences, each one different')
        return found

    def phrases(self, value: Any, key: str) -> Phrases:
        """Return a list of phrases."""
        return Phrases(self._texts(value, key, 'a list of phrases'))

    def _texts(self, value: Any, key: str, allowed: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(
                isinstance(text, str) and plain(text).strip('* ') for text in value):
            raise self._error(key, value, allowed)
        return tuple(text.strip() for text in value)

    def _error(self, key: str, given: Any, allowed: str) -> ValueError:
        where = f'the key {key!r}' if key else 'the file'
        return ValueError(f'{self.path}: {where} holds {given!r}; allowed is {allowed}')
