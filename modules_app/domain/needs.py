"""What a module needs of others, and which of that does not work now (reference F2, R3.3 F20).

Only FreePBX packages say what they need; between MikoPBX modules nothing is declared (M3.7).
Nothing here refuses anything: it tells people why a module may not do its work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from modules_app.domain.ids import fold_id
from modules_app.domain.states import ModuleState
from modules_app.exceptions import gettext_noop as _

MISSING = "missing"
PROVIDED = frozenset({"core", "framework"})
"""Modules of others that PBX Admin itself stands for (design 8)."""

NEED_SENTENCES: dict[str, str] = {
    MISSING: _("It needs {name}, which is not installed."),
    ModuleState.BROKEN: _("It needs {name}, which is damaged."),
    ModuleState.PAUSED: _("It needs {name}, which is paused."),
    ModuleState.DISABLED: _("It needs {name}, which is disabled."),
    ModuleState.INCOMPATIBLE: _("It needs {name}, which does not fit this version of the system."),
    ModuleState.NEEDS_ATTENTION: _("It needs {name}, which itself lacks something."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How an installed module stands: its id, its name for people, its state and the cause."""

    id: str
    name: str
    state: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """Something needed that does not work: ``state`` is a key of `NEED_SENTENCES`.

    ``id`` is the installed module's own spelling; what is missing keeps that of the requirement.
    """

    id: str
    name: str
    state: str
    cause: str = ""

    @property
    def sentence(self) -> str:
        """Return an English sentence to be translated and filled with ``name``."""
        return NEED_SENTENCES[self.state]


def required_modules(depends: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the module names of ``<depends>``, without versions, without what is provided."""
    named = [
        str(entry.get("value", "")).split(maxsplit=1)[0]
        for entry in depends
        if entry.get("kind") == "module" and str(entry.get("value", "")).strip()
    ]
    return tuple(dict.fromkeys(name for name in named if fold_id(name) not in PROVIDED))


def unmet_needs(required: Iterable[str], known: Mapping[str, Standing]) -> tuple[Need, ...]:
    """Return what of ``required`` does not work; ``known`` goes by folded id."""
    found = []
    for name in required:
        standing = known.get(fold_id(name))
        if standing is None:
            found.append(Need(name, name, MISSING))
        elif standing.state in NEED_SENTENCES:
            found.append(Need(standing.id, standing.name, standing.state, standing.cause))
    return tuple(found)
