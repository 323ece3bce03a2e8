"""Passwords of phones, providers and programs: generated, or typed within what files can hold."""

from __future__ import annotations

import re
import secrets
import string
from typing import Any

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.faults import Wrong

LENGTH = 24
SHORTEST = 8
LONGEST = 64

_SIGNS = string.ascii_letters + string.digits
_SECRET = re.compile(r"[!#-:<=?-\[\]-~][!#-:<-\[\]-~]*")
"""Printable ASCII without blank, quotation mark, semicolon and backslash, no ``>`` at first:
Asterisk would take them for something else than a part of the value."""


def new_secret() -> str:
    """Return a password that nobody guesses: 24 letters and digits."""
    return "".join(secrets.choice(_SIGNS) for _place in range(LENGTH))


def secret(value: Any) -> str:
    """Return a typed password of a phone or a program, "" for one that is to be generated."""
    text = provider_secret(value)
    if text and len(text) < SHORTEST:
        raise Wrong(_("A password needs at least {least} characters."), least=SHORTEST)
    return text


def provider_secret(value: Any) -> str:
    """Return the password that a provider gave, however short it is; "" for none."""
    if not isinstance(value, str):
        raise Wrong(_("This must be text."))
    text = value.strip()
    if len(text) > LONGEST:
        raise Wrong(_("At most {most} characters fit here."), most=LONGEST)
    if text and not _SECRET.fullmatch(text):
        raise Wrong(
            _("A password can hold letters, digits and signs, but no blank, quote, ; or \\.")
        )
    return text
