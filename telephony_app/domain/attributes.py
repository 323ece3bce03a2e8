"""Own lines for pjsip.conf: sections with keys and values, and nothing besides (reference M7.2).

    [endpoint]
    rtp_timeout = 30

They are taken apart here and written anew by the generators, so a line can neither begin another
section nor include a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modules_app.exceptions import gettext_noop as _
from telephony_app.domain.faults import Wrong
from telephony_app.domain.texts import block, is_plain, lines_of

SECTIONS = ("endpoint", "aor", "auth", "identify", "registration", "acl")
"""The kinds of sections of one account; lines before the first heading belong to ``endpoint``."""

FORBIDDEN = frozenset({"type"})

_HEADING = re.compile(r"\[([a-z_]{1,40})\]")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
_COMMENT = re.compile(r"(?<!\\);.*")
_LONGEST_VALUE = 500

Attributes = Mapping[str, tuple[tuple[str, str], ...]]


def manual_attributes(value: Any) -> str:
    """Return the text as it is stored, comments included. Raises `Wrong` naming the line."""
    text = block(value).strip("\n")
    read_attributes(text)
    return text


def read_attributes(text: str) -> Attributes:
    """Return keys and values by section, in their order; a ``\\;`` is read as ``;``.

    Raises `Wrong` that names the first line that is nothing of this.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    section = SECTIONS[0]
    for number, line in enumerate(lines_of(text), start=1):
        said = _COMMENT.sub("", line).strip()
        if not said:
            continue
        if said.startswith("["):
            section = _section(said, number)
        else:
            found.setdefault(section, []).append(_pair(said, number))
    return {name: tuple(pairs) for name, pairs in found.items()}


def escaped(value: str) -> str:
    """Return a value as it is written into a file of Asterisk."""
    return value.replace(";", "\\;")


def _section(said: str, number: int) -> str:
    heading = _HEADING.fullmatch(said)
    if heading is None or heading[1] not in SECTIONS:
        raise Wrong(
            _("Line {line}: the sections are {known}."),
            line=number,
            known=", ".join(f"[{name}]" for name in SECTIONS),
        )
    return heading[1]


def _pair(said: str, number: int) -> tuple[str, str]:
    key, equals, value = said.partition("=")
    key, value = key.strip(), value.removeprefix(">").strip().replace("\\;", ";")
    if not equals or not _KEY.fullmatch(key) or key.lower() in FORBIDDEN:
        raise Wrong(_("Line {line} is no “key = value”."), line=number)
    if len(value) > _LONGEST_VALUE or value.startswith(">") or not is_plain(value):
        raise Wrong(_("Line {line} has a value that cannot be written."), line=number)
    if value.endswith("\\"):
        raise Wrong(_("Line {line} has a value that cannot be written."), line=number)
    return key, value
