"""What a module needs of others, and which of that does not work now (reference F2, R3.3 F20).

Nothing here refuses anything: it tells people why a module may not do its work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from modules_app.domain.dependencies.grammar import Kind, Requirement
from modules_app.domain.dependencies.world import PROVIDED
from modules_app.domain.ids import fold_id
from modules_app.domain.manifest import Contract
from modules_app.domain.states import ModuleState
from modules_app.exceptions import gettext_noop as _

MISSING = "missing"
WRONG_VERSION = "version"

NEED_SENTENCES: dict[str, str] = {
    MISSING: _("It needs {name}, which is not installed."),
    WRONG_VERSION: _("It needs {name} {wanted}, which is not the version installed."),
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
    version: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """Something needed that does not work: ``state`` is a key of `NEED_SENTENCES`.

    ``id`` is the installed module's own spelling; what is missing keeps that of the requirement.
    ``wanted`` is the version asked for, such as ``ge 1.1``, where that is the trouble.
    """

    id: str
    name: str
    state: str
    cause: str = ""
    wanted: str = ""

    @property
    def sentence(self) -> str:
        """Return an English sentence to be translated and filled with ``name``."""
        return NEED_SENTENCES[self.state]


def required_modules(
    requirements: Iterable[Requirement], provided: Collection[str] = PROVIDED
) -> tuple[Requirement, ...]:
    """Return the requirements of modules, without those that the system itself stands for."""
    return tuple(
        one for one in requirements if one.kind is Kind.MODULE and fold_id(one.name) not in provided
    )


def unmet_needs(
    required: Iterable[Requirement],
    known: Mapping[str, Standing],
    contract: Contract = Contract.FREEPBX,
) -> tuple[Need, ...]:
    """Return what of ``required`` does not work, each module once; ``known`` goes by folded id."""
    found: dict[str, Need] = {}
    for one in required:
        key = fold_id(one.name)
        need = _lacking(one, known.get(key), contract)
        if need is not None:
            found.setdefault(key, need)
    return tuple(found.values())


def _lacking(one: Requirement, standing: Standing | None, contract: Contract) -> Need | None:
    if standing is None:
        return Need(one.name, one.name, MISSING)
    if standing.state in NEED_SENTENCES:
        return Need(standing.id, standing.name, standing.state, standing.cause)
    if standing.version and not one.accepts(standing.version, contract):
        wanted = f"{one.op} {one.version}"
        return Need(standing.id, standing.name, WRONG_VERSION, wanted=wanted)
    return None
