"""What a surface is: pure functions of rows, and the words in which they speak."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from modules_app.exceptions import ModuleError

CORE = ""
CUSTOM = "custom"
"""Owners of lines that no module wrote: PBX Admin itself, and the administrator's custom file."""


@dataclass(frozen=True, slots=True)
class Block:
    """Who wrote which lines of a file; lines count from 1, both ends belong to the block."""

    owner: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """One file below PBX_ETC_DIR; the first folder of ``path`` is the surface's own.

    With a ``target``, a path below the store, it is a link to that file of a module, and its text
    says so.
    """

    path: str
    text: str
    blocks: tuple[Block, ...] = ()
    target: str = ""

    @property
    def sha256(self) -> str:
        """Digest of the content."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def owner_of(self, line: int) -> str:
        """Return who wrote a line; what no block holds is the core's."""
        found = (b.owner for b in self.blocks if b.first_line <= line <= b.last_line)
        return next(found, CORE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A refused line or a failing block, blamed on its owner; ``line`` is 0 when unknown.

    ``message`` is an English sentence with placeholders that ``context`` fills.
    """

    owner: str
    path: str
    line: int
    slug: str
    message: str
    context: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "owner": self.owner,
            "path": self.path,
            "line": self.line,
            "slug": self.slug,
            "message": self.message,
            "context": self.context,
        }


@dataclass(frozen=True, slots=True)
class Rendering:
    """All files of a surface, and what was refused while they were written."""

    files: tuple[GeneratedFile, ...]
    complaints: tuple[Complaint, ...] = ()

    @property
    def texts(self) -> dict[str, str]:
        """Return the content of each file by its path."""
        return {file.path: file.text for file in self.files}

    @property
    def links(self) -> dict[str, str]:
        """Return the target of each link by its path."""
        return {file.path: file.target for file in self.files if file.target}

    @property
    def digest(self) -> str:
        """Digest of all paths and contents."""
        return digest_of({file.path: file.sha256 for file in self.files})

    def file(self, path: str) -> GeneratedFile | None:
        """Return the file at ``path``, or None."""
        return next((file for file in self.files if file.path == path), None)


@dataclass(frozen=True, slots=True)
class Change:
    """A swap that was made: the contents in use until now by path, and what is in use now.

    ``again`` asks for telling the program of everything, also of what is the same. ``back`` says
    that the files before have come back because the program refused the new ones.
    """

    before: Mapping[str, str]
    rendering: Rendering
    again: bool = False
    back: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the files that came, went or differ, or all of them ``again``."""
        after = self.rendering.texts
        known = sorted({*self.before, *after})
        return tuple(
            path for path in known if self.again or self.before.get(path) != after.get(path)
        )


class Surface(Protocol):
    """Where the answers of some hooks land.

    A surface is asked in this order: `render`, `check`, then (after the swap) `take`. It keeps
    no state of its own. A class that extends this one says what is different.
    """

    name: str
    hooks: tuple[str, ...]
    by_file: bool = False
    """Whether only the file that is complained about is left out, and not all of its module."""

    def render(self, left_out: frozenset[str]) -> Rendering:
        """Write all files from rows alone, without the modules (or paths) in ``left_out``."""
        ...

    def check(self, draft: Path, rendering: Rendering) -> list[Complaint]:
        """Let the real program test the files; each complaint names who is to blame.

        A blamed module is left out and everything is rendered and checked again. A complaint with
        the owner "" keeps the whole surface as it was. What kept the check from happening at all
        is raised as `NotChecked`; the files are applied then, and people are told.
        """
        ...

    def reload(self) -> None:
        """Let the program read its files; `NotReloaded` where that is not possible here.

        Any other `ModuleError` means that the program refused: the files before come back.
        """
        ...

    def take(self, change: Change) -> list[dict[str, Any]]:
        """Let the program take what changed; without a way of its own it reads everything.

        Returns notes for people, as `ModuleError.as_dict` makes them. Raises as `reload` does, and
        `Disputed` where the program says whose lines it refuses: these are left out then, and
        everything is checked again.
        """
        self.reload()
        return []

    def inputs(self) -> str:
        """Return a digest of all that the files are made of, "" where only `render` can tell.

        While it stays the same nothing is written anew.
        """
        return ""

    def is_due(self) -> bool:
        """Tell, at the cost of a query or two, whether a look is wanted right now."""
        return False

    def may_apply(self) -> bool:
        """Tell whether a look may apply what waits, if nobody asked for it ``again``."""
        return True

    def ended(self, problem: ModuleError | None) -> None:
        """Hear how a look ended; None means that what the rows ask for is in use."""


class NotChecked(ModuleError):
    """The files could not be tested on this machine, say because a program is missing."""


class NotReloaded(ModuleError):
    """The files are in place, but no program was told on this machine."""


class Disputed(ModuleError):
    """The program refused files after the swap, and says whose lines; the files before return."""

    def __init__(
        self, slug: str, message: str, *, complaints: Iterable[Complaint], **more: Any
    ) -> None:
        super().__init__(slug, message, **more)
        self.complaints = list(complaints)


def digest_of(files: Mapping[str, str]) -> str:
    """Return the digest of a set of files, given each one's path and digest."""
    text = json.dumps(sorted(files.items()), separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def join_blocks(path: str, pieces: Iterable[tuple[str, str]]) -> GeneratedFile:
    """Return one file from ``(owner, text)`` pieces, noting whose lines are whose.

    Each piece ends with a newline in the file; an empty piece leaves no trace.
    """
    lines: list[str] = []
    blocks: list[Block] = []
    for owner, text in pieces:
        own = text.removesuffix("\n").split("\n") if text else []
        if own:
            blocks.append(Block(owner, len(lines) + 1, len(lines) + len(own)))
            lines += own
    return GeneratedFile(path, "".join(f"{line}\n" for line in lines), tuple(blocks))
