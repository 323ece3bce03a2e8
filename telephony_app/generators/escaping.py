"""Texts as they may stand in a file of Asterisk: nothing in them is a line or a comment."""

from __future__ import annotations

import re

_CONTROL = dict.fromkeys([*range(32), 127])
_FOR_NAMES = {**_CONTROL, **{ord(sign): None for sign in '[](){};,<>"\\!= '}}
_FOR_CALLERS = {**_CONTROL, **{ord(sign): None for sign in '"<>\\'}, ord(";"): "\\;"}
_NO_NUMBER = re.compile(r"[^0-9A-Za-z*#+]")
_RISKY = re.compile(r'[;"<>\\]')
_SPECIAL = re.compile(r"\$(?=[\[{(])")


def is_harmless(text: str) -> bool:
    """Tell whether no part of a text changes when it is written as a value or a caller's name."""
    return text.isascii() and text.isprintable() and not _RISKY.search(text)


def value(text: str) -> str:
    """Return a text as the value of a key: control characters go, ``;`` is escaped."""
    return text.translate(_CONTROL).replace(";", "\\;").strip()


def dialplan(text: str) -> str:
    """Return a text for the dialplan: besides, nothing in it is worked out as ``${…}``."""
    return _SPECIAL.sub("", value(text))


def name(text: str) -> str:
    """Return a text as the name of a section or context; signs that cannot stand there go."""
    return text.translate(_FOR_NAMES)


def number(text: str) -> str:
    """Return what of a text can be dialled."""
    return _NO_NUMBER.sub("", text)


def caller(text: str) -> str:
    """Return a name that telephones show: no quotes, no angle brackets."""
    return text.translate(_FOR_CALLERS).strip()


def comment(text: str) -> str:
    """Return a text for a comment of one line."""
    return text.translate(_CONTROL)
