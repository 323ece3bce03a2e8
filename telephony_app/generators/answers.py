"""What modules add to the files of Asterisk, as the generators see it (reference M6.2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from modules_app.domain.dialplan_edits import Edit
from modules_app.hooks.text import Piece


class HookAnswers(Protocol):
    """The answers of all modules in use, low priorities first, then by id."""

    def pieces(self, hook: str, key: str = "") -> Sequence[Piece]:
        """Return the modules' text for a hook; ``key`` says of what, for hooks with arguments."""
        ...

    def keys(self, hook: str) -> Collection[str]:
        """Return of what modules say something for a hook with arguments."""
        ...

    def overrides(self, hook: str, key: str) -> Sequence[tuple[str, Mapping[str, str]]]:
        """Return (module id, all options as the module wants them) for one section."""
        ...

    def edits(self) -> Sequence[tuple[str, int, Edit]]:
        """Return (module id, priority, edit) of what modules do to contexts of others (F9.4)."""
        ...

    def files(self) -> Sequence[tuple[str, str, str]]:
        """Return (module id, name, text) of the files that modules write (F9.4)."""
        ...


class _NoAnswers:
    """No module says anything."""

    def pieces(self, hook: str, key: str = "") -> Sequence[Piece]:
        return ()

    def keys(self, hook: str) -> Collection[str]:
        return ()

    def overrides(self, hook: str, key: str) -> Sequence[tuple[str, Mapping[str, str]]]:
        return ()

    def edits(self) -> Sequence[tuple[str, int, Edit]]:
        return ()

    def files(self) -> Sequence[tuple[str, str, str]]:
        return ()


def no_answers() -> HookAnswers:
    """Return the answers of a system without modules."""
    return _NoAnswers()
