"""Carrying out what modules of the FreePBX contract do to the dialplan (reference F9.4).

It is done on the finished text, so that an edit finds what PBX Admin and other modules wrote, and
each line that it adds knows whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from modules_app.domain.dialplan_edits import Edit, EditKind
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.text import markers
from modules_app.surfaces.base import CORE, Block, Complaint, GeneratedFile

_HEADER = re.compile(r"\[([^\]\s]+)\]")
_SAME = re.compile(r"\s*same\s*=>?\s*(\d+|n|hint)(?:\(([^)]*)\))?\s*,(.*)")
_EXTEN = re.compile(r"\s*exten\s*=>?\s*([^,]+?)\s*,\s*(\d+|n|hint)(?:\(([^)]*)\))?\s*,(.*)")


class Line(NamedTuple):
    """One line and whose it is."""

    owner: str
    text: str


class Step(NamedTuple):
    """Where one step of an extension stands."""

    line: int
    priority: str
    label: str


@dataclass
class _Dialplan:
    """The lines of the file, and where contexts and extensions stand in them."""

    path: str
    lines: list[Line]
    complaints: list[Complaint] = field(default_factory=list)
    contexts: set[str] = field(default_factory=set)
    steps: dict[tuple[str, str], list[Step]] = field(default_factory=dict)

    def read(self) -> None:
        """Find everything anew; line numbers are those of now."""
        self.contexts, self.steps = set(), {}
        self._read(0)

    def _read(self, start: int) -> None:
        context = exten = ""
        for number, line in enumerate(self.lines[start:], start):
            if header := _HEADER.match(line.text):
                context, exten = header[1], ""
                self.contexts.add(context)
            elif found := _EXTEN.match(line.text):
                exten = found[1]
                self._note(context, exten, number, found[2], found[3])
            elif exten and (found := _SAME.match(line.text)):
                self._note(context, exten, number, found[1], found[2])

    def _note(self, context: str, exten: str, line: int, priority: str, label: str | None) -> None:
        if priority != "hint":
            self.steps.setdefault((context, exten), []).append(Step(line, priority, label or ""))

    def put(self, owner: str, at: int, texts: Sequence[str]) -> None:
        """Put lines of a module before the line ``at``, between markers."""
        begin, end = markers(owner)
        self.lines[at:at] = [Line(owner, text) for text in (begin, *texts, end)]
        self.read()

    def append(self, owner: str, texts: Sequence[str]) -> None:
        """Put lines of a module at the end, where nothing has to be found anew."""
        start = len(self.lines)
        begin, end = markers(owner)
        self.lines += [Line(owner, text) for text in (begin, *texts, end)]
        self._read(start)

    def refuse(self, owner: str, edit: Edit, slug: str, sentence: str) -> None:
        """Leave an edit out and say whose it is."""
        context = {"context": edit.context, "exten": edit.exten, "at": edit.at}
        self.complaints.append(Complaint(owner, self.path, 0, slug, sentence, context))


def apply_edits(
    file: GeneratedFile, edits: Iterable[tuple[str, int, Edit]]
) -> tuple[GeneratedFile, list[Complaint]]:
    """Return the file with the edits of modules, ``(owner, priority, edit)`` each, in their order.

    An edit that finds no place is left out; its complaint names the module.
    """
    wanted = list(edits)
    if not wanted:
        return file, []
    lines = [
        Line(file.owner_of(number), text)
        for number, text in enumerate(file.text.split("\n")[:-1], 1)
    ]
    dialplan = _Dialplan(file.path, lines)
    dialplan.read()
    for owner, _priority, edit in wanted:
        _DONE[edit.kind](dialplan, owner, edit)
    text = "".join(f"{line.text}\n" for line in dialplan.lines)
    return GeneratedFile(file.path, text, tuple(_blocks(dialplan.lines))), dialplan.complaints


def _add(dialplan: _Dialplan, owner: str, edit: Edit) -> None:
    steps = dialplan.steps.get((edit.context, edit.exten))
    if steps:
        dialplan.put(owner, steps[-1].line + 1, [f"same => {_place(edit, 'n')},{edit.value}"])
    else:
        step = f"exten => {edit.exten},{_place(edit, '1')},{edit.value}"
        _section(dialplan, owner, edit.context, step)


def _splice(dialplan: _Dialplan, owner: str, edit: Edit) -> None:
    steps = dialplan.steps.get((edit.context, edit.exten))
    if not steps:
        sentence = _("There is no extension “{exten}” in the context “{context}” of the dialplan.")
        dialplan.refuse(owner, edit, "splice-no-extension", sentence)
        return
    index = _index(steps, edit.at)
    if index is None:
        sentence = _("The extension “{exten}” of the context “{context}” has no step “{at}”.")
        dialplan.refuse(owner, edit, "splice-no-step", sentence)
        return
    if any(step.priority != "n" for step in steps[1:]):
        sentence = _("The steps of “{exten}” in “{context}” are numbered, so none fits between.")
        dialplan.refuse(owner, edit, "splice-numbered", sentence)
        return
    at = steps[index].line
    if index:
        dialplan.put(owner, at, [f"same => {_place(edit, 'n')},{edit.value}"])
        return
    first = dialplan.lines[at]
    dialplan.lines[at] = Line(first.owner, _continued(first.text))
    dialplan.put(owner, at, [f"exten => {edit.exten},{_place(edit, '1')},{edit.value}"])


def _include(dialplan: _Dialplan, owner: str, edit: Edit) -> None:
    _section(dialplan, owner, edit.context, f"include => {edit.value}")


def _global(dialplan: _Dialplan, owner: str, edit: Edit) -> None:
    _section(dialplan, owner, edit.context, f"{edit.exten}={edit.value}")


_DONE = {
    EditKind.ADD: _add,
    EditKind.SPLICE: _splice,
    EditKind.INCLUDE: _include,
    EditKind.GLOBAL: _global,
}


def _section(dialplan: _Dialplan, owner: str, context: str, line: str) -> None:
    """Add a line to a context at the end of the file, where every other one stands before it."""
    more = "(+)" if context in dialplan.contexts else ""
    dialplan.append(owner, [f"[{context}]{more}", line])


def _place(edit: Edit, priority: str) -> str:
    return f"{priority}({edit.label})" if edit.label else priority


def _index(steps: Sequence[Step], at: str) -> int | None:
    """Return which step is meant: by its number, counted from 1, or by its label."""
    if at.isdigit():
        return int(at) - 1 if int(at) <= len(steps) else None
    return next((number for number, step in enumerate(steps) if step.label == at), None)


def _continued(text: str) -> str:
    """Return the first step of an extension as one that follows another."""
    found = _EXTEN.match(text)
    if found is None:
        return text
    label = f"({found[3]})" if found[3] else ""
    return f"same => n{label},{found[4]}"


def _blocks(lines: Sequence[Line]) -> Iterable[Block]:
    first = 1
    for number, line in enumerate(lines, 1):
        last = number == len(lines) or lines[number].owner != line.owner
        if last:
            if line.owner != CORE:
                yield Block(line.owner, first, number)
            first = number + 1
