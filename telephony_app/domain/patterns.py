"""Which numbers a route is for (reference M7.5, M7.6).

Outgoing routes say how a number begins in a few signs of regular expressions: digits, ``* # +`` as
themselves, ``.`` for any digit, ``[1-5]``, ``(7|8)``, and ``?``, ``{2}`` or ``{2,4}`` behind one of
these. It is read into a tree and written anew, so nothing else gets into the dialplan.
"""

from __future__ import annotations

import re
from typing import Any

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.faults import Wrong

LONGEST = 190
DEEPEST = 5
MOST_REPEATED = 32

_DIGITS = frozenset("0123456789")
_ITSELF = {"#": "#", "*": "[*]", "+": "[+]"}
_SET = re.compile(r"\[((?:[0-9*#]|[0-9]-[0-9])+)\]")
_TIMES = re.compile(r"\{([0-9]{1,2})(?:,([0-9]{1,2}))?\}")

_DID = re.compile(r"_?(?:[0-9A-Za-z*#+-]|\[[0-9](?:-?[0-9])*\])*[.!]?")
_DID_PATTERN = re.compile(r"[.!NXZ0-9\[\]-]+")
_GOTO = re.compile(r"[A-Za-z0-9_.-]+,[A-Za-z0-9_.*#+-]+,[A-Za-z0-9_]+")


def begins_with(value: Any) -> str:
    """Return the beginning of a number as it is stored, without blanks. Raises `Wrong`."""
    if not isinstance(value, str):
        raise Wrong(_("This must be text."))
    text = "".join(value.split()).removeprefix("^")
    if len(text) > LONGEST:
        raise Wrong(_("At most {most} characters fit here."), most=LONGEST)
    _Reader(text).read()
    return text


def number_expression(begins: str, rest: int) -> str:
    """Return the whole regular expression for Asterisk's REGEX, without backslashes and quotes.

    ``rest`` digits follow the beginning: -1 any, 0 none (reference M7.6). Raises `Wrong`.
    """
    start = f"^{_Reader(begins).read()}"
    if rest < 0:
        return start
    return f"{start}[0-9]{{{rest}}}$" if rest else f"{start}$"


def matches(begins: str, rest: int, number: str) -> bool:
    """Tell whether a number that somebody dials takes the route."""
    return re.search(number_expression(begins, rest), number, re.ASCII) is not None


def did_number(value: Any) -> str:
    """Return the number of an incoming route as it is stored; "" is every number. Raises `Wrong`.

    It is a literal number or a pattern of Asterisk, with or without its ``_`` (reference M7.5).
    """
    text = value.strip() if isinstance(value, str) else "?"
    if len(text) > 64 or not _DID.fullmatch(text) or text in ("_", "-"):
        raise Wrong(
            _("“{text}” is neither a number nor a pattern such as 7495XXX."), text=text[:60]
        )
    return text


def did_extension(number: str) -> str:
    """Return the extension in the dialplan for a route's number (reference M7.5)."""
    if not number:
        return "_X!"
    if number.startswith("_") or number.isdigit():
        return number
    return f"_{number}" if _DID_PATTERN.fullmatch(number) else number


def destination(value: Any) -> str:
    """Return a place of the dialplan, ``context,extension,priority``, or nothing."""
    text = value.strip() if isinstance(value, str) else "?"
    if text and (len(text) > 190 or not _GOTO.fullmatch(text)):
        raise Wrong(_("“{text}” is no destination such as context,extension,1."), text=text[:60])
    return text


class _Reader:
    """Reads one beginning and writes it as an expression that holds only what was understood."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> str:
        found = self._sequence(0)
        if self._at < len(self._text):
            raise self._wrong()
        return found

    def _sequence(self, depth: int) -> str:
        found = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            found.append(self._repeated(self._atom(depth)))
        return "".join(found)

    def _atom(self, depth: int) -> str:
        sign = self._text[self._at]
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            return self._set()
        self._at += 1
        if sign in _DIGITS:
            return sign
        if sign == ".":
            return "[0-9]"
        if sign in _ITSELF:
            return _ITSELF[sign]
        self._at -= 1
        raise self._wrong()

    def _group(self, depth: int) -> str:
        if depth >= DEEPEST:
            raise self._wrong()
        self._at += 1
        choices = [self._sequence(depth + 1)]
        while self._text[self._at : self._at + 1] == "|":
            self._at += 1
            choices.append(self._sequence(depth + 1))
        if self._text[self._at : self._at + 1] != ")":
            raise self._wrong()
        self._at += 1
        return f"({'|'.join(choices)})"

    def _set(self) -> str:
        found = _SET.match(self._text, self._at)
        if found is None or any(low > high for low, high in re.findall(r"(\d)-(\d)", found[1])):
            raise self._wrong()
        self._at = found.end()
        return found[0]

    def _repeated(self, atom: str) -> str:
        """Write ``{2,4}`` without its comma, which would part the arguments of an application."""
        if self._text[self._at : self._at + 1] == "?":
            self._at += 1
            return f"{atom}?"
        found = _TIMES.match(self._text, self._at)
        if found is None:
            return atom
        low, high = int(found[1]), int(found[2] or found[1])
        if not low <= high <= MOST_REPEATED:
            raise self._wrong()
        self._at = found.end()
        return (f"{atom}{{{low}}}" if low else "") + f"{atom}?" * (high - low)

    def _wrong(self) -> Wrong:
        return Wrong(
            _("“{text}” cannot be understood from “{rest}” on; digits, [1-5] and (7|8) can."),
            text=self._text[:60],
            rest=self._text[self._at :][:20],
        )
