"""Asking for the files of Asterisk: now, at a quiet moment, by themselves (design 10).

A wish is a row, and at most one is open: clicking twice is one wish, and a restart forgets none.
The operator carries it out (`telephony_app.surface.asterisk`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from modules_app import audit
from modules_app.exceptions import ModuleError, NotFound, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import PbxSetting, SurfaceState
from modules_app.permissions import Actor, Right, require
from modules_app.services.surfaces import ask_refresh
from telephony_app.domain.reloads import Saying
from telephony_app.domain.ripeness import Waiting
from telephony_app.models import ApplyKind, ApplyMark, ApplyOutcome, ApplyRequest
from telephony_app.selectors.apply import (
    AUTOMATIC,
    MARK,
    SETTING,
    SURFACE,
    open_request,
    waiting,
    was_not_told,
)
from telephony_app.services.asterisk import is_reachable

LONGEST_WAIT = timedelta(days=7)
MANUAL = "manual"

_APPLIED = Saying(_("Asterisk works with these files."))
_LEFT_READY = Saying(
    _("The files are ready, but Asterisk does not answer. It is told as soon as it does.")
)
_NOT_THERE = Saying(_("Nothing had to change, and Asterisk cannot be reached now."))


def apply_now(*, actor: Actor) -> ApplyRequest:
    """Ask for applying what waits at once; a wish that waits for a quiet moment becomes this one.

    What the last try could not do is tried again.
    """
    require(actor, Right.CHANGE_TELEPHONY)
    with transaction.atomic():
        request = _ask(actor, ApplyKind.NOW, None)
        failed = SurfaceState.objects.filter(pk=SURFACE).exclude(problem=None).exists()
        ask_refresh([SURFACE], again=failed)
    return request


def apply_when_quiet(*, actor: Actor, until: datetime) -> ApplyRequest:
    """Ask for applying at a moment without calls, at the latest at ``until``; else it is cancelled.

    A second wish takes the place of the first one. Raises ``Refused`` for a moment that is over, or
    further away than a week.
    """
    require(actor, Right.CHANGE_TELEPHONY)
    if not timedelta(0) < until - timezone.now() <= LONGEST_WAIT:
        raise Refused(
            "apply-deadline",
            _("The moment must lie ahead, and within the next {days} days."),
            context={"days": LONGEST_WAIT.days},
        )
    with transaction.atomic():
        request = _ask(actor, ApplyKind.QUIET, until)
        ask_refresh([SURFACE])
    return request


def cancel_apply(*, actor: Actor) -> ApplyRequest:
    """Take the open wish back. Raises ``NotFound`` when there is none."""
    require(actor, Right.CHANGE_TELEPHONY)
    with transaction.atomic():
        request = open_request()
        if request is None:
            raise NotFound("apply-not-asked", _("Nobody asked for applying."))
        said = Saying(_("{actor} took it back."), {"actor": actor.name})
        _end(request, ApplyOutcome.CANCELLED, said)
        audit.record(actor=actor, action="telephony-apply", target=SURFACE, outcome="cancelled")
    return request


def set_automatic(*, actor: Actor, automatic: bool) -> None:
    """Let changes of records be applied by themselves, or only when somebody asks for it."""
    require(actor, Right.CHANGE_TELEPHONY)
    value = AUTOMATIC if automatic else MANUAL
    with transaction.atomic():
        PbxSetting.objects.update_or_create(key=SETTING, defaults={"value": value})
        audit.record(
            actor=actor,
            action="settings-change",
            target=SETTING,
            outcome="done",
            detail={"keys": [SETTING], "value": value},
        )


def tell_again() -> None:
    """Let the operator tell Asterisk what it missed, now that it can be reached again.

    What a person has not asked for yet is not applied with it.
    """
    if was_not_told() and waiting() is None:
        with transaction.atomic():
            ask_refresh([SURFACE], again=True)


def ask_automatically() -> ApplyRequest:
    """Write down that changes are applied by themselves now; an open wish stays what it is."""
    with transaction.atomic():
        found = open_request()
        if found is not None:
            return found
        return _ask(Actor.system(channel="system", name="system"), ApplyKind.AUTOMATIC, None)


def note_waiting(waiting: Waiting) -> None:
    """Remember that something waits, however long: the outbox forgets old events."""
    rows = ApplyMark.objects.filter(pk=MARK, waits_since=None)
    rows.update(waits_since=waiting.first)


def note_applied(*, event: int, modules: str, begun: datetime, was_told: bool) -> None:
    """Remember what is applied; end the wish that was open when it ``begun``.

    One that came later may be about changes that came later, too. Where there was nothing to tell
    (``was_told`` is false), Asterisk is asked whether it is there at all before a person hears so.
    """
    values = {"event": event, "modules": modules, "waits_since": None}
    said = _how_it_stands(was_told) if open_request() else _APPLIED
    with transaction.atomic():
        ApplyMark.objects.update_or_create(pk=MARK, defaults=values)
        _end_open(begun, ApplyOutcome.APPLIED, said)


def note_failed(problem: ModuleError, *, begun: datetime) -> None:
    """End the wish that was open when it ``begun`` with what stood against it."""
    said = Saying(problem.message, dict(problem.context))
    with transaction.atomic():
        _end_open(begun, ApplyOutcome.FAILED, said, problem.slug)


def note_missed(request: ApplyRequest, calls: int | None) -> None:
    """End a wish for a quiet moment that did not come."""
    said = Saying(_("Until the deadline there was no moment without calls."))
    if calls is None:
        said = Saying(_("Until the deadline Asterisk could not be asked how many calls there are."))
    with transaction.atomic():
        _end(request, ApplyOutcome.CANCELLED, said)
        audit.record(
            actor=Actor.system(channel="system", name="operator"),
            action="telephony-apply",
            target=SURFACE,
            outcome="cancelled",
            reason="apply-no-quiet-moment",
        )


def _how_it_stands(was_told: bool) -> Saying:
    if was_not_told():
        return _LEFT_READY
    return _APPLIED if was_told or is_reachable() else _NOT_THERE


def _ask(actor: Actor, kind: ApplyKind, deadline: datetime | None) -> ApplyRequest:
    """Write the wish, or let the open one become it; call it in a transaction."""
    request = open_request()
    if request is not None and (request.kind, request.deadline) == (kind, deadline):
        return request
    request = request or ApplyRequest()
    request.kind, request.deadline = kind, deadline
    request.asked_by, request.asked_at = actor.name, timezone.now()
    request.save()
    detail: dict[str, Any] = {"when": str(kind)}
    if deadline is not None:
        detail["until"] = deadline.isoformat()
    audit.record(
        actor=actor, action="telephony-apply", target=SURFACE, outcome="queued", detail=detail
    )
    return request


def _end_open(begun: datetime, state: ApplyOutcome, said: Saying, reason: str = "") -> None:
    request = open_request()
    if request is not None and request.asked_at <= begun:
        _end(request, state, said)
        audit.record(
            actor=Actor.system(channel="system", name="operator"),
            action="telephony-apply",
            target=SURFACE,
            outcome="done" if state == ApplyOutcome.APPLIED else str(state),
            reason=reason,
        )


def _end(request: ApplyRequest, state: ApplyOutcome, said: Saying) -> None:
    ApplyRequest.objects.filter(pk=request.pk, state=ApplyOutcome.WAITING).update(
        state=state, sentence=said.text, context=said.context, ended_at=timezone.now()
    )
    request.refresh_from_db()
