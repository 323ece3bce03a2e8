"""What authors of modules forbid: candisable and canuninstall (reference F1.2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import F

from modules_app.domain.states import Verb
from modules_app.models import Module
from modules_app.selectors.modules import ModuleRow
from modules_app.selectors.safe_mode import safe_mode

NOTHING: frozenset[Verb] = frozenset()
_FLAGS = {Verb.DISABLE: "can_disable", Verb.REMOVE: "can_uninstall"}
_MOST = 4096

_known: dict[tuple[str, str, str], frozenset[Verb]] = {}


def forbidden_verbs(rows: Collection[ModuleRow]) -> dict[str, frozenset[Verb]]:
    """Return by id which of disable and remove are forbidden; modules that forbid nothing lack.

    In safe mode everything can be disabled. What a manifest says is read once for each generation.
    """
    fresh = [row.id for row in rows if _key(row) not in _known]
    if fresh:
        _read(fresh, {row.id: _key(row) for row in rows})
    lifted = {Verb.DISABLE} if any(_known.get(_key(row)) for row in rows) and safe_mode() else set()
    found = {row.id: _known.get(_key(row), NOTHING) - lifted for row in rows}
    return {name: verbs for name, verbs in found.items() if verbs}


def forbidden_by(manifest: Mapping[str, Any]) -> frozenset[Verb]:
    """Return what a stored manifest forbids."""
    return frozenset(verb for verb, name in _FLAGS.items() if manifest.get(name) is False)


def _key(row: ModuleRow) -> tuple[str, str, str]:
    return row.id, row.generation, row.version


def _read(ids: list[str], keys: Mapping[str, tuple[str, str, str]]) -> None:
    if len(_known) > _MOST:
        _known.clear()
    flags = {name: F(f"facts__manifest__{name}") for name in _FLAGS.values()}
    stored = Module.objects.filter(pk__in=ids).annotate(**flags)
    for pk, *values in stored.values_list("id", *flags):
        _known[keys[pk]] = forbidden_by(dict(zip(flags, values, strict=True)))
