"""The only writer of the audit trail; call it in the transaction of the change (reference I10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from modules_app.models import AuditEvent, Operation
from modules_app.permissions import Actor


def record(
    *,
    actor: Actor,
    action: str,
    target: str,
    outcome: str,
    operation: Operation | None = None,
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write one event: kebab-case ``action``, what it was done to, and how it ended."""
    return AuditEvent.objects.create(
        at=timezone.now(),
        actor=actor.name,
        channel=actor.channel,
        action=action,
        target=target,
        outcome=outcome,
        operation=operation,
        detail=dict(detail or {}),
    )
