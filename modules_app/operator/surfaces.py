"""Bringing generated configuration into line with the rows (design 10).

`refresh` compares what the rows ask for with what is installed, by digests. So a pause, safe mode,
a strike, a crash in the middle and a file that somebody changed need no code of their own: the
next look finds the difference. Whatever goes wrong is recorded in the surface's row; no operation
fails because of it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from modules_app.applier import client
from modules_app.exceptions import ModuleError, caused_by
from modules_app.exceptions import gettext_noop as _
from modules_app.models import SurfaceState
from modules_app.operator.faults import SURFACE_INSTALLED, SURFACE_RELOADED
from modules_app.operator.problems import unexpected
from modules_app.operator.tools import Tools
from modules_app.packages.faults import fault_point
from modules_app.surfaces.base import (
    CORE,
    CUSTOM,
    Block,
    Change,
    Complaint,
    Disputed,
    GeneratedFile,
    NotChecked,
    NotReloaded,
    Rendering,
    Surface,
)
from modules_app.surfaces.drawing import Drawing, draw
from modules_app.surfaces.table import SURFACES

log = logging.getLogger("pbxadmin.operator")

RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=1)
"""When what went wrong is tried again without anybody asking: twice as late after each failure."""

_ONE_AT_A_TIME = threading.RLock()

_inputs: dict[str, str] = {}
"""Of what each surface was made when this process last looked at it; see `Surface.inputs`."""


@dataclass(slots=True)
class _Outcome:
    """What one look led to; it becomes the surface's row."""

    drawing: Drawing
    complaints: list[Complaint] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    problem: ModuleError | None = None
    left_out: set[str] = field(default_factory=set)
    without_custom: set[str] = field(default_factory=set)


def refresh(tools: Tools, names: Iterable[str] | None = None, *, again: bool = False) -> None:
    """Apply what changed; all surfaces without ``names``. Never raises: rows say what happened.

    ``again`` tests, swaps and reloads even what did not change, and what waits for a person's word
    (`Surface.may_apply`).
    """
    wanted = None if names is None else set(names)
    with _ONE_AT_A_TIME:
        for surface in list(SURFACES):
            if wanted is None or surface.name in wanted:
                _look_at(surface, again)


def _look_at(surface: Surface, again: bool) -> None:
    try:
        state, _made = SurfaceState.objects.get_or_create(name=surface.name)
        row = SurfaceState.objects.filter(pk=state.pk)
        if state.asked or state.again:  # first, so that who asks meanwhile is not forgotten
            row.update(asked=False, again=False, looking=True)
        if again or state.again or surface.may_apply():
            _bring_into_line(surface, state, again or state.again)
        if state.asked or state.looking:
            row.update(looking=False)
    except ModuleError as error:
        _note_problem(surface, error)
    except Exception as error:  # the boundary: a fault in one surface must not end an operation
        log.exception("unexpected error in the surface %s", surface.name)
        _note_problem(surface, unexpected(error, ""))


def _bring_into_line(surface: Surface, state: SurfaceState, again: bool) -> None:
    is_quiet = not again and not _is_due(state) and _is_intact(state)
    inputs = surface.inputs()
    if is_quiet and inputs and _inputs.get(surface.name) == inputs:
        surface.ended(_recorded(state.problem))
        return
    drawing = draw(surface)
    asked = drawing.asked
    problem = _recorded(state.problem)
    if not is_quiet or state.asked_digest != asked:
        outcome = _attempt(surface, state, drawing, again)
        _record(state, asked, outcome)
        problem = outcome.problem
    _inputs[surface.name] = inputs
    surface.ended(problem)


def _recorded(problem: dict[str, Any] | None) -> ModuleError | None:
    """Return the error that a row holds."""
    if problem is None:
        return None
    words = {key: problem.get(key) for key in ("context", "hint")}
    return ModuleError(problem["slug"], problem["message"], **words)


def _attempt(surface: Surface, state: SurfaceState, drawing: Drawing, again: bool) -> _Outcome:
    """Check and apply; what stands in the way belongs to what was asked for.

    So it is tried again when something else is asked for, or after a pause, and not at each look.
    """
    outcome = _Outcome(drawing, list(drawing.generated.complaints))
    try:
        _settle(surface, outcome)
        while outcome.problem is None:
            dispute = _apply(surface, state, outcome, again)
            if dispute is None:
                break
            if _leave_out(surface, outcome, dispute.complaints):
                _settle(surface, outcome)
            else:
                outcome.problem = dispute
    except ModuleError as error:
        outcome.problem = error
    except Exception as error:  # the boundary: a fault in one surface must not end an operation
        log.exception("unexpected error in the surface %s", surface.name)
        outcome.problem = unexpected(error, "")
    if outcome.problem is not None:
        log.error("surface %s: %s", surface.name, outcome.problem)
    return outcome


def _is_due(state: SurfaceState) -> bool:
    """Tell whether a failure is old enough for another try."""
    if state.problem is None:
        return False
    pause = min(LONGEST_RETRY, RETRY * 2 ** min(max(state.failures - 1, 0), 10))
    return state.looked_at is None or timezone.now() - state.looked_at > pause


def _is_intact(state: SurfaceState) -> bool:
    """Tell whether the installed files are the ones that the row says were applied."""
    if state.problem is not None:
        return True
    return client.installed(state.name) == {file["path"]: file["sha256"] for file in state.files}


def _settle(surface: Surface, outcome: _Outcome) -> None:
    """Check, leaving out who is to blame, until the check passes or there is nobody left."""
    while found := _check(surface, outcome):
        if not outcome.left_out and _custom_fails(surface, outcome, found):
            return
        if not _leave_out(surface, outcome, found):
            outcome.problem = _core_fails(found)
            return


