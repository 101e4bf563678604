"""What to say to a person: a sentence of the files, or one that a generator writes."""

from collections import Counter, deque, OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random

from mer_ros.data import Response, Words
from mer_ros.emotions import UNKNOWN
from mer_ros.response.generator import Exchange, Generator, NoReply, Prompt
from mer_ros.response.safety import problem_of, repeats
from mer_ros.response.templates import find_language, Language
from mer_ros.response.turns import Turn
from mer_ros.response.wording import MIXED, Mood, Wording

AUTO = 'auto'
"""The language of the person's words."""

FALLBACK = 'en'
"""The language where that of the words is unknown or has no file."""

TEMPLATE = 'template'
"""The source of a sentence of the files, as Response.msg names it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response, the words that it answers ('' when none), and whether it must be said."""

    response: Response
    words: str = ''
    urgent: bool = False


@dataclass(slots=True)
class _Memory:
    """What was said to one person, the language of their words, and the conversation."""

    last: str = ''
    language: str = FALLBACK
    history: deque[Exchange] = field(default_factory=deque)


class Responder:
    """Words a turn of the robot; remembers what it said to whom, in memory only.

    An emotion that is unknown or too uncertain gets an open question, mixed signals a sentence
    about them, and somebody in a crisis always the fixed reply that points to a human.  All other
    words are answered by the generator, if there is one, or else, and wherever it gives nothing
    that may be said, by a sentence of the files: never the one said to the person before, and
    chosen by seed, person and stamp alone, so that a replay repeats it.

    Args:
        languages: by tag; 'en' must be one of them.
        generator: writes replies; None leaves it to the files.
        generator_languages: tags of the languages that it writes.
        language: a tag, or AUTO.
        wording: how strongly and surely an emotion may be spoken about.
        seed: other seeds choose other sentences.
        max_characters: longest generated reply.
        history: exchanges that a generator is given.
        people: persons that are remembered; the one longest silent is forgotten first.
        counts: where ``crisis``, ``own_voice``, ``no_template`` and ``fallback.<reason>`` are
            counted.

    Attributes:
        failure: why the generator failed last; '' as long as it did not.

    Raises:
        ValueError: a language is not among those that are known.
    """

    def __init__(
        self, languages: Mapping[str, Language], *, generator: Generator | None = None,
        generator_languages: Collection[str] = (FALLBACK,), language: str = AUTO,
        wording: Wording | None = None, seed: int = 0, max_characters: int = 300, history: int = 3,
        people: int = 32, counts: Counter[str] | None = None,
    ) -> None:
        self.failure = ''
        self.counts = Counter() if counts is None else counts
        self._languages = languages
        self._generator = generator
        self._generator_languages = frozenset(generator_languages)
        self._seed = seed
        self._max_characters = max_characters
        self._history = history
        self._people = people
        self._memory: OrderedDict[str, _Memory] = OrderedDict()
        self.configure(language=language, wording=wording or Wording())
        for tag in (FALLBACK, *generator_languages):
            self.check_language(tag)

    def configure(self, *, language: str, wording: Wording) -> None:
        """Speak this way from now on; raises ValueError for a language that has no file."""
        self.check_language(language)
        self._language, self._wording = language, wording

    def check_language(self, tag: str) -> None:
        """Raise ValueError, with those that are known, where a language has no file."""
        if tag not in (AUTO, *self._languages):
            raise ValueError(f'there are no sentences for the language {tag!r}; known: '
                             f'{sorted(self._languages)}, and {AUTO!r} for that of the words')

    def forget(self) -> None:
        """Forget what was said to everybody."""
        self._memory.clear()

    def needs_human(self, words: Words) -> bool:
        """Tell whether somebody says that a human must help, in any language that is known."""
        return any(language.crisis_phrases.occur_in(words.text)
                   for language in self._languages.values())

    def compose(self, turn: Turn) -> Reply | None:
        """Return what to say, None where the words are the robot's own, heard by its microphone.

        Nothing is remembered until `said` is called with the reply.
        """
        language = self._languages[self._tag(turn)]
        words = turn.words.text if turn.words else ''
        if turn.urgent:
            self.counts['crisis'] += 1
            return Reply(Response(turn.emotion, language.crisis_reply, language.tag, TEMPLATE),
                         words, urgent=True)
        if repeats(words, self._remembered(turn.person_id).last):
            self.counts['own_voice'] += 1
            return None
        mood = self._wording.read(turn.emotion)
        text = self._generate(words, mood, turn.person_id, language) if words else ''
        if text and self._generator is not None:
            source = self._generator.name
        else:
            text, source = self._choose(mood, turn, language), TEMPLATE
        return Reply(Response(turn.emotion, text, language.tag, source), words)

    def said(self, reply: Reply) -> None:
        """Remember that this was said."""
        response = reply.response
        memory = self._memory.pop(response.person_id, None) or _Memory()
        self._memory[response.person_id] = memory
        memory.last, memory.language = response.text, response.language
        if reply.words and not reply.urgent:
            memory.history.append((reply.words, response.text))
            while len(memory.history) > self._history:
                memory.history.popleft()
        while len(self._memory) > self._people:
            self._memory.popitem(last=False)

    def _remembered(self, person_id: str) -> _Memory:
        return self._memory.get(person_id) or _Memory()

    def _tag(self, turn: Turn) -> str:
        if self._language != AUTO:
            return self._language
        if turn.words is None:
            return self._remembered(turn.person_id).language
        if turn.words.language:
            return find_language(turn.words.language, self._languages) or FALLBACK
        if turn.urgent:  # the words alone tell in which language help is asked for
            return next(tag for tag in (FALLBACK, *self._languages)
                        if self._languages[tag].crisis_phrases.occur_in(turn.words.text))
        return FALLBACK

    def _choose(self, mood: Mood, turn: Turn, language: Language) -> str:
        if mood.emotion not in (*language.emotions, MIXED, UNKNOWN):
            self.counts['no_template'] += 1
        last = self._remembered(turn.person_id).last
        sentences = [text for text in language.sentences(mood) if text != last]
        # ascii: a name that is no valid Unicode must not end in an error here.
        choice = Random(f'{self._seed} {turn.person_id!a} {turn.emotion.stamp}')
        return choice.choice(sentences)

    def _generate(self, words: str, mood: Mood, person_id: str, language: Language) -> str:
        """Return a generated reply that may be said, '' where a template must do."""
        if (self._generator is None or mood.emotion in (MIXED, UNKNOWN)
                or language.tag not in self._generator_languages):
            return ''
        memory = self._remembered(person_id)
        try:
            text = self._generator.reply(Prompt(
                words, mood.emotion if mood.sure else '', language.tag, tuple(memory.history)))
        except NoReply as error:
            reason = error.reason
        except Exception as error:  # whatever a foreign model raises: the robot still answers
            reason = 'error'
            self.failure = f'{type(error).__name__}: {error}'
        else:
            text = ' '.join(text.split())
            reason = problem_of(text, words=words, last=memory.last, language=language,
                                max_characters=self._max_characters)
        if reason:
            self.counts[f'fallback.{reason}'] += 1
            return ''
        return text
