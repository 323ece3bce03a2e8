"""What the hooks of enabled modules answered, and which modules have which hook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from modules_app.hooks.generators import GENERATORS
from modules_app.hooks.specs import HOOKS
from modules_app.models import HookResult, Module
from modules_app.selectors.registry import current_sequence, modules_in_use
from modules_app.selectors.safe_mode import safe_mode

COLLECTED = (
    *(spec.name for spec in HOOKS if spec.collected and spec.called and not spec.keyed),
    *GENERATORS,
)
"""What is asked once for each module, and whose answers are stored as rows.

The hooks that are asked once for each record stand in `modules_app.hooks.keyed`.
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one module contributes to a surface."""

    module_id: str
    priority: int
    value: Any


def answers_to(hook: str) -> list[Answer]:
    """Return the stored answers of modules that are in use, empty ones left out.

    Low priorities first, then by id (reference M6.1). In safe mode there are none.
    """
    if safe_mode():
        return []
    generations = dict(counted().values_list("id", "generation"))
    rows = HookResult.objects.filter(hook=hook, module_id__in=generations).exclude(answer=None)
    found = [
        Answer(row.module_id, row.priority, row.answer)
        for row in rows.order_by("priority", "module_id")
        if row.answer and row.answered_generation == generations[row.module_id]
    ]
    return found


def implementers(hook: str) -> tuple[str, ...]:
    """Return the modules in use that have ``hook``, by id; none in safe mode.

    Read once for each registry sequence, so a page with many places for modules costs little.
    """
    global _known
    sequence = current_sequence()
    if sequence != _known[0]:
        _known = (sequence, _hooks_in_use())
    return () if not _known[1].get(hook) or safe_mode() else _known[1][hook]


def unanswered(module_id: str = "") -> dict[str, list[str]]:
    """Return the collected hooks that no row of the present generation answers, by module."""
    rows = modules_in_use().filter(language="python")
    if module_id:
        rows = rows.filter(pk=module_id)
    wanted = {
        (pk, generation): [name for name in COLLECTED if name in (hooks or ())]
        for pk, generation, hooks in rows.values_list("id", "generation", "facts__hooks")
    }
    asked = HookResult.objects.filter(module_id__in=[pk for pk, _generation in wanted])
    done = set(asked.values_list("module_id", "answered_generation", "hook"))
    missing = {
        pk: [name for name in names if (pk, generation, name) not in done]
        for (pk, generation), names in wanted.items()
    }
    return {pk: names for pk, names in missing.items() if names}


_known: tuple[int, dict[str, tuple[str, ...]]] = (-1, {})


def _hooks_in_use() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    rows = modules_in_use().filter(language="python").order_by("id")
    for module_id, names in rows.values_list("id", "facts__hooks"):
        for name in names or ():
            found.setdefault(name, []).append(module_id)
    return {name: tuple(ids) for name, ids in found.items()}


@contextmanager
def imagine(module_id: str) -> Iterator[None]:
    """Let ``answers_to`` count one more module as in use while the block runs, for a preview."""
    token = _imagined.set(module_id)
    try:
        yield
    finally:
        _imagined.reset(token)


_imagined: ContextVar[str] = ContextVar("imagined", default="")


def counted() -> QuerySet[Module]:
    """Return the modules in use and the one that is imagined to be; look at safe mode yourself."""
    in_use = Q(pk__in=modules_in_use().values("pk"))
    return Module.objects.filter(in_use | Q(pk=_imagined.get()))
