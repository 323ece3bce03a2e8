"""Whose line it is that a reader, or Asterisk itself, complains of."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from modules_app.exceptions import gettext_noop as _
from modules_app.models import SurfaceState
from modules_app.surfaces.base import CORE, Change, Complaint, GeneratedFile, Rendering
from telephony_app.domain.asterisk_log import LogComplaint
from telephony_app.domain.reader import Fault
from telephony_app.domain.sections import line_of, sections
from telephony_app.selectors.apply import SURFACE

REFUSED = "asterisk-refused"
SAYS = _("Asterisk says: {output}")
LOST_CONTEXT = _("Asterisk does not know the context “{name}” after it read the file.")
LOST_ENDPOINT = _("Asterisk does not know the endpoint “{name}” after it read the file.")


def of_fault(rendering: Rendering, fault: Fault) -> Complaint:
    """Blame whoever wrote the line that our own reader does not take."""
    file = rendering.file(fault.path)
    owner = file.owner_of(fault.line) if file else CORE
    return Complaint(owner, fault.path, fault.line, fault.slug, fault.message, fault.context)


def of_log(rendering: Rendering, said: LogComplaint) -> Complaint | None:
    """Blame whoever wrote what Asterisk complains of; None for a file that is not ours."""
    file = rendering.file(f"{SURFACE}/{said.file}")
    if file is None:
        return None
    line = said.line or line_of(file.text, said.section)
    return _complaint(file, line, SAYS, {"output": said.text})


def stood_before(change: Change, said: LogComplaint) -> bool:
    """Tell whether a section that Asterisk complains of was there before, word for word.

    The files before would bring the same complaint, as that of a host that has no address now.
    """
    path = f"{SURFACE}/{said.file}"
    now = sections(change.rendering.texts.get(path, "")).get(said.section)
    return now is not None and sections(change.before.get(path, "")).get(said.section) == now


def of_section(rendering: Rendering, name: str, section: str, message: str) -> Complaint:
    """Blame whoever wrote the first line of a section that Asterisk does not know."""
    file = rendering.file(f"{SURFACE}/{name}")
    if file is None:
        return Complaint(CORE, f"{SURFACE}/{name}", 0, REFUSED, message, {"name": section})
    return _complaint(file, line_of(file.text, section), message, {"name": section})


def remembering(complaint: Complaint, rendering: Rendering) -> Complaint:
    """Return a complaint that knows of which lines it was: see `refused_before`."""
    file = rendering.file(complaint.path)
    if file is None or complaint.owner == CORE:
        return complaint
    return replace(
        complaint, context={**complaint.context, "lines": _lines_digest(file, complaint.owner)}
    )


def refused_before(rendering: Rendering) -> list[Complaint]:
    """Return what Asterisk itself refused and what is still the same.

    Lines that it did not take once do not reach it again.
    """
    row = SurfaceState.objects.filter(pk=SURFACE).values_list("complaints", flat=True).first()
    found = []
    for one in row or []:
        file, lines = rendering.file(one["path"]), one["context"].get("lines")
        if file is not None and lines and lines == _lines_digest(file, one["owner"]):
            found.append(Complaint(**one))
    return found


def _lines_digest(file: GeneratedFile, owner: str) -> str:
    """Digest what somebody wrote in a file, wherever it stands; "" for nothing."""
    lines = file.text.split("\n")
    own = [
        lines[block.first_line - 1 : block.last_line]
        for block in file.blocks
        if block.owner == owner
    ]
    return hashlib.sha256(repr(own).encode()).hexdigest() if own else ""


def _complaint(
    file: GeneratedFile, line: int, message: str, context: dict[str, object]
) -> Complaint:
    return Complaint(file.owner_of(line), file.path, line, REFUSED, message, context)
