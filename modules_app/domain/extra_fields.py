"""Fields that modules add to forms of PBX Admin, as data (reference M6.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)
_UNBOUNDED = re.compile(r"[*+]|\{\d*,\}")
MOST_FIELDS = 30
LONGEST_TEXT = 10_000


class FieldKind(StrEnum):
    """What a field takes."""

    TEXT = "text"
    TEXTAREA = "textarea"
    NUMBER = "number"
    BOOL = "bool"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class ExtraField:
    """One field; ``low`` and ``high`` bound a number, or the length of a text."""

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    help: str = ""
    initial: Any = None
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    low: int | None = None
    high: int | None = None
    pattern: str = ""
    pattern_message: str = ""


def read_field(data: Mapping[str, Any]) -> ExtraField:
    """Return a field as a module declared it. Raises `ValueError` that says what is wrong."""
    name, kind = str(data.get("name", "")), str(data.get("kind", ""))
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a field: letters, digits and _, at most 40.")
    if kind not in list(FieldKind):
        raise ValueError(f"{name}: there is no kind {kind!r}, only {', '.join(FieldKind)}.")
    choices = tuple(_choice(one) for one in data.get("choices") or ())
    if kind == FieldKind.CHOICE and not choices:
        raise ValueError(f"{name}: a choice needs choices.")
    pattern = str(data.get("pattern") or "")[:500]
    if pattern and not is_safe_pattern(pattern):
        raise ValueError(f"{name}: the pattern is no regular expression that can be used here.")
    return ExtraField(
        name=name,
        label=str(data.get("label") or name)[:200],
        kind=FieldKind(kind),
        help=str(data.get("help") or "")[:1000],
        initial=_initial(data.get("initial")),
        required=bool(data.get("required")),
        choices=choices,
        low=_bound(data.get("low")),
        high=_bound(data.get("high")),
        pattern=pattern,
        pattern_message=str(data.get("pattern_message") or "")[:300],
    )


def is_safe_pattern(pattern: str) -> bool:
    """Say whether a module's pattern is quick on every text: few repeats, none inside another."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    nested = re.search(r"\([^()]*[*+}?][^()]*\)\s*[*+{]|\)\)", pattern)
    return not nested and len(_UNBOUNDED.findall(pattern)) <= 2


def _choice(one: Any) -> tuple[str, str]:
    if isinstance(one, list | tuple) and len(one) == 2:
        return str(one[0])[:200], str(one[1])[:200]
    return str(one)[:200], str(one)[:200]


def _bound(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _initial(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else str(value)
