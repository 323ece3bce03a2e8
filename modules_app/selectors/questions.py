"""Which questions of keyed hooks the modules in use have not answered yet (reference M6.2)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from modules_app.hooks.keyed import KEYED
from modules_app.hooks.questions import Arguments, digest, questions_about, read_records
from modules_app.models import HookResult
from modules_app.selectors.answers import modules_in_use


@dataclass(frozen=True, slots=True)
class Open:
    """What one hook of one module must be asked.

    ``digests`` has all keys that there are now: what is stored of any other is outdated.
    """

    questions: Mapping[str, Arguments]
    digests: Mapping[str, str]


_nothing_open: tuple[object, ...] = ()
"""Modules, records and answers as they were when this process last found no open question."""


def open_questions(module_id: str = "") -> dict[str, dict[str, Open]]:
    """Return what must be asked, by module and hook; nothing is read without keyed hooks.

    A question is open when its arguments are not those with which the present version of the
    module was asked, and a hook stays in when only keys went away. While nothing changes, no
    question is made to find that out.
    """
    global _nothing_open
    having = _having(module_id)
    if not having:
        return {}
    hooks = {hook for _generation, names in having.values() for hook in names}
    state = (having, read_records(), _answered(having, hooks))
    if state == _nothing_open:
        return {}
    found = _compare(having, _all(state[1], hooks))
    _nothing_open = () if found else state
    return found


def _compare(
    having: Mapping[str, tuple[str, list[str]]], everything: Mapping[str, Open]
) -> dict[str, dict[str, Open]]:
    known = _known(having, everything)

    @cache  # most modules were asked the same, which is read and compared once
    def compare(hook: str, text: str | None) -> Open | None:
        return _open(everything[hook], None if text is None else json.loads(text) or {})

    found: dict[str, dict[str, Open]] = {}
    for pk, (generation, hooks) in having.items():
        for hook in hooks:
            if one := compare(hook, known.get((pk, generation, hook))):
                found.setdefault(pk, {})[hook] = one
    return found


def all_questions(hooks: Collection[str]) -> dict[str, Open]:
    """Return every question of these hooks, as if nothing had been asked."""
    return _all(read_records(), hooks)


def _all(records: Collection[object], hooks: Collection[str]) -> dict[str, Open]:
    return {
        hook: Open(asked, {key: digest(arguments) for key, arguments in asked.items()})
        for hook, asked in questions_about(records, hooks).items()
    }


def _open(one: Open, asked: Mapping[str, str] | None) -> Open | None:
    if asked is None:
        return one
    if asked == one.digests:
        return None
    missing = {
        key: arguments
        for key, arguments in one.questions.items()
        if asked.get(key) != one.digests[key]
    }
    return Open(missing, one.digests)


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
    """Return with what each module was asked, as it is stored."""
    rows = _rows(modules, hooks).annotate(text=Cast("asked_with", TextField()))
    return {
        (pk, generation, hook): text
        for pk, generation, hook, text in rows.values_list(
            "module_id", "answered_generation", "hook", "text"
        )
    }


def _rows(modules: Iterable[str], hooks: Iterable[str]) -> QuerySet[HookResult]:
    return HookResult.objects.filter(module_id__in=list(modules), hook__in=list(hooks))
