"""The surface "asterisk": every file that Asterisk reads, core and modules together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from modules_app.exceptions import ModuleError, caused_by
from modules_app.exceptions import gettext_noop as _
from modules_app.services.events import last_event
from modules_app.surfaces.base import (
    Change,
    Complaint,
    Disputed,
    NotReloaded,
    Rendering,
    Surface,
)
from telephony_app.domain.reader import Fault, check
from telephony_app.domain.ripeness import Decision, Waiting, is_ripe, quiet_decision
from telephony_app.models import ApplyKind, ApplyRequest
from telephony_app.selectors.apply import (
    NOT_TOLD,
    SURFACE,
    gave_up,
    is_automatic,
    mark,
    open_request,
    waiting,
    was_not_told,
)
from telephony_app.selectors.contributors import ASTERISK_HOOKS, modules_digest
from telephony_app.services.apply import (
    ask_automatically,
    note_applied,
    note_failed,
    note_missed,
    note_waiting,
)
from telephony_app.services.asterisk import Unreachable, calls_now, console
from telephony_app.services.configured import tell_configured
from telephony_app.surface import blame
from telephony_app.surface.drawing import Records, digest_of_inputs, drawing, read_records
from telephony_app.surface.notes import kept_notes, notes_of, standing_notes
from telephony_app.surface.telling import Heard, log_mark, read_back, tell


@dataclass(slots=True)
class _Look:
    """What was there when the look under way began; the operator looks once at a time."""

    event: int = 0
    modules: str = ""
    begun: datetime = field(default_factory=timezone.now)
    records: Records | None = None
    was_told: bool = False


class AsteriskSurface(Surface):
    """Written from a snapshot, read strictly, told over AMI, read back from Asterisk itself."""

    name = SURFACE
    hooks = ASTERISK_HOOKS

    def __init__(self) -> None:
        self._look = _Look()
        self._read: dict[tuple[str, str], list[Fault]] = {}

    def render(self, left_out: frozenset[str]) -> Rendering:
        """Write all files; the same rows are not written twice.

        The look under way works with the records that it read at its beginning.
        """
        return drawing(self._look.records or read_records(), left_out)

    def check(self, draft: Path, rendering: Rendering) -> list[Complaint]:
        """Read every file strictly, and blame again who wrote what Asterisk refused before."""
        known, self._read = self._read, {}
        found: list[Complaint] = []
        for file in rendering.files:
            key = (file.path, file.sha256)
            faults = known[key] if key in known else check({file.path: file.text})
            self._read[key] = faults
            found += [blame.of_fault(rendering, fault) for fault in faults]
        return found or blame.refused_before(rendering)

    def reload(self) -> None:
        """Let Asterisk read everything; used where nothing is known of what changed."""
        self.take(Change({}, self.render(frozenset()), again=True))

    def take(self, change: Change) -> list[dict[str, Any]]:
        """Reload what changed, then read back; calls in progress go on.

        Raises `NotReloaded` where Asterisk cannot be reached: it reads the files when it starts.
        """
        try:
            with console() as asterisk:
                at = log_mark()
                if was_not_told():
                    change = replace(change, again=True)
                plan = tell(asterisk, change)
                self._look.was_told = True
                heard = Heard() if change.back else read_back(asterisk, change, at)
                notes = [*kept_notes(asterisk), *notes_of(plan), *standing_notes(heard.standing)]
        except Unreachable as error:
            raise NotReloaded(
                NOT_TOLD,
                _("Asterisk was not told of the new files: {reason}"),
                context=caused_by(error),
                hint=_("It is told as soon as it can be reached."),
            ) from error
        if heard.refused:
            raise _disputed(heard.refused, change.rendering)
        if not change.back:
            tell_configured()
        return notes

    def inputs(self) -> str:
        """Digest the rows, and remember how far they go."""
        look = self._look = _Look(last_event(), modules_digest())
        look.records = read_records()
        return digest_of_inputs(look.records)

    def is_due(self) -> bool:
        """Carry out what people asked for: see `telephony_app.services.apply`."""
        request, changes = open_request(), waiting()
        if changes is not None:
            note_waiting(changes)
        if request is None:
            if changes is None or not _is_automatically_due(changes) or gave_up(changes):
                return False
            request = ask_automatically()
        return request.kind != ApplyKind.QUIET or _came(request)

    def may_apply(self) -> bool:
        """Leave records alone that nobody asked for; what modules changed is applied at once."""
        done, request = mark(), open_request()
        if done is None or done.modules != modules_digest():
            return True
        if request is not None:
            return request.kind != ApplyKind.QUIET or _came(request)
        changes = waiting()
        return changes is None or _is_automatically_due(changes)

    def ended(self, problem: ModuleError | None) -> None:
        """Write down what is applied, and how the wish for it ended."""
        look, self._look = self._look, _Look()
        if problem is None:
            note_applied(
                event=look.event, modules=look.modules, begun=look.begun, was_told=look.was_told
            )
        else:
            note_failed(problem, begun=look.begun)


def _is_automatically_due(changes: Waiting) -> bool:
    return is_automatic() and is_ripe(changes, timezone.now())


def _came(request: ApplyRequest) -> bool:
    """Tell whether the quiet moment is now; a wish whose deadline is over is ended."""
    calls = calls_now()
    decision = quiet_decision(calls, request.deadline, timezone.now())
    if decision is Decision.CANCEL:
        note_missed(request, calls)
    return decision is Decision.APPLY


def _disputed(found: Sequence[Complaint], rendering: Rendering) -> Disputed:
    first = found[0]
    said = caused_by(ModuleError(first.slug, first.message, context=first.context))
    return Disputed(
        "asterisk-complained",
        _("Asterisk took the new files back: {path}, line {line}: {reason}"),
        complaints=[blame.remembering(one, rendering) for one in found],
        context={"path": first.path, "line": first.line, **said},
        hint=_("The files before are in use again."),
    )
