"""Which questions of keyed hooks the modules in use have not answered yet (reference M6.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.db.models import QuerySet

from modules_app.hooks.asked import NOTHING, Asked, PresentQuestions
from modules_app.hooks.keyed import KEYED
from modules_app.hooks.questions import Arguments, read_records
from modules_app.models import AskedQuestions, HookResult
from modules_app.selectors.answers import modules_in_use


@dataclass(frozen=True, slots=True)
class Open:
    """What one hook of one module must be asked.

    ``asked`` has all keys that there are now: what is stored of any other is outdated. ``before``
    names what had been asked, so that ``questions`` are the difference.
    """

    questions: Mapping[str, Arguments]
    asked: Asked
    before: str = ""


_nothing_open: tuple[object, ...] = ()
"""Modules, records and answers as they were when this process last found no open question."""
_present: PresentQuestions | None = None
"""The questions that this process has made last: most of them stay when a record changes."""


def open_questions(module_id: str = "") -> dict[str, dict[str, Open]]:
    """Return what must be asked, by module and hook; nothing is read without keyed hooks.

    A question is open when its arguments are not those with which the present version of the
    module was asked, and a hook stays in when only keys went away. While nothing changes, no
    question is made to find that out.
    """
    global _nothing_open, _present
    having = _having(module_id)
    if not having:
        return {}
    hooks = {hook for _generation, names in having.values() for hook in names}
    state = (having, read_records(), _answered(having, hooks))
    if state == _nothing_open:
        return {}
    _present = PresentQuestions(state[1], hooks, _present)
    found = _compare(having, _present)
    _present.forget_arguments()
    _nothing_open = () if found else state
    return found


def all_questions(hooks: Collection[str]) -> dict[str, Open]:
    """Return every question of these hooks, as if nothing had been asked."""
    present = PresentQuestions(read_records(), hooks)
    return {hook: _all(present, hook) for hook in present.asked}


def read_asked(name: str) -> Asked:
    """Return the digests of that name; nothing when there are none, so that all is asked again."""
    try:
        return _stored(name) if name else NOTHING
    except AskedQuestions.DoesNotExist:
        return NOTHING


@lru_cache(maxsize=4)  # what has a name never changes
def _stored(name: str) -> Asked:
    return Asked.from_text(AskedQuestions.objects.get(name=name).digests)


def _compare(
    having: Mapping[str, tuple[str, list[str]]], present: PresentQuestions
) -> dict[str, dict[str, Open]]:
    known = _known(having, present.asked)

    @cache  # most modules were asked the same, which is compared once
    def compare(hook: str, before: str | None) -> Open | None:
        return _all(present, hook) if before is None else _open(present, hook, before)

    found: dict[str, dict[str, Open]] = {}
    for pk, (generation, hooks) in having.items():
        for hook in hooks:
            if one := compare(hook, known.get((pk, generation, hook))):
                found.setdefault(pk, {})[hook] = one
    return found


def _all(present: PresentQuestions, hook: str) -> Open:
    asked = present.asked[hook]
    return Open(present.about(hook, asked.digests), asked)


def _open(present: PresentQuestions, hook: str, before: str) -> Open | None:
    asked = present.asked[hook]
    if asked.name == before:
        return None
    earlier = read_asked(before).digests
    changed = [key for key, one in asked.digests.items() if earlier.get(key) != one]
    return Open(present.about(hook, changed), asked, before)


def _having(module_id: str) -> dict[str, tuple[str, list[str]]]:
    """Return the generation and the keyed hooks of each module in use that has any."""
    rows = modules_in_use().filter(language="python")
    if module_id:
        rows = rows.filter(pk=module_id)
    found = {
        pk: (generation, [name for name in KEYED if name in (hooks or ())])
        for pk, generation, hooks in rows.values_list("id", "generation", "facts__hooks")
    }
    return {pk: one for pk, one in found.items() if one[1]}


def _answered(modules: Iterable[str], hooks: Iterable[str]) -> list[tuple[Any, ...]]:
    """Return when which answers were stored, without reading them."""
    rows = _rows(modules, hooks).order_by("pk")
    return list(rows.values_list("pk", "module_id", "hook", "answered_generation", "at"))


def _known(modules: Iterable[str], hooks: Iterable[str]) -> dict[tuple[str, str, str], str]:
    """Return the name of what each version of a module was asked."""
    rows = _rows(modules, hooks).values_list(
        "module_id", "answered_generation", "hook", "asked_with"
    )
    return {(pk, generation, hook): name for pk, generation, hook, name in rows}


def _rows(modules: Iterable[str], hooks: Iterable[str]) -> QuerySet[HookResult]:
    return HookResult.objects.filter(module_id__in=list(modules), hook__in=list(hooks))
