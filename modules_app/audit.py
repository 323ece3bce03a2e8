"""The only writer of the audit trail; call it in the transaction of the change (reference I10)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from modules_app.domain.ids import fold_id
from modules_app.exceptions import Busy, ModuleError, NotAllowed
from modules_app.models import AuditEvent, Module, Operation, Upload
from modules_app.permissions import Actor

log = logging.getLogger("pbxadmin.audit")

_PATIENCE_MS = 1_000


def record(
    *,
    actor: Actor,
    action: str,
    target: str,
    outcome: str,
    operation: Operation | None = None,
    reason: str = "",
    package_sha256: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write one event: kebab-case ``action``, what it was done to, and how it ended.

    ``reason`` is the slug of what stood in the way. Versions and generations of modules are filled
    in from the rows: before, as they were when the operation was asked for; after, as they are now.
    """
    first = operation.audit.order_by("id").first() if operation else None
    return AuditEvent.objects.create(
        at=timezone.now(),
        action=action[:40],
        target=target[:150],
        outcome=outcome,
        reason=reason[:80],
        package_sha256=package_sha256 or (operation.package_sha256 if operation else ""),
        operation=operation,
        **_who(actor, first),
        **_versions(action, target, operation, first, dict(detail or {})),
    )


def record_refusal(
    *,
    actor: Actor,
    action: str,
    target: str,
    error: ModuleError,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write that an attempt was denied, refused or met an open operation; once per error."""
    if error.is_audited:
        return
    number = error.context.get("operation") if isinstance(error, Busy) else None
    try_record(
        actor=actor,
        action=action,
        target=target,
        outcome=outcome_of(error),
        reason=error.slug,
        detail={**(detail or {}), **({"operation": number} if number else {})},
    )
    error.is_audited = True


def outcome_of(error: ModuleError) -> str:
    """Return the word for an attempt that did not become anything."""
    if isinstance(error, NotAllowed):
        return "denied"
    return "busy" if isinstance(error, Busy) else "refused"


def try_record(*, actor: Actor, action: str, target: str, outcome: str, **more: Any) -> None:
    """Write an event that must not stop what it tells of: logging in works on a full disk.

    It waits a second for the database, not longer; what cannot be written goes to the log.
    """
    try:
        with _impatient(), transaction.atomic():
            record(actor=actor, action=action, target=target, outcome=outcome, **more)
    except DatabaseError as error:
        log.error(
            "not in the audit (%s): %s %s %s by %s at %s",
            error, action, target, outcome, actor.name, actor.address,
        )  # fmt: skip


@contextmanager
def _impatient() -> Iterator[None]:
    """Wait shortly for the lock of the database in this block."""
    usual = int(1000 * connection.settings_dict["OPTIONS"].get("timeout", 5))
    _wait_at_most(_PATIENCE_MS)
    try:
        yield
    finally:
        _wait_at_most(usual)


def _wait_at_most(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout={milliseconds:d}")


def _who(actor: Actor, first: AuditEvent | None) -> dict[str, Any]:
    """Return who acted; of an operation, the facts about the session that asked for it."""
    asked = first if first and not actor.session and first.actor == actor.name else None
    return {
        "actor": actor.name[:150],
        "channel": actor.channel,
        "address": (asked.address if asked else actor.address)[:45],
        "session": asked.session if asked else actor.session,
        "proof_age": asked.proof_age if asked else actor.proof_age,
    }


def _versions(
    action: str,
    target: str,
    operation: Operation | None,
    first: AuditEvent | None,
    detail: dict[str, Any],
) -> dict[str, Any]:
    if not action.startswith("module-"):
        return {"detail": detail}
    now = _state_of(operation.module_id if operation else target)
    if operation and first is None:
        offered = _offered_version(operation)
        before = {"from_version": now["version"], "from_generation": now["generation"]}
        return {**before, "to_version": offered, "detail": detail}
    return {
        "from_version": first.from_version if first else now["version"],
        "from_generation": first.from_generation if first else now["generation"],
        "to_version": now["version"],
        "to_generation": now["generation"],
        "detail": {**detail, "now": now},
    }


def _state_of(module_id: str) -> dict[str, str]:
    fields = ("version", "generation", "wanted", "fault")
    found = Module.objects.filter(id_fold=fold_id(module_id)).values(*fields).first()
    return found or dict.fromkeys(fields, "")


def _offered_version(operation: Operation) -> str:
    upload = operation.options.get("upload")
    if not upload:
        return ""
    found = Upload.objects.filter(pk=upload).values_list("report__version", flat=True).first()
    return str(found or "")[:64]
