"""What writes replies of its own: a protocol, and the generators by name."""

from dataclasses import dataclass
from typing import Protocol

from mer_ros.registry import Registry

Exchange = tuple[str, str]
"""What a person said, and what the robot answered."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a reply is made from.

    ``words`` were said by the person, ``emotion`` is what was perceived in them: '' where it is
    too uncertain to be relied on.  ``language`` is a BCP-47 tag; ``history`` holds what was said
    before, oldest first.
    """

    words: str
    emotion: str = ''
    language: str = 'en'
    history: tuple[Exchange, ...] = ()


class NoReply(RuntimeError):
    """There is no reply; ``reason`` is a short snake_case name under which it is counted."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Generator(Protocol):
    """Writes replies; the same prompt gives the same one."""

    name: str

    def reply(self, prompt: Prompt) -> str:
        """Return a reply; raise NoReply where there is none."""


GENERATORS = Registry('generator', 'mer_ros.generators', {
    'dialogpt': 'mer_ros.response.generator_transformers:DialoGpt',
    't5': 'mer_ros.response.generator_transformers:T5',
    'chat': 'mer_ros.response.generator_transformers:Chat',
})
"""Generators of replies."""
