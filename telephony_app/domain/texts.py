"""Texts, switches and amounts. What ends in a file of Asterisk can be no second line of it.

A line break would begin another line, ``;`` a comment, ``${`` and ``$[`` something to be worked
out: they are refused where they enter, whatever the generators do with them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from typing import Any

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.faults import Check, Wrong

LONGEST_TEXT = 20_000

_EXPRESSIONS = ("${", "$[", "$(")
_NEVER_IN_NAMES = frozenset('"<>;\\')
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LINE_ENDS = re.compile(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


def is_plain(text: str) -> bool:
    """Tell whether a text is one line that shows every character it has."""
    return not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in text)


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, whatever ends them."""
    return _LINE_ENDS.split(text)


def line(most: int, *, needed: bool = False) -> Check:
    """Return a check for one line of text."""

    def check(value: Any) -> str:
        text = _text(value)
        if needed and not text:
            raise Wrong(_("This field is required."))
        if len(text) > most:
            raise Wrong(_("At most {most} characters fit here."), most=most)
        if not is_plain(text):
            raise Wrong(_("This must be one line without invisible characters."))
        if any(start in text for start in _EXPRESSIONS):
            raise Wrong(_("A “$” cannot stand before a bracket here."))
        return text

    return check


def shown_name(most: int, *, needed: bool = False) -> Check:
    """Return a check for a name that telephones show: no quotes, angle brackets, semicolons."""
    one_line = line(most, needed=needed)

    def check(value: Any) -> str:
        text: str = one_line(value)
        if found := sorted(_NEVER_IN_NAMES & set(text)):
            raise Wrong(_("A name cannot hold “{sign}”."), sign=found[0])
        return text

    return check


def note(value: Any) -> str:
    """Return a text of several lines, their ends made alike."""
    return block(value).strip()


def block(value: Any) -> str:
    """Return a text as it is, its line ends made alike and without invisible characters."""
    if not isinstance(value, str):
        raise Wrong(_("This must be text."))
    text = "\n".join(lines_of(value))
    if len(text) > LONGEST_TEXT:
        raise Wrong(_("At most {most} characters fit here."), most=LONGEST_TEXT)
    if not all(is_plain(one.replace("\t", " ")) for one in text.split("\n")):
        raise Wrong(_("There are invisible characters in this text."))
    return text


def email(value: Any) -> str:
    """Return an address for e-mail, or nothing."""
    text = _text(value)
    if text and (len(text) > 254 or not _EMAIL.fullmatch(text)):
        raise Wrong(_("“{text}” is no e-mail address."), text=text[:60])
    return text


def flag(value: Any) -> bool:
    """Return a switch; the words of a command line and of CSV count, too."""
    if isinstance(value, bool):
        return value
    known = {"1": True, "true": True, "yes": True, "on": True}
    known |= {"0": False, "false": False, "no": False, "off": False, "": False}
    word = str(value).strip().casefold()
    if word not in known:
        raise Wrong(_("“{text}” is neither yes nor no."), text=word[:40])
    return known[word]


def whole(low: int, high: int) -> Check:
    """Return a check for a whole number within limits."""

    def check(value: Any) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise Wrong(_("“{text}” is no whole number."), text=text[:40])
        if not low <= int(text) <= high:
            raise Wrong(_("This must be from {low} to {high}."), low=low, high=high)
        return int(text)

    return check


def one_of(words: type[StrEnum]) -> Check:
    """Return a check for one of some stored words."""

    def check(value: Any) -> str:
        text = _text(value)
        if text not in set(words):
            known = ", ".join(word.value or '""' for word in words)
            raise Wrong(_("“{text}” is none of: {known}."), text=text[:40], known=known)
        return str(text)

    return check


def listed(one: Check, most: int) -> Check:
    """Return a check for a list of values; doubles count once."""

    def check(value: Any) -> list[Any]:
        if isinstance(value, str):
            value = [part for part in re.split(r"[\s,]+", value) if part]
        if not isinstance(value, Collection):
            raise Wrong(_("This must be a list."))
        if len(value) > most:
            raise Wrong(_("At most {most} fit here."), most=most)
        return list(dict.fromkeys(one(part) for part in value))

    return check


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong(_("This must be text."))
    return value.strip()
