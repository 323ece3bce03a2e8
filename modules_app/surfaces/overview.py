"""How each surface stands: what is applied, what waits, who is blamed; for pages and commands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from modules_app.applier.places import OF_LINKS
from modules_app.domain.redaction import hide_passwords
from modules_app.exceptions import ModuleError, NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import CustomFile, SurfaceState
from modules_app.surfaces.base import CORE, CUSTOM, Surface
from modules_app.surfaces.differences import Difference, compare
from modules_app.surfaces.drawing import Drawing, draw
from modules_app.surfaces.names import title_of
from modules_app.surfaces.table import SURFACES


class Standing(StrEnum):
    """The word for a surface, worst first."""

    PROBLEM = "problem"
    WAITS = "waits"
    LEFT_OUT = "left-out"
    APPLIED = "applied"


LABELS = {
    Standing.PROBLEM: _("Not applied"),
    Standing.WAITS: _("Waits to be applied"),
    Standing.LEFT_OUT: _("Applied, something is left out"),
    Standing.APPLIED: _("Applied"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A run of lines that one owner wrote; ``first`` is the number of the first."""

    owner: str
    first: int
    text: str

    @property
    def last(self) -> int:
        """Return the number of the last line."""
        return self.first + self.text.count("\n")

    @property
    def is_module(self) -> bool:
        """Tell whether a module wrote it."""
        return self.owner not in (CORE, CUSTOM)


@dataclass(frozen=True, slots=True)
class AppliedFile:
    """One file in use; ``original`` is what was generated where a custom file changed it.

    People see its ``parts``, which hold no passwords. A link to a file of a module has a
    ``target``, a path below the store.
    """

    path: str
    text: str
    original: str | None
    parts: tuple[Part, ...]
    target: str = ""

    @property
    def owners(self) -> list[str]:
        """Return the modules that wrote in it, in their order."""
        return list(dict.fromkeys(part.owner for part in self.parts if part.is_module))


class SurfaceView:
    """One surface; what costs something is computed when it is asked for."""

    def __init__(self, surface: Surface, state: SurfaceState | None) -> None:
        self.surface = surface
        self.state = state or SurfaceState(name=surface.name)
        self.name = surface.name
        self.title = title_of(surface.name)

    @cached_property
    def drawing(self) -> Drawing | None:
        """Return what the rows ask for now; None when it cannot be written (`trouble`)."""
        try:
            return draw(self.surface)
        except ModuleError as error:
            self.trouble = error
            return None

    trouble: ModuleError | None = None

    @property
    def holds_links(self) -> bool:
        """Tell whether its files are links to those of modules."""
        return self.name in OF_LINKS

    @property
    def problem(self) -> dict[str, Any] | None:
        """Return why the files are not what the rows ask for, as a stored error."""
        problem: dict[str, Any] | None = self.state.problem
        return problem

    @property
    def waits(self) -> bool:
        """Tell whether rows ask for something that the operator has not looked at yet."""
        drawing = self.drawing
        return drawing is not None and drawing.asked != self.state.asked_digest

    @property
    def standing(self) -> Standing:
        """Return the word for it."""
        if self.problem:
            return Standing.PROBLEM
        if self.waits:
            return Standing.WAITS
        return Standing.LEFT_OUT if self.state.complaints else Standing.APPLIED

    @cached_property
    def files(self) -> list[AppliedFile]:
        """Return the files in use."""
        return [_applied(record) for record in self.state.files]

    @property
    def differences(self) -> list[Difference]:
        """Return what would change if it were applied now; nothing when nothing waits."""
        if self.drawing is None or not (self.waits or self.problem):
            return []
        applied = {file.path: file.text for file in self.files}
        return compare(applied, self.drawing.final.texts)

    def as_record(self, *, diff: bool = False) -> dict[str, Any]:
        """Return it as the JSON that commands print; times are ISO 8601."""
        applied_at = self.state.applied_at
        record = {
            "name": self.name,
            "standing": str(self.standing),
            "applied_at": applied_at.isoformat() if applied_at else None,
            "digest": self.state.digest,
            "files": [file.path for file in self.files],
            "complaints": self.state.complaints,
            "notes": self.state.notes,
            "problem": self.problem,
            "waiting": [one.path for one in self.differences],
        }
        if diff:
            record["diff"] = "".join(one.as_text() for one in self.differences)
        return record


def overview(names: Iterable[str] = ()) -> list[SurfaceView]:
    """Return all surfaces, or those with these names. Raises ``NotFound``."""
    wanted = list(names)
    known = {surface.name for surface in SURFACES}
    for name in wanted:
        if name not in known:
            raise NotFound(
                "surface-unknown",
                _("There is no generated configuration “{name}”."),
                context={"name": name},
            )
    states = SurfaceState.objects.in_bulk()
    return [
        SurfaceView(surface, states.get(surface.name))
        for surface in SURFACES
        if not wanted or surface.name in wanted
    ]


def find_file(path: str) -> tuple[SurfaceView, AppliedFile | None, Difference | None]:
    """Return a file with its surface and what waits in it. Raises ``NotFound`` for no file."""
    view = next((one for one in overview() if path.startswith(f"{one.name}/")), None)
    if view is not None:
        applied = next((file for file in view.files if file.path == path), None)
        waiting = next((one for one in view.differences if one.path == path), None)
        if applied or waiting or custom_file(path):
            return view, applied, waiting
    raise NotFound(
        "generated-file-unknown",
        _("PBX Admin generates no file “{path}”."),
        context={"path": path[:200]},
    )


def custom_file(path: str) -> CustomFile | None:
    """Return the administrator's own part of a file."""
    return CustomFile.objects.filter(pk=path).first()


def parts_of(module_id: str) -> list[tuple[AppliedFile, list[Part]]]:
    """Return what a module wrote, file by file."""
    found = []
    for view in overview():
        for file in view.files:
            own = [part for part in file.parts if part.owner == module_id]
            if own:
                found.append((file, own))
    return found


def complaints_about(module_id: str) -> list[dict[str, Any]]:
    """Return what was refused of a module's lines, over all surfaces."""
    states = SurfaceState.objects.exclude(complaints=[])
    return [one for state in states for one in state.complaints if one["owner"] == module_id]


def _applied(record: dict[str, Any]) -> AppliedFile:
    parts = tuple(_parts(hide_passwords(record["text"]), record["blocks"]))
    original, target = record.get("original"), record.get("target") or ""
    return AppliedFile(record["path"], record["text"], original, parts, target)


def _parts(text: str, blocks: list[list[Any]]) -> list[Part]:
    """Cut a text into runs of one owner; what no block holds is the core's."""
    lines = text.split("\n")[: text.count("\n") or None]
    owners = [CORE] * len(lines)
    for owner, first, last in blocks:
        owners[first - 1 : last] = [owner] * (last - first + 1)
    parts: list[Part] = []
    for number, (owner, line) in enumerate(zip(owners, lines, strict=False), start=1):
        if parts and parts[-1].owner == owner:
            parts[-1] = Part(owner, parts[-1].first, f"{parts[-1].text}\n{line}")
        else:
            parts.append(Part(owner, number, line))
    return parts
