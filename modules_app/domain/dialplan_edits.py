"""What a module of the FreePBX contract does to the dialplan, as plain values (reference F9.4).

FreePBX gives modules one object with all contexts in it. Here a module records what it wants; it
is carried out on the finished text, so that each line knows whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

MOST_EDITS = 500
"""Edits of one module; more are refused."""

_CONTEXT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,78}")
_EXTEN = re.compile(r"[A-Za-z0-9_*#+\[\].!X-]{1,79}")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
_AT = re.compile(r"[1-9]\d{0,4}|[A-Za-z_][A-Za-z0-9_-]{0,39}")
_GLOBAL = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
_LONGEST_LINE = 1024


class EditKind(StrEnum):
    """What is done."""

    ADD = "add"  # a step at the end of an extension
    SPLICE = "splice"  # a step before one that is there
    INCLUDE = "include"
    GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit; which fields count depends on the kind.

    ``at`` is the number of a step, counted from 1, or its label. ``value`` is an application with
    its arguments, the context that is included, or the value of a global variable.
    """

    kind: EditKind
    context: str
    exten: str = ""
    value: str = ""
    at: str = ""
    label: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the JSON form."""
        return asdict(self)


def read_edit(found: Mapping[str, Any]) -> Edit:
    """Return an edit from its JSON form. Raises `ValueError` with a sentence for one that is wrong.

    Nothing of it may end the line, or the section, in which it will stand.
    """
    values = {name: str(found.get(name) or "") for name in Edit.__slots__}
    edit = Edit(**{**values, "kind": EditKind(values["kind"])})
    named = edit.context if edit.kind is not EditKind.GLOBAL else edit.exten
    pattern = _CONTEXT if edit.kind is not EditKind.GLOBAL else _GLOBAL
    _must(pattern, named, "context" if pattern is _CONTEXT else "variable")
    if edit.kind in (EditKind.ADD, EditKind.SPLICE):
        _must(_EXTEN, edit.exten, "extension")
        if edit.label:
            _must(_LABEL, edit.label, "label")
    if edit.kind is EditKind.SPLICE:
        _must(_AT, edit.at, "step")
    if edit.kind is EditKind.INCLUDE:
        _must(_CONTEXT, edit.value, "context")
    _must_be_line(edit)
    return edit


def _must(pattern: re.Pattern[str], text: str, what: str) -> None:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text[:80]!r} is not a {what} of the dialplan")


def _must_be_line(edit: Edit) -> None:
    if edit.kind is not EditKind.GLOBAL and not edit.value.strip():
        raise ValueError(f"an edit of {edit.context!r} has no application")
    if len(edit.value) > _LONGEST_LINE or any(ord(sign) < 32 for sign in edit.value):
        raise ValueError(f"an edit of {edit.context!r} is not one line of at most 1024 characters")
