"""Phalcon annotations inside PHP doc comments: ``@Name(arguments)`` with nested lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]

_DEPTH_LIMIT = 16
_DECORATION = re.compile(r"^[ \t]*/\*\*|^[ \t]*\*(?!/)|\*/\s*\Z", re.MULTILINE)
_START = re.compile(r"@([A-Za-z_\\][A-Za-z0-9_\\]*)")
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*')
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?)(?![A-Za-z0-9_])
      | (?P<word>\\?[A-Za-z_][A-Za-z0-9_]*(?:\\[A-Za-z_][A-Za-z0-9_]*)*)
      | (?P<mark>[()\[\]{},=:@])
    )""",
    re.VERBOSE | re.DOTALL,
)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class AnnotationError(Exception):
    """An annotation is not well-formed; ``line`` counts from 0, the comment's first line."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(name)
        self.name = name
        self.line = line


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation: its name, arguments without and with names, and its line in the comment."""

    name: str
    line: int
    items: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)


def read_annotations(comment: str, wanted: frozenset[str]) -> list[Annotation]:
    """Return the annotations of the wanted names; all other ``@words`` are prose.

    Raises `AnnotationError` when a wanted annotation is not well-formed.
    """
    text = _DECORATION.sub(lambda match: " " * len(match[0]), comment)
    found: list[Annotation] = []
    at = line = counted = 0
    while match := _START.search(text, at):
        at = match.end()
        if match[1] in wanted:
            reader = _Reader(text, at, match[1])
            line += text.count("\n", counted, match.start())
            counted = match.start()
            found.append(Annotation(match[1], line, *reader.arguments()))
            at = reader.at
    return found


class _Reader:
    """A recursive descent over the tokens after an annotation's name."""

    def __init__(self, text: str, at: int, name: str) -> None:
        self.text = text
        self.at = at
        self.name = name

    def arguments(self) -> tuple[list[Value], dict[str, Value]]:
        """Return what stands in parentheses after the name; nothing when there are none."""
        token = self._peek()
        if token is None or token["mark"] != "(":
            return [], {}
        return self._group(0)

    def _group(self, depth: int) -> tuple[list[Value], dict[str, Value]]:
        if depth > _DEPTH_LIMIT:
            raise self._error()
        closing = _CLOSING[self._next()["mark"]]
        items: list[Value] = []
        named: dict[str, Value] = {}
        while not self._take(closing):
            name, value = self._item(depth)
            if name is None:
                items.append(value)
            else:
                named[name] = value
            if not self._take(","):
                if not self._take(closing):
                    raise self._error()
                break
        return items, named

    def _item(self, depth: int) -> tuple[str | None, Value]:
        token = self._peek()
        if token is not None and (token["word"] or token["string"]):
            start = self.at
            self._next()
            if self._take("=") or self._take(":"):
                return _plain(token), self._value(depth)
            self.at = start
        return None, self._value(depth)

    def _value(self, depth: int) -> Value:
        token = self._peek()
        if token is None:
            raise self._error()
        if token["mark"]:
            return self._composite(token["mark"], depth)
        self._next()
        if token["number"]:
            number = token["number"]
            return float(number) if "." in number or len(number) > 18 else int(number)
        if token["word"] and token["word"].lower() in _WORDS:
            return _WORDS[token["word"].lower()]
        return _plain(token)

    def _composite(self, mark: str, depth: int) -> Value:
        if mark == "@":
            self._next()
            name = self._next()["word"]
            if not name:
                raise self._error()
            after = self._peek()
            if after is None or after["mark"] != "(":
                return {"@": name}
        elif mark not in "[{":
            raise self._error()
        items, named = self._group(depth + 1)
        if not named:
            return items
        return named | {str(at): item for at, item in enumerate(items)}

    def _peek(self) -> re.Match[str] | None:
        return _TOKEN.match(self.text, self.at)

    def _next(self) -> re.Match[str]:
        token = self._peek()
        if token is None:
            raise self._error()
        self.at = token.end()
        return token

    def _take(self, mark: str) -> bool:
        token = self._peek()
        if token is None or token["mark"] != mark:
            return False
        self.at = token.end()
        return True

    def _error(self) -> AnnotationError:
        return AnnotationError(self.name, self.text.count("\n", 0, self.at))


def _plain(token: re.Match[str]) -> str:
    return token["string"][1:-1] if token["string"] else token["word"]
