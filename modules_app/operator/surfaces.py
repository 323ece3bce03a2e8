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
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import SurfaceState
from modules_app.operator.faults import SURFACE_INSTALLED, SURFACE_RELOADED
from modules_app.operator.problems import unexpected
from modules_app.operator.tools import Tools
from modules_app.packages.faults import fault_point
from modules_app.surfaces.base import (
    CORE,
    CUSTOM,
    Complaint,
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


@dataclass(slots=True)
class _Outcome:
    """What one look led to; it becomes the surface's row."""

    drawing: Drawing
    complaints: list[Complaint] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    problem: ModuleError | None = None


def refresh(tools: Tools, names: Iterable[str] | None = None, *, again: bool = False) -> None:
    """Apply what changed; all surfaces without ``names``. Never raises: rows say what happened.

    ``again`` tests, swaps and reloads even what did not change.
    """
    wanted = None if names is None else set(names)
    with _ONE_AT_A_TIME:
        for surface in SURFACES:
            if wanted is None or surface.name in wanted:
                _look_at(surface, again)


def _look_at(surface: Surface, again: bool) -> None:
    try:
        state, _made = SurfaceState.objects.get_or_create(name=surface.name)
        row = SurfaceState.objects.filter(pk=state.pk)
        if state.asked or state.again:  # first, so that who asks meanwhile is not forgotten
            row.update(asked=False, again=False, looking=True)
        _bring_into_line(surface, state, again or state.again)
        if state.asked or state.looking:
            row.update(looking=False)
    except ModuleError as error:
        _note_problem(surface.name, error)
    except Exception as error:  # the boundary: a fault in one surface must not end an operation
        log.exception("unexpected error in the surface %s", surface.name)
        _note_problem(surface.name, unexpected(error, ""))


def _bring_into_line(surface: Surface, state: SurfaceState, again: bool) -> None:
    drawing = draw(surface)
    asked = drawing.asked
    if not again and state.asked_digest == asked and not _is_due(state) and _is_intact(state):
        return
    _record(state, asked, _attempt(surface, state, drawing))


def _attempt(surface: Surface, state: SurfaceState, drawing: Drawing) -> _Outcome:
    """Check and apply; what stands in the way belongs to what was asked for.

    So it is tried again when something else is asked for, or after a pause, and not at each look.
    """
    outcome = _Outcome(drawing)
    try:
        outcome = _settle_on(surface, drawing)
        if outcome.problem is None:
            _apply(surface, state, outcome)
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


def _settle_on(surface: Surface, drawing: Drawing) -> _Outcome:
    """Check, leaving out who is to blame, until the check passes or there is nobody left."""
    outcome = _Outcome(drawing, list(drawing.generated.complaints))
    left_out: set[str] = set()
    without_custom: set[str] = set()
    while True:
        found = _check(surface, outcome)
        if found and not left_out and _custom_fails(surface, outcome, found):
            return outcome
        guilty = {_left_out_as(surface, one) for one in found} - {""} - left_out
        paths = {one.path for one in found if one.owner == CUSTOM} - without_custom
        outcome.complaints += [one for one in found if one not in outcome.complaints]
        if not found:
            return outcome
        if not guilty and not paths:
            outcome.problem = _core_fails(found)
            return outcome
        left_out |= guilty
        without_custom |= paths
        outcome.drawing = draw(surface, left_out=left_out, without_custom=without_custom)
        outcome.complaints = _merged(outcome.complaints, outcome.drawing.generated)


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
        context={"reason": str(ModuleError(first.slug, first.message, context=first.context))},
        hint=_("The files before stay in use."),
    )


def _apply(surface: Surface, state: SurfaceState, outcome: _Outcome) -> None:
    """Swap and reload; a program that refuses gets the files before back."""
    final = outcome.drawing.final
    before = client.install(surface.name, final.texts, final.links)
    fault_point(SURFACE_INSTALLED)
    try:
        surface.reload()
    except NotReloaded as error:
        outcome.notes.append(error.as_dict())
    except ModuleError as error:
        outcome.problem = error
        client.restore(surface.name, before)
        _reload_after_restoring(surface)
    fault_point(SURFACE_RELOADED)


def _reload_after_restoring(surface: Surface) -> None:
    try:
        surface.reload()
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


def _note_problem(name: str, problem: ModuleError) -> None:
    log.error("surface %s: %s", name, problem)
    values = {"problem": problem.as_dict(), "looked_at": timezone.now(), "looking": False}
    try:
        SurfaceState.objects.filter(pk=name).update(**values)
    except Exception:  # the boundary: not even the database takes it, on a full disk say
        log.exception("the problem of the surface %s could not be recorded", name)
