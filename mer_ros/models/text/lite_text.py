"""The built-in text model: English by networks, other languages by their n-grams."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mer_ros.models.protocols import Judged
from mer_ros.models.session import WEIGHTS
from mer_ros.models.shipped import read_shipped
from mer_ros.models.text.english_text import EnglishText
from mer_ros.models.text.language_guess import LanguageGuess
from mer_ros.models.text.language_tags import ENGLISH, tag_of, told_language
from mer_ros.models.text.many_languages import ManyLanguages, with_named
from mer_ros.models.text.ngrams import ngrams

STRANGE, FAMILIAR = 0.45, 0.7
"""Share of known words up to which English is no evidence, and from which on it is full evidence.
Nine of ten sentences of GoEmotions, XED, Topical-Chat and three sets of commands (dev) lie above
the second, nine of ten of eleven other languages below the first."""

GUESSED, SURE = 0.35, 0.7
"""Probability of the language up to which a text is no evidence, and from which on it is full."""


class LiteText:
    """Classifies texts into the seven emotions; softmax(logits) is calibrated.

    Takes any string.  The language is the one that is told, else the likeliest.

    Args:
        path: the ONNX file of English, as `mer_ros train text` writes it.
        tables: the file of the other languages, as it writes it too.
        threads: of onnxruntime.
    """

    name = 'lite'

    def __init__(self, *, path: Path = WEIGHTS / 'lite_text.onnx',
                 tables: Path = WEIGHTS / 'lite_text_languages.npz', threads: int = 1) -> None:
        self._english = EnglishText(path=path, threads=threads)
        with np.load(BytesIO(read_shipped(tables))) as file:
            arrays = dict(file)
        self._guess = LanguageGuess(_named(arrays, 'guess_'))
        self._others = ManyLanguages(_named(arrays, 'emotion_'))
        named = _named(arrays, 'named_')  # not in files of before there was such an expert
        self._named = ManyLanguages(named) if named else None
        self._tags = np.array([tag_of(variety) for variety in self._guess.varieties])
        self._learned = np.isin(self._guess.varieties, [ENGLISH, *self._others.varieties])
        self.labels = self._english.labels
        self.languages = frozenset(self._tags[self._learned].tolist())

    def logits(self, batch: Sequence[str]) -> NDArray[np.float32]:
        """Return raw scores (B, 7), float32, of B texts; B may be 0."""
        if isinstance(batch, str):
            raise TypeError('a list of sentences is needed; given one str: wrap it in a list')
        found = [ngrams(text) for text in batch]
        varieties = [self._variety(text, self._guess.gains(grams), len(grams), '')[0]
                     for text, grams in zip(batch, found, strict=True)]
        english = [row for row, name in enumerate(varieties) if name not in self._others.varieties]
        scores = np.empty((len(batch), len(self.labels)), dtype=np.float32)
        scores[english] = self._english.logits([batch[row] for row in english])
        for row in sorted(set(range(len(batch))) - set(english)):
            scores[row] = self._said(found[row], varieties[row])
        return scores

    def judge(self, text: str, language: str = '') -> Judged:
        """Return the scores of a text, and how far they can be trusted.

        ``language`` is a BCP-47 tag or an ISO 639 code of the words, or '' where it is unknown.
        A language that was not learned, or cannot be told, gives the doubt ``language``; words
        and n-grams that are unusual for it, as in random letters, ``unknown_words``.  The doubt
        that matters most comes first.
        """
        found, told = ngrams(text), told_language(language)
        gains = self._guess.gains(found)
        variety, sure = self._variety(text, gains, len(found), told)
        learned = variety in self._others.varieties
        logits, point = ((self._said(found, variety), None) if learned
                         else self._english.judge(text))
        if told and told not in self.languages:
            return Judged(logits, 0.0, ('language',))
        if variety == ENGLISH:
            familiar = _ramp(self._english.known_share(text), STRANGE, FAMILIAR)
        else:
            index = self._guess.varieties.index(variety)
            familiar = self._guess.familiarity(float(gains[index]), len(found), index)
            sure = sure if learned else 0.0
        trust = {'unknown_words': familiar, 'language': sure}
        doubts = sorted((name for name in trust if trust[name] < 1.0), key=trust.__getitem__)
        return Judged(logits, sure * familiar, tuple(doubts),
                      point if variety == ENGLISH else None)

    def _said(self, found: NDArray[np.uint32], variety: str) -> NDArray[np.float32]:
        """Return the log-probabilities (7,) of a text with these n-grams, beside English."""
        logits = self._others.logits(found, variety)
        if self._named is None or variety not in self._named.varieties:
            return logits
        return with_named(logits, self._named.logits(found, variety))

    def _variety(self, text: str, gains: NDArray[np.float64], count: int, told: str
                 ) -> tuple[str, float]:
        """Return the likeliest variety of the told language, or of all, and how sure it is.

        ``gains`` are what the ``count`` n-grams of the text say for each variety.

        What may be English is taken for English: short texts of words that it knows too, and what
        has no letters, such as emoji.
        """
        if (told == ENGLISH or (told and told not in self.languages) or not gains.any()
                or not any(map(str.isalpha, text))):
            return ENGLISH, 1.0
        chance = self._guess.probabilities(gains, count)
        if told:
            chance[self._tags != told] = -1.0
            return self._guess.varieties[int(np.argmax(chance))], 1.0
        best = int(np.argmax(chance))
        sure = _ramp(float(chance[self._tags == self._tags[best]].sum()), GUESSED, SURE)
        if self._tags[best] == ENGLISH or (
                sure < 1.0 and self._english.known_share(text) >= FAMILIAR):
            return ENGLISH, 1.0
        return self._guess.varieties[best], sure

    def known_share(self, text: str) -> float:
        """Return the share of the letters of an English text that stand in known words, [0, 1]."""
        return self._english.known_share(text)

    def forget(self) -> None:
        """Drop the words that are kept to be quick; every model of this process shares them."""
        self._english.forget()

    def features(self, text: str) -> NDArray[np.float32]:
        """Return what the networks of English see in each word; see `EnglishText.features`."""
        return self._english.features(text)


def _named(arrays: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return the arrays whose names start so, without the start."""
    return {name.removeprefix(prefix): values for name, values in arrays.items()
            if name.startswith(prefix)}


def _ramp(value: float, nothing: float, all_of_it: float) -> float:
    return float(np.clip((value - nothing) / (all_of_it - nothing), 0.0, 1.0))
