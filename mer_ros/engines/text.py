"""From what a person said to the evidence of the words."""

from collections import Counter
import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

from mer_ros.data import BadInput, check_stamp, Circumplex, Logits, Media, Words
from mer_ros.engines.scores import check_gives_features, check_scores, features_of, scores
from mer_ros.models.protocols import KnowsWords, TextModel

_EMOTICON = re.compile(
    r"(?<!\d)[:;=][-o^'*]{0,2}[][)({}|/\\<>*@$]|[][)({}][-o^'*]{0,2}[:;=](?!\d)"
    r"|<3|\^[_.-]?\^|>[_.]<|-_+-")
"""Faces and hearts of punctuation, from either side; those with a letter are words anyway."""

_KINDS = {'N': 'digits', 'P': 'punctuation marks', 'S': 'symbols', 'Z': 'spaces'}


class TextEngine:
    """Judges what was said, one transcript at a time; it keeps no state but its counts.

    What was said stands in no message of an error: a number may be that of somebody's card.

    The quality of the evidence is the confidence of the speech recogniser, times how far the
    model can judge the words where it can tell (see `KnowsWords`): ``unknown_words`` counts the
    texts of which it knows too few, ``language`` those in a language that it did not learn.  Of a
    text longer than ``max_characters`` the end is judged, the newest words, and ``truncated`` is
    counted.  ``with_features`` asks for the model's features too; ValueError where it gives none.
    ``with_media`` asks for the words that were judged.
    """

    def __init__(
        self, model: TextModel, *, max_characters: int = 2000, with_features: bool = False,
        with_media: bool = False,
    ) -> None:
        if max_characters < 1:
            raise ValueError(f'max_characters is {max_characters}; it must be at least 1')
        if with_features:
            check_gives_features(model)
        self.counts: Counter[str] = Counter()
        self._model = model
        self._max_characters = max_characters
        self._with_features = with_features
        self._with_media = with_media

    def reset(self) -> None:
        """Let the model drop what it keeps of words: every transcript is judged on its own."""
        forget = getattr(self._model, 'forget', None)
        if forget is not None:
            forget()

    def process(self, words: Words) -> list[Logits]:
        """Return the evidence of one transcript.

        Raises:
            BadInput: ``unstamped``, ``confidence`` (outside [0, 1] or NaN), ``duration``
                (negative), ``empty`` (no letter, emoji or emoticon), ``model_output``.
        """
        check_stamp(words.stamp)
        if not 0.0 <= words.confidence <= 1.0:
            raise BadInput('confidence', (
                f'a confidence of {words.confidence} cannot be used; it must be in [0, 1], and 1 '
                f'where the recogniser gives none'))
        if words.duration < 0:
            raise BadInput('duration', (
                f'a duration of {words.duration} ns cannot be used; needed is 0 (unknown) or more'))
        text = _whole_characters(words.text).strip()
        if not any(_speaks(character) for character in text) and not _EMOTICON.search(text):
            raise BadInput('empty', (
                f'the text, {_described(text)}, holds no letter, emoji or emoticon; send what '
                f'was said, and nothing while nobody speaks'))
        judged = text[-self._max_characters:]
        logits, familiar, doubts, point = self._judged(words, judged)
        if words.confidence < 1.0:
            doubts = (*doubts, 'confidence')
        if len(text) > self._max_characters:
            self.counts['truncated'] += 1
        return [Logits(
            stamp=words.stamp, modality='text', labels=tuple(self._model.labels), logits=logits,
            person_id=words.person_id, model=self._model.name, window=words.duration,
            quality=float(words.confidence) * familiar, frame_id=words.frame_id, doubts=doubts,
            circumplex=point,
            features=features_of(self._model, judged) if self._with_features else None,
            media=Media(words=judged) if self._with_media else None)]

    def _judged(self, words: Words, text: str) -> tuple[
            NDArray[np.float64], float, tuple[str, ...], Circumplex | None]:
        if not isinstance(self._model, KnowsWords):
            return scores(self._model, text), 1.0, (), None
        judged = self._model.judge(text, words.language)
        if judged.quality == 0.0:
            self.counts.update(judged.doubts[:1])
        return (check_scores(self._model, judged.logits[None]), judged.quality, judged.doubts,
                judged.circumplex)


def _whole_characters(text: str) -> str:
    # Transcripts that were cut in the middle of an emoji hold half of a surrogate pair.
    return text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace')


def _described(text: str) -> str:
    """Return of how many characters of which kinds a text is, and not one of them."""
    kinds = Counter(_KINDS.get(unicodedata.category(character)[0], 'others') for character in text)
    return ', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items())) or 'empty'


def _speaks(character: str) -> bool:
    category = unicodedata.category(character)
    emoji = category == 'So' and character != '\N{REPLACEMENT CHARACTER}'
    return emoji or category.startswith('L')