def _leave_out(surface: Surface, outcome: _Outcome, found: list[Complaint]) -> bool:
    """Draw anew without who is to blame; False when that is nobody who is still in it."""
    guilty = {_left_out_as(surface, one) for one in found} - {""} - outcome.left_out
    paths = {one.path for one in found if one.owner == CUSTOM} - outcome.without_custom
    outcome.complaints += [one for one in found if one not in outcome.complaints]
    if not guilty and not paths:
        return False
    outcome.left_out |= guilty
    outcome.without_custom |= paths
    outcome.drawing = draw(
        surface, left_out=outcome.left_out, without_custom=outcome.without_custom
    )
    outcome.complaints = _merged(outcome.complaints, outcome.drawing.generated)
    return True


def _custom_fails(surface: Surface, outcome: _Outcome, found: list[Complaint]) -> bool:
    """Tell whether the administrator's own text is to blame, where the program names another.

    A wrong word in the main file of a program makes it complain of whatever it reads next. Without
    that text the check passes, and so it is left out.
    """
    if any(one.owner == CUSTOM for one in found):
        return False
    paths = {file.path for file in outcome.drawing.final.files if _has_custom_text(file)}
    if not paths:
        return False
    trial = _Outcome(draw(surface, without_custom=paths))
    if _check(surface, trial):
        return False
    outcome.drawing, outcome.notes = trial.drawing, trial.notes
    outcome.without_custom |= paths
    outcome.complaints += [replace(one, owner=CUSTOM) for one in found]
    return True


def _has_custom_text(file: GeneratedFile) -> bool:
    return any(block.owner == CUSTOM for block in file.blocks)


def _left_out_as(surface: Surface, complaint: Complaint) -> str:
    """Return what is left out because of a complaint: a module, or only its file; "" for none."""
    if complaint.owner in (CORE, CUSTOM):
        return ""
    return complaint.path if surface.by_file else complaint.owner


def _check(surface: Surface, outcome: _Outcome) -> list[Complaint]:
    try:
        return surface.check(client.draft_of(surface.name), outcome.drawing.final)
    except NotChecked as error:
        outcome.notes = [error.as_dict()]
        return []


def _merged(known: list[Complaint], rendering: Rendering) -> list[Complaint]:
    """Keep what was found so far and add what only the newest rendering found."""
    return known + [one for one in rendering.complaints if one not in known]


def _core_fails(found: list[Complaint]) -> ModuleError:
    first = found[0]
    return ModuleError(
        "surface-refused",
        _("The program refused the files, and no module is to blame: {reason}"),
        context=caused_by(ModuleError(first.slug, first.message, context=first.context)),
        hint=_("The files before stay in use."),
    )


def _apply(
    surface: Surface, state: SurfaceState, outcome: _Outcome, again: bool
) -> Disputed | None:
    """Swap and reload; a program that refuses gets the files before back.

    Returns what the program disputes, where it says whose lines it does not take.
    """
    final, dispute = outcome.drawing.final, None
    before = client.install(surface.name, final.texts, final.links)
    fault_point(SURFACE_INSTALLED)
    known = {file["path"]: file["text"] for file in state.files}
    try:
        outcome.notes += surface.take(Change(known, final, again=again or not state.files))
    except NotReloaded as error:
        outcome.notes.append(error.as_dict())
    except ModuleError as error:
        client.restore(surface.name, before)
        _return_to(surface, Change(final.texts, _applied(state), back=True))
        if isinstance(error, Disputed):
            dispute = error
        else:
            outcome.problem = error
    fault_point(SURFACE_RELOADED)
    return dispute


def _applied(state: SurfaceState) -> Rendering:
    """Return the files that the row says are in use."""
    return Rendering(
        tuple(
            GeneratedFile(
                file["path"],
                file["text"],
                tuple(Block(*block) for block in file["blocks"]),
                file.get("target") or "",
            )
            for file in state.files
        )
    )


def _return_to(surface: Surface, change: Change) -> None:
    try:
        surface.take(change)
    except ModuleError as error:
        log.error("surface %s: not even the files before were taken: %s", surface.name, error)


def _record(state: SurfaceState, asked: str, outcome: _Outcome) -> None:
    now = timezone.now()
    values: dict[str, Any] = {
        "asked_digest": asked,
        "looked_at": now,
        "complaints": [one.as_dict() for one in outcome.complaints],
        "notes": outcome.notes,
        "problem": outcome.problem.as_dict() if outcome.problem else None,
        "failures": min(state.failures + 1, 30_000) if outcome.problem else 0,
    }
    if outcome.problem is None:
        values |= {
            "applied_at": now,
            "digest": outcome.drawing.final.digest,
            "files": _file_records(outcome.drawing),
        }
    SurfaceState.objects.filter(pk=state.pk).update(**values)


def _file_records(drawing: Drawing) -> list[dict[str, Any]]:
    """Return what was applied as it is stored; ``original`` only where a custom file changed it."""
    records = []
    for file in drawing.final.files:
        before = drawing.generated.file(file.path)
        records.append(
            {
                "path": file.path,
                "text": file.text,
                "sha256": file.sha256,
                "original": before.text if before and before.text != file.text else None,
                "blocks": [[b.owner, b.first_line, b.last_line] for b in file.blocks],
                "target": file.target,
            }
        )
    return records


def _note_problem(surface: Surface, problem: ModuleError) -> None:
    log.error("surface %s: %s", surface.name, problem)
    values = {"problem": problem.as_dict(), "looked_at": timezone.now(), "looking": False}
    try:
        SurfaceState.objects.filter(pk=surface.name).update(**values)
        surface.ended(problem)
    except Exception:  # the boundary: not even the database takes it, on a full disk say
        log.exception("the problem of the surface %s could not be recorded", surface.name)
