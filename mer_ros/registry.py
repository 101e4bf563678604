"""Named parts that a user may choose by name: built in, or registered through entry points."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
import logging
from typing import Any

_LOG = logging.getLogger(__name__)


class Registry:
    """The parts of one kind, by name.

    Built-in parts are given as ``'module:attribute'`` and imported only when asked for.  Other
    packages add theirs through the entry-point group; one that fails to load is named in the
    log with its reason and skipped, and a built-in name cannot be taken over.
    """

    def __init__(self, kind: str, group: str, builtin: Mapping[str, str]) -> None:
        self._kind = kind
        self._group = group
        self._builtin = dict(builtin)
        self._loaded: dict[str, Any] = {}
        self._plugins: dict[str, Any] | None = None

    def names(self) -> list[str]:
        """Return every known name, sorted."""
        return sorted({*self._builtin, *self._load_plugins()})

    def get(self, name: str) -> Any:
        """Return the part of this name; ValueError lists the known names if none has it."""
        part = self._loaded.get(name)
        if part is None:
            if name in self._builtin:
                module, _, attribute = self._builtin[name].partition(':')
                part = getattr(import_module(module), attribute)
            else:
                part = self._load_plugins().get(name)
            if part is None:
                raise ValueError(f'no {self._kind} is called {name!r}; known: {self.names()}')
            self._loaded[name] = part
        return part

    def _load_plugins(self) -> dict[str, Any]:
        if self._plugins is None:
            self._plugins = {}
            for entry in _installed().select(group=self._group):
                if entry.name in self._builtin:
                    _LOG.warning('%s %r of %s is skipped: the name is built in',
                                 self._kind, entry.name, entry.value)
                    continue
                try:
                    self._plugins[entry.name] = entry.load()
                except Exception as error:  # whatever a foreign package raises is reported
                    _LOG.warning('%s %r of %s is skipped: %s: %s', self._kind, entry.name,
                                 entry.value, type(error).__name__, error)
        return self._plugins


@cache
def _installed() -> Any:
    """Return all entry points; to find them, the metadata of every installed package is read."""
    return entry_points()
