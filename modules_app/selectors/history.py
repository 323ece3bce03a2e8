"""What happened to a module: its versions, its last trouble, what checks found of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from modules_app.domain.operations import Outcome
from modules_app.domain.states import Verb
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module, Operation
from modules_app.selectors.operations import OperationPage, get_operation

_BRINGS_A_VERSION = (Verb.INSTALL, Verb.UPGRADE, Verb.ROLLBACK)
_BRINGS_DATA = (*_BRINGS_A_VERSION, Verb.PURGE)

WEAK_SENTENCES: dict[str, str] = {
    "network": _("The network could not be taken away from it while it was tried."),
    "pid-namespace": _("It was not hidden from other processes while it was tried."),
    "process-limit": _("The number of its processes could not be limited: we run as root."),
}
"""What it means when the kernel does not grant a limit (`ChildResult.weak`)."""


@dataclass(frozen=True, slots=True)
class VersionHistory:
    """The installed version, ``since`` when it took the place of the one that is kept."""

    since: datetime
    has_previous: bool
    previous: str
    is_newer: bool
    is_unpurged: bool = False


@dataclass(frozen=True, slots=True)
class Checks:
    """What was found when files and data were compared, and when the code was tried."""

    verified_at: datetime | None
    damage: tuple[str, ...]
    tried_at: datetime | None
    weak: tuple[str, ...]


def version_history(module: Module) -> VersionHistory:
    """Return since when the installed version is there, and which one can be returned to."""
    brought = Operation.objects.filter(
        id_fold=module.id_fold, verb__in=_BRINGS_A_VERSION, outcome=Outcome.DONE
    )
    since = brought.order_by("-id").values_list("ended_at", flat=True).first()
    return VersionHistory(
        since=since or module.installed_at,
        has_previous=bool(module.previous_generation),
        previous=str(module.previous.get("version", "")),
        is_newer=module.previous.get("by") == Verb.ROLLBACK,
        is_unpurged=module.previous.get("by") == Verb.PURGE,
    )


def last_trouble(operations: Iterable[Operation]) -> OperationPage | None:
    """Return the newest ended operation if it failed, was interrupted, or nobody asked for it.

    ``operations`` are those of one module, newest first.
    """
    for operation in operations:
        if operation.ended_at is None or operation.outcome in (Outcome.REFUSED, Outcome.CANCELLED):
            continue
        page = get_operation(operation.pk)
        return page if page.went_wrong or operation.options.get("automatic") else None
    return None


def counterpart(operation: Operation) -> Operation | None:
    """Return the upgrade that a rollback took back, or the rollback that took an upgrade back.

    None unless the two follow each other directly.
    """
    if operation.outcome != Outcome.DONE or operation.verb not in (Verb.UPGRADE, Verb.ROLLBACK):
        return None
    same = Operation.objects.filter(
        id_fold=operation.id_fold, verb__in=_BRINGS_DATA, outcome=Outcome.DONE
    )
    if operation.verb == Verb.UPGRADE:
        other = same.filter(pk__gt=operation.pk).order_by("pk").first()
        return other if other is not None and other.verb == Verb.ROLLBACK else None
    other = same.filter(pk__lt=operation.pk).order_by("-pk").first()
    return other if other is not None and other.verb == Verb.UPGRADE else None


def checks_of(module: Module) -> Checks:
    """Return what checks found of the installed files; what they found of others is forgotten."""
    files = _of_this_generation(module, "files")
    tried = _of_this_generation(module, "preflight")
    data = str(files.get("data") or "")
    return Checks(
        verified_at=parse_datetime(files.get("at") or ""),
        damage=(*([data] if data else []), *files.get("problems", [])),
        tried_at=parse_datetime(tried.get("at") or ""),
        weak=tuple(WEAK_SENTENCES.get(name, name) for name in tried.get("weak", [])),
    )


def _of_this_generation(module: Module, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = module.checks.get(kind) or {}
    return found if found.get("generation") == module.generation else {}
