"""Text of core and modules, put together as MikoPBX does it, byte by byte (reference M6.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LAST = 10_000
"""Where a module stands that says nothing about its order."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one participant adds; ``owner`` is a module's id, "" for PBX Admin itself."""

    owner: str
    priority: int
    text: str


def join_pieces(pieces: Iterable[Piece], *, comment: str = ";") -> str:
    """Return the pieces as one text, low priorities first, ties in the order given.

    A module's piece stands between markers that name it; an empty piece leaves no trace. A tab
    that was begun is kept for a core piece that starts with ``same``.
    """
    joined = ""
    for piece in sorted(pieces, key=lambda piece: piece.priority):
        if not piece.text.strip():
            continue
        wrapped = wrap(piece, comment=comment)
        tab = "\t" if wrapped.startswith("same") and not joined.endswith("\t") else ""
        joined += tab + wrapped
    return joined


def wrap(piece: Piece, *, comment: str = ";") -> str:
    """Return one piece as it stands in a file."""
    body = piece.text.rstrip()
    if not piece.owner:
        return f"{body}\n"
    begin, end = markers(piece.owner, comment=comment)
    return f"\n{begin}\n{body}\n{end}\n"


def markers(owner: str, *, comment: str = ";") -> tuple[str, str]:
    """Return the two comment lines around the text of a module."""
    stars = f"{comment} *****"
    return f"{stars} BEGIN BY {owner}", f"{stars} END BY {owner}"
