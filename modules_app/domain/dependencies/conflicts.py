"""Which modules do not go together: ``breaking`` (reference F2.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from modules_app.domain.dependencies.grammar import Op

if TYPE_CHECKING:
    from modules_app.domain.dependencies.world import Candidate


class ConflictKind(StrEnum):
    """Both keep the two from being enabled together; deprecated says that the other one is old."""

    CONFLICT = "conflict"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One ``breaking/module``: ``declarer`` does not go with ``named`` (ids as written).

    An empty ``version`` means every version of the named module. ``message`` is the author's own
    text, placeholders filled; empty when there is none.
    """

    declarer: str
    named: str
    kind: ConflictKind = ConflictKind.CONFLICT
    op: Op = Op.GE
    version: str = ""
    replace: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two modules that must not be enabled together, and the declaration that says so."""

    declarer: Candidate
    named: Candidate
    conflict: Conflict


def read_conflicts(breaking: Iterable[Mapping[str, str]], declarer: str) -> tuple[Conflict, ...]:
    """Return the conflicts of a manifest's ``breaking`` entries."""
    raise NotImplementedError


def find_clashes(candidates: Iterable[Candidate]) -> tuple[Clash, ...]:
    """Return every declared conflict between any two of ``candidates``, taken as enabled."""
    raise NotImplementedError
