"""A surface whose program is a function of the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from modules_app.exceptions import ModuleError
from modules_app.surfaces.base import (
    Complaint,
    GeneratedFile,
    Rendering,
    Surface,
    join_blocks,
)

PATH = "workers/list.conf"


@dataclass
class PlainSurface(Surface):
    """One file with a line per owner; a line that says ``bad`` is refused by the check."""

    name: str = "workers"
    hooks: tuple[str, ...] = ()
    by_file: bool = False
    lines: dict[str, str] = field(default_factory=lambda: {"": "core = 1"})
    reload_fails_with: Callable[[], ModuleError | None] = lambda: None
    checks: int = 0
    reloads: int = 0

    def render(self, left_out: frozenset[str]) -> Rendering:
        """Write the lines of everyone who is not left out."""
        pieces = [(owner, line) for owner, line in self.lines.items() if owner not in left_out]
        return Rendering((join_blocks(PATH, pieces),))

    def check(self, draft: Path, rendering: Rendering) -> list[Complaint]:
        """Blame the first bad line, as a program does."""
        self.checks += 1
        return [_complaint(file) for file in rendering.files if "bad" in file.text]

    def reload(self) -> None:
        """Count, or fail as told."""
        self.reloads += 1
        if error := self.reload_fails_with():
            raise error


def _complaint(file: GeneratedFile) -> Complaint:
    line = next(n for n, text in enumerate(file.text.split("\n"), 1) if "bad" in text)
    return Complaint(file.owner_of(line), file.path, line, "bad-line", "A bad line.")
