"""What Asterisk says in its log about files that it has just read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ENTRY = re.compile(
    r"^\[[^\]]+\] (?:ERROR|WARNING)\[\d+\](?:\[C-[0-9a-f]+\])? "
    r"[\w.-]+(?::\d+)?(?: in \w+)?: (?P<text>.*)$"
)
_LINE = re.compile(r"\bline (?P<line>\d+) of (?:\S*/)?(?P<file>[\w.-]+\.conf)")
_NO_FILE = re.compile(r"\bat line (?P<line>\d+) of\s*$")
_OBJECT = re.compile(
    r"\bid '(?P<name>[^']+)' from configuration file '(?:\S*/)?(?P<file>[\w.-]+\.conf)'"
)
LONGEST = 500


@dataclass(frozen=True, slots=True)
class LogComplaint:
    """One complaint about a file; ``line`` is 0 and ``section`` is "" where it does not say."""

    file: str
    line: int
    section: str
    text: str


def complaints(text: str) -> list[LogComplaint]:
    """Return what a part of the log holds against files; anything else is no concern of them."""
    return list(dict.fromkeys(_complaints(text)))


def _complaints(text: str) -> Iterator[LogComplaint]:
    """PJSIP says first which line it does not understand, then in which object of which file."""
    reason, at = "", 0
    for line in text.splitlines():
        entry = _ENTRY.match(line.strip())
        said = entry["text"].strip()[:LONGEST] if entry else ""
        if found := _LINE.search(said):
            yield LogComplaint(found["file"], int(found["line"]), "", said)
        elif found := _NO_FILE.search(said):
            reason, at = said[: found.start()].strip(), int(found["line"])
        elif found := _OBJECT.search(said):
            yield LogComplaint(found["file"], at, found["name"], reason or said)
            reason, at = "", 0


REFUSALS = (
    "reported a reload failure",
    "was not properly initialized",
    "Unable to load module",
    "Error loading module",
)
"""What the console prints when a part of Asterisk did not take a command."""

BUSY = ("already in progress", "request queued")
"""What it prints when it wants to be asked again."""


def refusal(output: str) -> str:
    """Return the line with which the console refuses a command, "" when it did not."""
    lines = (line.strip() for line in output.splitlines())
    return next((line for line in lines if any(sign in line for sign in REFUSALS)), "")


def is_busy(output: str) -> bool:
    """Tell whether Asterisk reloads already and wants to be asked again."""
    return any(sign in output for sign in BUSY)
