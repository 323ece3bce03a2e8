"""How the files would change, by file or by who wrote the lines; passwords are not shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modules_app.models import SurfaceState
from modules_app.surfaces.base import CORE, Block, GeneratedFile
from modules_app.surfaces.differences import Difference, LineKind, compare
from modules_app.surfaces.drawing import draw
from modules_app.surfaces.preview import refused_already
from modules_app.surfaces.table import surface
from telephony_app.domain.sections import changed_sections
from telephony_app.selectors.apply import SURFACE

MANY_LINES = 5_000
MOST_SHOWN = 2_000
"""Lines of one file: from so many on only its changed sections are compared, and so many of a
difference are shown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A difference for people; ``owner`` is a module, "" for all or for PBX Admin itself."""

    path: str
    owner: str
    is_new: bool
    is_gone: bool
    lines: tuple[tuple[LineKind, str], ...]
    cut: int = 0

    @property
    def added(self) -> int:
        """Count the lines that come."""
        return sum(kind is LineKind.ADDED for kind, _line in self.lines)

    @property
    def removed(self) -> int:
        """Count the lines that go."""
        return sum(kind is LineKind.REMOVED for kind, _line in self.lines)

    def as_text(self) -> str:
        """Return it as ``diff -u`` prints it."""
        head = [f"--- {self.path}", f"+++ {self.path}"]
        return "\n".join([*head, *(line for _kind, line in self.lines)]) + "\n"


def changes_by_file() -> list[Shown]:
    """Return how each file would change if it were applied now.

    Raises ``ModuleError`` when the files cannot be written at all.
    """
    before, after = _applied(), _wanted()
    old = {file.path: file.text for file in before}
    new = {file.path: file.text for file in after}
    return [_shown(one, "") for one in compare(old, new)]


def changes_by_owner() -> list[Shown]:
    """Return the same by who wrote the lines, modules first; raises as `changes_by_file`."""
    old, new = _by_owner(_applied()), _by_owner(_wanted())
    found = []
    for owner, path in sorted({*old, *new}, key=lambda key: (key[0] == CORE, key)):
        one = Difference(path, old.get((owner, path)), new.get((owner, path)))
        if one.before != one.after:
            found.append(_shown(one, owner))
    return found


def _shown(one: Difference, owner: str) -> Shown:
    lines = _narrowed(one).lines
    return Shown(
        path=one.path,
        owner=owner,
        is_new=one.before is None,
        is_gone=one.after is None,
        lines=tuple(lines[:MOST_SHOWN]),
        cut=max(0, len(lines) - MOST_SHOWN),
    )


def _narrowed(one: Difference) -> Difference:
    """Leave only the changed sections of a large file."""
    before, after = one.before or "", one.after or ""
    if before.count("\n") + after.count("\n") < MANY_LINES:
        return one
    changed = changed_sections(before, after)
    before, after = (
        "\n".join(f"[{name}]{bodies[side]}" for name, bodies in changed.items() if bodies[side])
        for side in (0, 1)
    )
    return Difference(one.path, before, after)


def _applied() -> list[GeneratedFile]:
    files = SurfaceState.objects.filter(pk=SURFACE).values_list("files", flat=True).first()
    return [
        GeneratedFile(one["path"], one["text"], tuple(Block(*block) for block in one["blocks"]))
        for one in files or []
    ]


def _wanted() -> tuple[GeneratedFile, ...]:
    """Return what would be in use: who was refused already stays left out."""
    one = surface(SURFACE)
    return draw(one, left_out=refused_already(one)).final.files


def _by_owner(files: Iterable[GeneratedFile]) -> Mapping[tuple[str, str], str]:
    """Return the lines of each owner in each file, put together."""
    found: dict[tuple[str, str], list[str]] = {}
    for file in files:
        lines = file.text.split("\n")[:-1]
        owners = [CORE] * len(lines)
        for block in file.blocks:
            count = block.last_line - block.first_line + 1
            owners[block.first_line - 1 : block.last_line] = [block.owner] * count
        for owner, line in zip(owners, lines, strict=False):
            found.setdefault((owner, file.path), []).append(line)
    return {key: "\n".join(lines) + "\n" for key, lines in found.items()}
