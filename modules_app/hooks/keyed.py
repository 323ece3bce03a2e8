"""Answers of keyed hooks: what is kept of each, and how much (reference M6.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modules_app.hooks.spec import HookKind, HookSpec
from modules_app.hooks.specs import HOOKS
from modules_app.hooks.values import WrongShape

KEYED = tuple(spec.name for spec in HOOKS if spec.keyed and spec.called)
"""The hooks that are asked once for each record."""

LONGEST_VALUE = 64 * 1024
"""Characters that the answer for one key may have: some hundred lines of dialplan."""

LONGEST_TOGETHER = 4 * 1024 * 1024
"""Characters that all answers of one hook may have: 10,000 telephones with 400 each."""

MOST_FAILURES = 20
"""After so many failures in a row of questions a hook is not asked the others."""

_OPTION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,79}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_Answer = str | dict[str, str] | None


def kept_value(spec: HookSpec, given: Mapping[str, Any], value: Any) -> _Answer:
    """Return what is stored of an answer, None for nothing. Raises `WrongShape`.

    Of text the line ends become plain. Of options only those are kept that differ from what the
    hook was ``given``; numbers become text.
    """
    if not value:
        return None
    if spec.kind is HookKind.TEXT:
        return _text(spec, value)
    return _options(spec, given.get("options") or {}, value) or None


def size_of(value: _Answer) -> int:
    """Return how many characters a kept answer has."""
    if isinstance(value, dict):
        return sum(len(name) + len(text) for name, text in value.items())
    return len(value or "")


def _text(spec: HookSpec, value: Any) -> str | None:
    if not isinstance(value, str):
        raise WrongShape(f"{spec.name} returned {type(value).__name__}; wanted str.")
    text = value.replace("\r\n", "\n")
    if _CONTROL.search(text):
        raise WrongShape(f"{spec.name} returned text with control characters.")
    if len(text) > LONGEST_VALUE:
        raise WrongShape(
            f"{spec.name} returned {len(text)} characters; at most {LONGEST_VALUE} can be kept."
        )
    return text if text.strip() else None


def _options(spec: HookSpec, before: Mapping[str, Any], value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise WrongShape(f"{spec.name} returned {type(value).__name__}; wanted dict.")
    after = {_option(spec, name): _option_text(spec, name, one) for name, one in value.items()}
    changed = {name: text for name, text in after.items() if str(before.get(name, "\0")) != text}
    if size_of(changed) > LONGEST_VALUE:
        raise WrongShape(f"{spec.name} returned options of more than {LONGEST_VALUE} characters.")
    return changed


def _option(spec: HookSpec, name: Any) -> str:
    if not isinstance(name, str) or not _OPTION.fullmatch(name):
        raise WrongShape(f"{spec.name} returned {str(name)[:80]!r}, which is no name of an option.")
    return name


def _option_text(spec: HookSpec, name: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        kind = type(value).__name__
        raise WrongShape(f"{spec.name} returned {kind} for {name}; wanted str.")
    text = str(value)
    if _CONTROL.search(text) or "\n" in text:
        raise WrongShape(f"{spec.name} returned more than one line for {name}.")
    return text
