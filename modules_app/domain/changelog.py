"""The changelog of a package: lines, each with the version that it begins with (reference F1.6)."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_VERSION = r"[vV]?\d[A-Za-z0-9._-]*"
_DOTTED = r"[vV]?\d+\.[A-Za-z0-9._-]*"
_BEGINNING = re.compile(
    rf"(?:\*\s*({_VERSION})\s*:?\s*\*:?|({_VERSION}):(?!\S)|({_DOTTED})(?=\s|$))\s*"
)
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div)\b[^<>]*>", re.IGNORECASE)
MOST_LINES = 1000

Compare = Callable[[str, str], int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line; ``version`` is what it begins with, "" for a line that goes on."""

    version: str
    text: str


def read_changelog(text: str) -> tuple[Entry, ...]:
    """Return the lines of a changelog in its own order; markup is dropped, line breaks count.

    A number without a dot at the beginning is a version only as ``*13*`` or ``13:``.

    >>> read_changelog("*1.0.1* Fixes #7")
    (Entry(version='1.0.1', text='Fixes #7'),)
    """
    plain = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    lines = (line.strip() for line in plain.splitlines())
    return tuple(_entry(line) for line in list(filter(None, lines))[:MOST_LINES])


def news(entries: Iterable[Entry], *, old: str, new: str, compare: Compare) -> tuple[Entry, ...]:
    """Return the lines of versions above ``old`` up to ``new``; a line that goes on stays.

    ``compare`` is as `modules_app.domain.versions.compare` of one contract.
    """
    found: list[Entry] = []
    within = False
    for entry in entries:
        if entry.version:
            number = entry.version.lstrip("vV")
            within = compare(number, old) > 0 and compare(number, new) <= 0
        if within:
            found.append(entry)
    return tuple(found)


def _entry(line: str) -> Entry:
    found = _BEGINNING.match(line)
    if found is None:
        return Entry("", line)
    version = found[1] or found[2] or found[3]
    return Entry(version, line[found.end() :].strip())
