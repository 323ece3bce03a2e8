"""Calling the hooks of modules: whatever happens in there becomes a value (reference M6.1)."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from modules_app.hooks.specs import HOOKS, HookKind, HookSpec
from modules_app.hooks.values import refuse_wrong_shape

LOWEST = 10_000
"""Where a module stands that says nothing about its order (reference M6.1)."""


class HookOwner(Protocol):
    """What the dispatcher needs of a `ConfigClass`."""

    messages: list[str]

    def get_method_priority(self, method_name: str) -> int:
        """Return where it stands among others for one hook."""


@dataclass(frozen=True, slots=True)
class HookCall:
    """How one call ended; ``error`` is a traceback or empty.

    ``value`` is what the hook returned, or for a hook that changes its argument what it made of
    it; None after an error.
    """

    value: Any = None
    veto: bool = False
    messages: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Tell whether nothing was raised and the answer has a right shape."""
        return not self.error


def call_hook(spec: HookSpec, owner: HookOwner, *arguments: Any) -> HookCall:
    """Call one hook of one module with the arguments that ``spec`` names."""
    owner.messages.clear()
    started = time.perf_counter()
    value, error = None, ""
    try:
        value = getattr(owner, spec.name)(*arguments)
        refuse_wrong_shape(spec, value)
    # Foreign code: it may raise anything, also SystemExit, and must not take the caller with it.
    except BaseException:
        value, error = None, traceback.format_exc()
    veto = spec.kind is HookKind.VETO and value is False
    messages = tuple(str(message) for message in owner.messages)
    return HookCall(value, veto, messages, error, time.perf_counter() - started)


def implemented_hooks(owner: type, base: type) -> list[str]:
    """Return the hooks that the class ``owner`` overrides, in table order."""
    return [
        spec.name for spec in HOOKS if getattr(owner, spec.name, None) != getattr(base, spec.name)
    ]


def priority_of(owner: HookOwner, hook: str) -> int:
    """Return where a module stands for one hook; what it cannot say counts as nothing said."""
    try:
        return int(owner.get_method_priority(hook))
    except Exception:  # foreign code
        return LOWEST


@dataclass
class Dispatcher:
    """Calls a hook of many modules of this process, each in its place.

    Who implements a hook, and in what order, is found once; ``owners`` maps ids to objects of
    classes below ``base``. Order: priority for this hook, then id (reference M6.1, M17.13).
    """

    base: type
    owners: Mapping[str, HookOwner]
    _found: dict[str, list[tuple[str, Callable[..., Any]]]] = field(default_factory=dict)

    def implementers(self, hook: str) -> list[tuple[str, Callable[..., Any]]]:
        """Return the ids and methods of those that implement ``hook``, in order."""
        found = self._found.get(hook)
        if found is None:
            found = self._found[hook] = self._find(hook)
        return found

    def call(
        self,
        hook: str,
        arguments: Sequence[Any] = (),
        *,
        failed: Callable[[str, str], None] = lambda _id, _traceback: None,
    ) -> list[tuple[str, Any]]:
        """Call ``hook`` of all who have it and return (id, value), empty values left out.

        An exception of one never stops the others: ``failed`` gets its id and traceback.
        """
        answers = []
        for module_id, method in self.implementers(hook):
            try:
                value = method(*arguments)
            # Foreign code: see `call_hook`.
            except BaseException:
                failed(module_id, traceback.format_exc())
                continue
            if value:
                answers.append((module_id, value))
        return answers

    def _find(self, hook: str) -> list[tuple[str, Callable[..., Any]]]:
        standard = getattr(self.base, hook)
        having = [
            (priority_of(owner, hook), module_id, getattr(owner, hook))
            for module_id, owner in self.owners.items()
            if getattr(type(owner), hook, standard) is not standard
        ]
        having.sort(key=lambda one: one[:2])
        return [(module_id, method) for _priority, module_id, method in having]


def first_answer(answers: Iterable[tuple[str, Any]]) -> tuple[str, Any] | None:
    """Return the first answer that is not empty, with whose it is."""
    return next((one for one in answers if one[1]), None)
