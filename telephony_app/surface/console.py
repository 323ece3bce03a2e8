"""What applying needs of a connection to Asterisk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from time import sleep
from typing import Protocol

from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.asterisk_log import is_busy, refusal

TRIES, PAUSE = 20, 0.25
"""How often a command is given again while Asterisk reloads for somebody else, and the seconds
between."""

_LARGEST_LOG = 2_000_000


class Console(Protocol):
    """A connection to Asterisk. Whatever keeps it from answering is raised as ``ModuleError``."""

    def command(self, text: str) -> str:
        """Run a command of the console and return what it prints."""
        ...

    def action(self, name: str, **fields: str) -> Sequence[dict[str, str]]:
        """Send an action and return the events that answer it."""
        ...


class CommandRefused(ModuleError):
    """Asterisk did not carry a command out."""


def run_all(console: Console, commands: Iterable[str]) -> None:
    """Give commands one after the other. Raises `CommandRefused`."""
    for text in commands:
        output = _run(console, text)
        if said := refusal(output):
            raise CommandRefused(
                "asterisk-command-refused",
                _("Asterisk did not carry out “{command}”: {output}"),
                context={"command": text, "output": said[:500]},
                hint=_("The files before are in use again. Its log says more."),
            )


def _run(console: Console, text: str) -> str:
    output = console.command(text)
    for _number in range(TRIES):
        if not is_busy(output):
            break
        sleep(PAUSE)
        output = console.command(text)
    return output


class LogMark:
    """The end of Asterisk's log at one moment; what came later is what a reload led to."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._size = self._now()

    def said_since(self) -> str:
        """Return what was logged since then; nothing where the log cannot be read."""
        size = self._now()
        if self._path is None or size <= self._size:
            return ""
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._size)
                return stream.read(_LARGEST_LOG).decode("utf-8", "replace")
        except OSError:
            return ""

    def _now(self) -> int:
        try:
            return self._path.stat().st_size if self._path else 0
        except OSError:
            return 0
