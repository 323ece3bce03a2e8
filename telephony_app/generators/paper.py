"""One file while it is written: core text, modules' blocks, and who wrote which line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from modules_app.hooks.text import Piece, wrap
from modules_app.surfaces.base import CORE, Block, Complaint, GeneratedFile
from telephony_app.domain.blocks import Shape, flaws_of_block

FOLDER = "asterisk"
"""The first folder of all files, and the name of their surface."""


class Paper:
    """A file of Asterisk; ``name`` is without folder.

    A module's block that would reach beyond its place is left out and complained about; its lines
    count from 1 there, since it stands in no file.
    """

    def __init__(self, name: str) -> None:
        self.path = f"{FOLDER}/{name}"
        self.complaints: list[Complaint] = []
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._line = 1
        self._tab = False
        self.add("; Written by PBX Admin from its records; what is changed here is lost.\n")

    def add(self, text: str) -> None:
        """Write core text; it ends with a newline or a tab."""
        self._parts.append(text)
        self._line += text.count("\n")
        self._tab = text.endswith("\t")

    def join(self, pieces: Iterable[Piece], shape: Shape) -> None:
        """Write core and modules in the order of their priorities, byte by byte as M6.1 says."""
        for piece in sorted(pieces, key=lambda one: one.priority):
            if not piece.text.strip():
                continue
            if piece.owner == CORE:
                text = wrap(piece)
                self.add("\t" + text if text.startswith("same") and not self._tab else text)
            elif not self._refused(piece, shape):
                self._block(Piece(piece.owner, piece.priority, piece.text.replace("\r\n", "\n")))

    def add_for(self, owner: str, text: str) -> None:
        """Write lines that a module is to blame for, without markers."""
        first = self._line
        self.add(text)
        self._blocks.append(Block(owner, first, self._line - 1))

    def finish(self) -> GeneratedFile:
        """Return the file."""
        return GeneratedFile(self.path, "".join(self._parts), tuple(self._blocks))

    def complain(self, owner: str, slug: str, message: str, **context: object) -> None:
        """Note what cannot be written."""
        self.complaints.append(Complaint(owner, self.path, 0, slug, message, dict(context)))

    def _refused(self, piece: Piece, shape: Shape) -> bool:
        flaws = flaws_of_block(piece.text.replace("\r\n", "\n"), shape)
        self.complaints += [
            Complaint(piece.owner, self.path, flaw.line, flaw.slug, flaw.message, flaw.context)
            for flaw in flaws
        ]
        return bool(flaws)

    def _block(self, piece: Piece) -> None:
        first = self._line + 1  # a blank line stands before the marker
        self.add(wrap(piece))
        self._blocks.append(Block(piece.owner, first, self._line - 1))


def core(priority: int, text: str) -> Piece:
    """Return a part of PBX Admin among those of modules (reference M6.1)."""
    return Piece(CORE, priority, text)


def with_core(pieces: Sequence[Piece], *own: Piece) -> list[Piece]:
    """Return core's pieces and those of modules; of equal priorities core's come first."""
    return [*own, *pieces]
