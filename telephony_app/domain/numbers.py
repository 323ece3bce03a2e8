"""Numbers that people dial (reference M7.1, M7.2)."""

from __future__ import annotations

import re
from typing import Any

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.faults import Wrong

LONGEST = 32
SPECIAL = frozenset("a e h i o s t fax failed hint".split())
"""Extensions with a meaning of their own in Asterisk's dialplan."""

_PHONE = re.compile(r"[0-9]{1,32}")
_NUMBER = re.compile(r"[0-9*#+A-Za-z]{1,32}")
_BETWEEN = str.maketrans("", "", " ()-.\u00a0")


def phone_number(value: Any) -> str:
    """Return the number of a phone: digits, so that every phone can dial it."""
    text = _plain(value)
    if not _PHONE.fullmatch(text):
        raise Wrong(_("A number of a phone has 1 to 32 digits and nothing else."))
    return text


def extension_number(value: Any) -> str:
    """Return the number of something that is no phone; letters, ``*``, ``#`` and ``+`` do."""
    text = _plain(value)
    if not _NUMBER.fullmatch(text):
        raise Wrong(_("A number has 1 to 32 digits, letters or the signs * # +."))
    if text.lower() in SPECIAL:
        raise Wrong(_("“{text}” has a meaning of its own in Asterisk."), text=text)
    return text


def target_number(value: Any) -> str:
    """Return a number that is called instead, or nothing; what people put between digits goes."""
    text = _plain(value).translate(_BETWEEN)
    return extension_number(text) if text else ""


def prefix(value: Any) -> str:
    """Return what is put before a number, or nothing."""
    text = _plain(value).translate(_BETWEEN)
    if not re.fullmatch(r"[0-9*#+]{0,32}", text):
        raise Wrong(_("Only digits and the signs * # + can be put before a number."))
    return text


def _plain(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise Wrong(_("This must be text."))
    return value.strip()
