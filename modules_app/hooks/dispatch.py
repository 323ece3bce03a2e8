"""Calling a module's hook: whatever happens in there becomes a value."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any, Protocol

from modules_app.hooks.specs import HOOKS, HookKind, HookSpec


class HookOwner(Protocol):
    """What the dispatcher needs of a `ConfigClass`."""

    messages: list[str]


@dataclass(frozen=True, slots=True)
class HookResult:
    """How a hook ended; ``error`` is a traceback or empty."""

    veto: bool = False
    messages: tuple[str, ...] = ()
    error: str = ""


def call_hook(spec: HookSpec, owner: HookOwner, *arguments: Any) -> HookResult:
    """Call one hook of one module with the arguments that ``spec`` names."""
    owner.messages.clear()
    try:
        answer = getattr(owner, spec.name)(*arguments)
    # Foreign code: it may raise anything, also SystemExit, and must not take the caller with it.
    except BaseException:
        return HookResult(messages=_texts(owner), error=traceback.format_exc())
    veto = spec.kind is HookKind.VETO and answer is False
    return HookResult(veto=veto, messages=_texts(owner))


def implemented_hooks(owner: type, base: type) -> list[str]:
    """Return the hooks that the class ``owner`` overrides, in table order."""
    return [
        spec.name for spec in HOOKS if getattr(owner, spec.name, None) != getattr(base, spec.name)
    ]


def _texts(owner: HookOwner) -> tuple[str, ...]:
    return tuple(str(message) for message in owner.messages)
