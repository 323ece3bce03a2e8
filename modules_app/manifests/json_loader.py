"""A JSON reader that refuses what Python's accepts silently (R2.3 M05 to M08).

Duplicate keys, deep nesting, numbers out of range, NaN, lone surrogates and NUL are errors, each
with its line, and every value keeps the line on which its key stands.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules_app.exceptions import gettext_noop as _
from modules_app.manifests.document import MAX_DEPTH, decode
from modules_app.manifests.faults import Faults, Spot

MAX_INTEGER = 2**53

_TOKEN = re.compile(
    r"""
    (?P<string> "(?:[^"\\]|\\.)*+(?:"|\Z) )  # an unclosed one swallows the rest
    | (?P<number> -?[0-9][0-9.eE+-]*+ )
    | (?P<word> -?[A-Za-z]++ )
    | (?P<sign> [][{}:,] )
    | (?P<line> \n )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A parsed document; ``lines`` maps ``/key/key`` to the line of that key."""

    value: Any
    lines: Mapping[str, int]
    faults: Faults

    def at(self, path: str) -> Spot:
        """Return the place of a key."""
        return self.faults.at(path, line=self.lines.get(path))


def load_json(data: bytes, faults: Faults) -> JsonDocument | None:
    """Parse strictly; None when the document cannot be trusted, with all reasons in ``faults``."""
    text = decode(data, faults)
    if text is None or _too_deep(text, faults) or not _well_formed(text, faults):
        return None
    walker = _Walker(faults)
    walker.walk(text)
    if faults.has_errors:
        return None
    return JsonDocument(json.loads(text), walker.lines, faults)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind == "line":
            line += 1
        else:
            yield kind, match.group(), line


def _too_deep(text: str, faults: Faults) -> bool:
    depth = 0
    for kind, token, line in _tokens(text):
        if kind != "sign":
            continue
        depth += (token in "{[") - (token in "}]")
        if depth > MAX_DEPTH:
            faults.at(line=line).error(
                "json-too-deep",
                _("The manifest is nested deeper than {limit} levels."),
                rule="M06",
                limit=MAX_DEPTH,
            )
            return True
    return False


def _well_formed(text: str, faults: Faults) -> bool:
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as fault:
        faults.at(line=fault.lineno).error(
            "json-syntax",
            _("The manifest is not valid JSON: {reason} (line {line}, column {column})."),
            reason=fault.msg,
            line=fault.lineno,
            column=fault.colno,
        )
        return False
    return True


@dataclass(slots=True)
class _Frame:
    path: str
    is_object: bool
    wants_key: bool
    key: str = ""
    index: int = 0
    seen: set[str] = field(default_factory=set)

    def child(self) -> str:
        return f"{self.path}/{self.key if self.is_object else self.index}"


class _Walker:
    """Walks the tokens of a well-formed document and checks what the grammar does not."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.lines: dict[str, int] = {}
        self._frames: list[_Frame] = []

    def walk(self, text: str) -> None:
        for kind, token, line in _tokens(text):
            if kind == "sign":
                self._sign(token)
            elif kind == "string":
                self._string(token, line)
            elif kind == "number":
                self._number(token, line)
            elif token.lstrip("-") in ("NaN", "Infinity"):
                self._bad_number(token, line)

    def _sign(self, token: str) -> None:
        top = self._frames[-1] if self._frames else None
        if token in "{[":
            path = top.child() if top else ""
            self._frames.append(_Frame(path, token == "{", token == "{"))
        elif token in "}]":
            self._frames.pop()
        elif top and token == ",":
            top.wants_key = top.is_object
            top.index += 1

    def _string(self, token: str, line: int) -> None:
        text = json.loads(token)
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            self._at(line).error(
                "json-bad-character",
                _("A text holds a NUL or half of a surrogate pair."),
                rule="M08",
            )
            return
        if self._frames and self._frames[-1].wants_key:
            self._key(self._frames[-1], text, line)

    def _key(self, frame: _Frame, key: str, line: int) -> None:
        if key in frame.seen:
            self.faults.at(f"{frame.path}/{key}", line=line).error(
                "json-duplicate-key",
                _("The key {key} is given twice."),
                rule="M05",
                hint=_("Keep one of them; readers do not agree on which one counts."),
                key=key,
            )
        frame.seen.add(key)
        frame.key = key
        frame.wants_key = False
        self.lines.setdefault(frame.child(), line)

    def _number(self, token: str, line: int) -> None:
        if token.lstrip("-").isdigit():
            bad = len(token) > 17 or abs(int(token)) > MAX_INTEGER or token == "-0"
        else:
            value = float(token)
            bad = not math.isfinite(value) or (value == 0 and token.startswith("-"))
        if bad:
            self._bad_number(token, line)

    def _bad_number(self, token: str, line: int) -> None:
        self._at(line).error(
            "json-bad-number",
            _("{number} is not a number that every reader understands alike."),
            rule="M07",
            number=token[:40],
        )

    def _at(self, line: int) -> Spot:
        return self.faults.at(self._frames[-1].child() if self._frames else "", line=line)
