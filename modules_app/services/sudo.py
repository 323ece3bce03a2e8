"""Sudo mode: dangerous actions need a password that was typed a short while ago (reference R6.4).

The proof belongs to the session, not to the person: another browser has to prove itself. A request
that comes too late is stored here, not in the form, and runs once the password was typed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone

from modules_app import audit
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import PendingAction
from modules_app.permissions import Actor
from modules_app.processes.clock import seconds_since, stamp
from modules_app.selectors.sessions import NAME, PROOF, proof_age

WAIT_SECONDS = 600
"""How long a stored action waits for the password."""

_MOST_PER_SESSION = 20
_MOST_BYTES = 256 * 1024


def is_fresh(session: SessionBase) -> bool:
    """Tell whether the password was typed in this session less than ``PBX_SUDO_SECONDS`` ago."""
    age = proof_age(session)
    return age is not None and age < settings.PBX_SUDO_SECONDS


def prove(session: SessionBase) -> None:
    """Note that the password was typed now; the session gets another key (reference W03)."""
    session[PROOF] = stamp()
    session.cycle_key()


def keep_action(
    *,
    actor: Actor,
    user: Any,
    path: str,
    body: str | None,
    what: str,
    target: str,
    back: str,
) -> PendingAction:
    """Store a request that needs the password first.

    ``body`` is the form as it was sent, or None when there is nothing to send again or it holds
    what must not be stored; then the person is led to ``path`` again. ``what`` is a sentence with
    ``{target}``.
    """
    fits = body is not None and len(body) <= _MOST_BYTES
    with transaction.atomic():
        _forget_old(actor.session)
        action = PendingAction.objects.create(
            user=user,
            session=actor.session,
            path=path[:2000],
            body=body if fits else "",
            kept=fits,
            what=what,
            target=target[:150],
            back=back[:2000],
            asked_at=stamp(),
            stored_at=timezone.now(),
        )
        record_step(actor=actor, action=action, outcome="asked")
    return action


def find_action(*, action_id: Any, user: Any, session: SessionBase) -> PendingAction:
    """Return an action that waits in this very session. Raises ``NotFound``."""
    found = PendingAction.objects.filter(
        pk=action_id, user=user, session=session.get(NAME) or "-"
    ).first()
    age = seconds_since(found.asked_at) if found else None
    if found is None or age is None or age > WAIT_SECONDS:
        raise _gone()
    return found


def take_action(*, actor: Actor, action: PendingAction, outcome: str = "passed") -> None:
    """Delete the stored action, which gives the right to run it. Raises ``NotFound`` if it is gone.

    Of two who try at the same time one gets it.
    """
    with transaction.atomic():
        deleted, _rows = PendingAction.objects.filter(pk=action.pk).delete()
        if not deleted:
            raise _gone()
        record_step(actor=actor, action=action, outcome=outcome)


def forget_session(name: str) -> None:
    """Delete what waits in a session that is over."""
    PendingAction.objects.filter(session=name).delete()


def record_step(*, actor: Actor, action: PendingAction, outcome: str) -> None:
    """Write to the audit that the password was asked for, typed, wrong or not typed at all."""
    audit.record(
        actor=actor,
        action="sudo",
        target=action.target or action.path[:150],
        outcome=outcome,
        detail={"for": action.what, "path": action.path.partition("?")[0][:200]},
    )


def _forget_old(session: str) -> None:
    long_ago = timezone.now() - timedelta(seconds=2 * WAIT_SECONDS)
    PendingAction.objects.filter(stored_at__lt=long_ago).delete()
    own = PendingAction.objects.filter(session=session).order_by("-stored_at")
    extra = list(own.values_list("pk", flat=True)[_MOST_PER_SESSION - 1 :])
    PendingAction.objects.filter(pk__in=extra).delete()


def _gone() -> NotFound:
    return NotFound(
        "confirmation-gone",
        _("This confirmation is no longer open. Nothing was done by it."),
        hint=_("Start the action again; you are asked for your password once more."),
    )
