"""Ending sessions from outside (reference R6.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from modules_app import audit
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor
from modules_app.selectors.sessions import SessionRow, open_sessions, session_store
from modules_app.services.sudo import forget_session


def revoke_session(*, actor: Actor, user: Any, name: str) -> SessionRow:
    """End one session and return what it was.

    People end their own sessions, superusers anybody's. Raises ``NotFound``, also for a session
    that somebody may not know about.
    """
    for row in open_sessions(user=None if user.is_superuser else user):
        if name and row.name == name:
            _end(actor, [row])
            return row
    raise NotFound(
        "session-not-found",
        _("This session has ended already."),
        hint=_("Look at the list again."),
    )


def revoke_other_sessions(*, actor: Actor, user: Any) -> int:
    """End all sessions of ``user`` but the one that asks; return how many."""
    others = [row for row in open_sessions(user=user) if row.name != actor.session]
    _end(actor, others)
    return len(others)


def _end(actor: Actor, rows: Iterable[SessionRow]) -> None:
    """Delete them first: somebody who is to be thrown out does not wait for the audit."""
    for row in rows:
        session_store(row.key).delete(row.key)
        forget_session(row.name)
        audit.try_record(
            actor=actor,
            action="session-revoke",
            target=row.username,
            outcome="done",
            detail={"session": row.name, "address": row.address},
        )
