"""Cutting a MySQL script into statements, without understanding them.

Comments go; the text inside ``/*! … */`` stays, because MySQL runs it. ``DELIMITER`` is a command
of MySQL's client and changes what ends a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKS = re.compile(
    r"""
    (?P<text>'(?:[^'\\]++|\\.|'')*+'|"(?:[^"\\]++|\\.|"")*+"|`(?:[^`]++|``)*+`)
    |(?P<open>['"`])
    |(?P<code>/\*M?!(?:[0-9]{5,6})?)
    |(?P<block>/\*)
    |(?P<end>\*/)
    |(?P<line>(?:\#|--(?=[\s\x00-\x1f]|\Z))[^\n]*)
    |(?P<deeper>\()
    |(?P<higher>\))
    """,
    re.VERBOSE | re.DOTALL,
)
_DELIMITER = re.compile(r"\s*+delimiter[ \t]+(\S{1,20})[^\n]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement: its first line from 1, its text without comments.

    ``depth`` is how deeply parentheses are nested; ``complete`` is false when a quote or a comment
    does not end.
    """

    line: int
    text: str
    depth: int
    complete: bool = True


def split(script: str) -> Iterator[Piece]:
    """Yield the statements of a script in their order, empty ones left out."""
    yield from _Splitter(script).pieces()


class _Splitter:
    def __init__(self, script: str) -> None:
        self._script = script.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        self._at = 0
        self._line, self._counted = 1, 0
        self._delimiter = ";"
        self._mark: re.Match[str] | None = None
        self._is_last = False
        self._begin()

    def _begin(self) -> None:
        self._parts: list[str] = []
        self._start: int | None = None
        self._depth = self._deepest = 0

    def pieces(self) -> Iterator[Piece]:
        """Yield one statement after the other."""
        while self._at < len(self._script):
            complete = self._statement()
            if self._start is not None:
                text = "".join(self._parts).strip()
                yield Piece(self._line_of(self._start), text, self._deepest, complete)
            self._begin()

    def _statement(self) -> bool:
        """Read up to the next delimiter; return whether everything opened was closed."""
        in_code = False
        while True:
            self._obey()
            mark = self._next_mark()
            stop = self._script.find(self._delimiter, self._at, mark.start() if mark else None)
            if stop >= 0:
                self._keep(self._at, stop)
                self._at = stop + len(self._delimiter)
                return True
            if mark is None:
                self._keep(self._at, len(self._script))
                self._at = len(self._script)
                return not in_code
            self._keep(self._at, mark.start())
            self._at = mark.end()
            if mark["open"]:
                self._keep(mark.start(), len(self._script))
                self._at = len(self._script)
                return False
            if mark["block"] and not self._skip_comment():
                return False
            in_code = self._inside(mark, in_code)

    def _obey(self) -> None:
        """Follow the client's commands that stand where a statement would begin."""
        while self._start is None and (found := _DELIMITER.match(self._script, self._at)):
            self._delimiter = found[1]
            self._at = found.end()

    def _next_mark(self) -> re.Match[str] | None:
        """Return the next mark; it is looked for once, however many statements come before it."""
        if not self._is_last and (self._mark is None or self._mark.start() < self._at):
            self._mark = _MARKS.search(self._script, self._at)
            self._is_last = self._mark is None
        return self._mark

    def _inside(self, mark: re.Match[str], in_code: bool) -> bool:
        """Take in a mark that ends nothing; return whether text for MySQL only is open."""
        if mark["code"]:
            self._parts.append(" ")
            return True
        if mark["end"] and in_code:
            self._parts.append(" ")
            return False
        if mark["block"] or mark["line"]:
            self._parts.append(" ")
            return in_code
        self._depth += bool(mark["deeper"]) - bool(mark["higher"])
        self._deepest = max(self._deepest, self._depth)
        self._keep(mark.start(), mark.end())
        return in_code

    def _skip_comment(self) -> bool:
        end = self._script.find("*/", self._at)
        self._at = len(self._script) if end < 0 else end + 2
        return end >= 0

    def _keep(self, start: int, end: int) -> None:
        text = self._script[start:end]
        if self._start is None and text.strip():
            self._start = start + len(text) - len(text.lstrip())
        self._parts.append(text)

    def _line_of(self, position: int) -> int:
        self._line += self._script.count("\n", self._counted, position)
        self._counted = position
        return self._line
