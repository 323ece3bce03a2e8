"""The grammar of ``depends``: what FreePBX accepts, and our reading of the rest (F2.1, F2.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modules_app.domain.findings import Finding
from modules_app.domain.manifest import Contract
from modules_app.domain.versions import compare, php_version_compare


class Op(StrEnum):
    """How the version at hand must stand to the one that is named."""

    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    EQ = "eq"
    NE = "ne"

    def holds(self, order: int) -> bool:
        """Tell whether -1, 0 or 1 (version at hand against the one named) satisfies it."""
        return order in _ORDERS[self]


_ORDERS: dict[Op, tuple[int, ...]] = {
    Op.LT: (-1,),
    Op.LE: (-1, 0),
    Op.GT: (1,),
    Op.GE: (0, 1),
    Op.EQ: (0,),
    Op.NE: (-1, 1),
}


class Kind(StrEnum):
    """What is required."""

    MODULE = "module"
    VERSION = "version"
    PHPVERSION = "phpversion"
    PHPCOMPONENT = "phpcomponent"
    ENGINE = "engine"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement as it was read.

    ``name`` is the module, engine, PHP component or path; an empty ``version`` means any. ``text``
    is what the author wrote and ``line`` where, from 1. ``strict`` tells that FreePBX reads it too;
    our reading of the rest never refuses anything. Of ``alternatives`` one is enough.
    """

    kind: Kind
    name: str = ""
    op: Op = Op.GE
    version: str = ""
    text: str = ""
    line: int = 0
    strict: bool = True
    alternatives: tuple[Requirement, ...] = ()

    def accepts(self, version: str, contract: Contract = Contract.FREEPBX) -> bool:
        """Tell whether ``version`` fulfils the condition, compared as ``contract`` compares.

        PHP, engine and MikoPBX compare plainly, FreePBX lowers the case first (reference F4).
        """
        if not self.version:
            return True
        if contract is Contract.FREEPBX and self.kind in (Kind.MODULE, Kind.VERSION):
            return self.op.holds(compare(version, self.version, contract))
        return self.op.holds(php_version_compare(version, self.version))

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.op if self.version else "", self.version)))


def read_requirements(
    depends: Iterable[Mapping[str, Any]], contract: Contract
) -> tuple[tuple[Requirement, ...], tuple[Finding, ...]]:
    """Return the requirements of ``{"kind", "value", "line"}`` entries, and what is odd in them."""
    raise NotImplementedError
