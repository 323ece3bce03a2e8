"""Lines of a configuration file as Asterisk sees them: without comments, one after the other.

What a line holds is decided as Asterisk's own reader does it: ``\\;`` is a semicolon, ``;--`` opens
a comment of many lines and ``--;`` closes it. A stray ``--;`` makes Asterisk swallow the rest of
the file, so it is a fault here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from modules_app.exceptions import gettext_noop as _

LONGEST_LINE = 8189
"""Bytes of a line; Asterisk skips longer ones."""

BLANK = "".join(map(chr, range(33)))
"""What Asterisk takes off both ends of a line."""

_NESTED = 128


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong in a line; ``message`` is English with placeholders that ``context`` fills."""

    line: int
    slug: str
    message: str
    context: dict[str, Any] = field(default_factory=dict)


Line = tuple[int, str]
"""Number and text of a line that says something, its comment and the blanks around it taken off."""

OPEN_COMMENT = _("The comment that begins here with “;--” is never closed.")
STRAY_END = _("“--;” closes a comment that was never opened; Asterisk would skip the rest.")
TOO_LONG = _("The line is longer than {limit} bytes; Asterisk would skip it.")
NULL_BYTE = _("The line holds a null byte.")


class Lines:
    """The lines of a file that is read in parts; a comment may go on from one to the next."""

    def __init__(self, flaws: list[Flaw]) -> None:
        self._flaws = flaws
        self._opened = 0
        self.depth = 0
        """How many comments are open."""

    def of(self, part: str, first: int = 1) -> Iterator[Line]:
        """Yield what Asterisk reads of whole lines, ``first`` is the number of the first one."""
        for number, raw in enumerate(part.split("\n"), first):
            line = raw
            if self.depth or ";" in raw:
                line = self._shown(number, raw)
            line = line.strip(BLANK)
            if line:
                yield number, line

    def end(self) -> None:
        """Note a comment that is still open."""
        if self.depth:
            self._flaws.append(Flaw(self._opened, "comment-open", OPEN_COMMENT))

    def _shown(self, number: int, raw: str) -> str:
        shown, now = _without_comments(raw, self.depth)
        if now < 0:
            self._flaws.append(Flaw(number, "comment-end", STRAY_END))
            now = 0
        self._opened = self._opened if now and self.depth else number
        self.depth = now
        return shown


def lines_of(text: str, flaws: list[Flaw]) -> Iterator[Line]:
    """Yield what Asterisk reads, and note what it could not."""
    flaws += unreadable(text)
    lines = Lines(flaws)
    yield from lines.of(text)
    lines.end()


def unreadable(text: str) -> Iterator[Flaw]:
    """Yield the lines that Asterisk does not read as they are written."""
    longest = max(map(len, text.split("\n")))
    if "\0" not in text and longest * 4 <= LONGEST_LINE:  # at most four bytes a character
        return
    for number, line in enumerate(text.split("\n"), 1):
        if "\0" in line:
            yield Flaw(number, "null-byte", NULL_BYTE)
        if len(line) * 4 > LONGEST_LINE and len(line.encode()) > LONGEST_LINE:
            yield Flaw(number, "line-too-long", TOO_LONG, {"limit": LONGEST_LINE})


def _without_comments(line: str, depth: int) -> tuple[str, int]:
    """Return what is read of a line, and how many comments are open after it; -1 for a stray end.

    ``depth`` is how many were open before it.
    """
    seen = "" if depth else None
    new = 0
    while (at := line.find(";", new)) >= 0:
        if at > new and line[at - 1] == "\\":
            line, new = line[: at - 1] + line[at:], at
        elif line.startswith("--", at + 1) and line[at + 3 : at + 4] != "-" and depth < _NESTED:
            seen = line[:at] if seen is None else seen
            new, depth = at + 3, depth + 1
        elif at >= new + 2 and line.startswith("--", at - 2):
            if not depth:
                return line[:at], -1
            new, depth = at + 1, depth - 1
            if not depth:
                before = seen or ""
                line, new, seen = before + line[new:], len(before), None
        elif depth:
            new = at + 1
        else:
            return line[:at], 0
    return (line if seen is None else seen), depth
