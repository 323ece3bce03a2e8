"""What state a module is in, in words, and what may be done about it (design 8, reference U2.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from modules_app.exceptions import gettext_noop as _


class Wanted(StrEnum):
    """What the administrator asked for."""

    ON = "on"
    OFF = "off"


class Phase(StrEnum):
    """Whether the module is settled, freshly changed, or held while its data moves."""

    READY = "ready"
    PROBATION = "probation"
    MAINTENANCE = "maintenance"


class Fault(StrEnum):
    """Why a module that is wanted does not run."""

    NONE = "none"
    PAUSED = "paused"
    INCOMPATIBLE = "incompatible"
    DAMAGED = "damaged"
    BLOCKED = "blocked"


class Verb(StrEnum):
    """What an actor can ask for."""

    INSTALL = "install"
    UPGRADE = "upgrade"
    ENABLE = "enable"
    DISABLE = "disable"
    REMOVE = "remove"
    ROLLBACK = "rollback"
    REPAIR = "repair"
    PURGE = "purge"
    IMPORT = "import"
    EXPORT = "export"


class ModuleState(StrEnum):
    """The words a person sees."""

    WORKING = "working"
    ENABLED = "enabled"
    DISABLED = "disabled"
    PAUSED = "paused"
    INCOMPATIBLE = "incompatible"
    BROKEN = "broken"
    NEEDS_ATTENTION = "needs-attention"


@dataclass(frozen=True, slots=True)
class StateWords:
    """How a state is shown: label, sentence, severity, and whether a person must act."""

    label: str
    sentence: str
    severity: str
    must_act: bool
    actions: tuple[Verb, ...]


_ON = (Verb.DISABLE, Verb.UPGRADE, Verb.REMOVE)
_OFF = (Verb.ENABLE, Verb.UPGRADE, Verb.REMOVE)

STATES: dict[ModuleState, StateWords] = {
    ModuleState.WORKING: StateWords(
        _("Working"), _("An operation is running on this module."), "info", False, ()
    ),
    ModuleState.ENABLED: StateWords(
        _("Enabled"), _("The module is loaded and in use."), "success", False, _ON
    ),
    ModuleState.DISABLED: StateWords(
        _("Disabled"),
        _("The module is installed but not loaded; its data is kept."),
        "secondary",
        False,
        _OFF,
    ),
    ModuleState.PAUSED: StateWords(
        _("Paused"),
        _("The module was stopped because it failed again and again."),
        "warning",
        True,
        (Verb.ENABLE, Verb.DISABLE, Verb.UPGRADE, Verb.REMOVE),
    ),
    ModuleState.INCOMPATIBLE: StateWords(
        _("Incompatible"),
        _("The module does not fit this version of the system and is not loaded."),
        "warning",
        True,
        (Verb.DISABLE, Verb.UPGRADE, Verb.REMOVE),
    ),
    ModuleState.BROKEN: StateWords(
        _("Broken"),
        _("Files or data of the module are damaged; it is not loaded."),
        "danger",
        True,
        (Verb.REPAIR, Verb.DISABLE, Verb.UPGRADE, Verb.REMOVE),
    ),
    ModuleState.NEEDS_ATTENTION: StateWords(
        _("Needs attention"),
        _("Something this module needs is missing; it is not loaded."),
        "warning",
        True,
        (Verb.DISABLE, Verb.UPGRADE, Verb.REMOVE),
    ),
}

HELD_BACK = _("Not loaded: safe mode")
"""The label of an enabled module that is not loaded because safe mode is on."""

_OF_FAULT = {
    Fault.PAUSED: ModuleState.PAUSED,
    Fault.INCOMPATIBLE: ModuleState.INCOMPATIBLE,
    Fault.DAMAGED: ModuleState.BROKEN,
    Fault.BLOCKED: ModuleState.NEEDS_ATTENTION,
}


class Reason(StrEnum):
    """Why a module is off; the seeds' codes, kept as they are (seed 001, reference M3)."""

    BY_USER = "DisabledByUser"
    BY_EXCEPTION = "DisabledByException"
    BY_LICENSE = "DisabledByLicense"
    BY_CRASH_LOOP = "DisabledByCrashLoop"
    FILES_DAMAGED = "FilesDamaged"
    DATA_DAMAGED = "DataDamaged"
    ROLLED_BACK = "RolledBack"


REASON_SENTENCES: dict[Reason, str] = {
    Reason.BY_USER: _("Switched off by a person."),
    Reason.BY_EXCEPTION: _("Switched off because its code failed."),
    Reason.BY_LICENSE: _("Switched off because its licence is missing."),
    Reason.BY_CRASH_LOOP: _("Switched off because it crashed again and again."),
    Reason.FILES_DAMAGED: _("Stopped because its files are not those that were installed."),
    Reason.DATA_DAMAGED: _("Stopped because its data file is damaged or missing."),
    Reason.ROLLED_BACK: _("Returned to the version before by itself, because the new one failed."),
}


def state_of(*, wanted: str, fault: str, busy: bool) -> ModuleState:
    """Return the one word for stored ``wanted`` and ``fault``; ``busy`` = an open operation."""
    if busy:
        return ModuleState.WORKING
    if fault != Fault.NONE:
        return _OF_FAULT[Fault(fault)]
    return ModuleState.ENABLED if wanted == Wanted.ON else ModuleState.DISABLED


def allowed_verbs(state: ModuleState, *, has_previous: bool = False) -> tuple[Verb, ...]:
    """Return what may be asked of a module in ``state``; buttons and rules both read this.

    ``has_previous`` tells whether the version before is still there to go back to.
    """
    actions = STATES[state].actions
    return (*actions, Verb.ROLLBACK) if actions and has_previous else actions


def way_out(
    state: ModuleState, reason: str = "", *, has_previous: bool = False, package_kept: bool = False
) -> Verb | None:
    """Return the one verb that leads out of ``state`` best, None where nothing is wrong.

    ``reason`` is the stored reason code, ``has_previous`` tells whether the version before is kept,
    ``package_kept`` whether the package of this version is (reference U2.3 rule 1).
    """
    lost_data = state is ModuleState.BROKEN and reason == Reason.DATA_DAMAGED
    if state is ModuleState.BROKEN and package_kept and not lost_data:
        return Verb.REPAIR
    if has_previous and _another_version_helps(state, reason):
        return Verb.ROLLBACK
    return Verb.REMOVE if lost_data else _WAYS_OUT.get(state)


_WAYS_OUT = {
    ModuleState.DISABLED: Verb.ENABLE,
    ModuleState.PAUSED: Verb.ENABLE,
    ModuleState.INCOMPATIBLE: Verb.UPGRADE,
    ModuleState.BROKEN: Verb.UPGRADE,
    ModuleState.NEEDS_ATTENTION: Verb.DISABLE,
}


def _another_version_helps(state: ModuleState, reason: str) -> bool:
    if state in (ModuleState.PAUSED, ModuleState.DISABLED):
        return reason in (Reason.BY_EXCEPTION, Reason.BY_CRASH_LOOP)
    return state is ModuleState.BROKEN


def is_loaded(*, wanted: str, fault: str, phase: str = Phase.READY) -> bool:
    """Tell whether the host loads the module; not while its data moves."""
    return wanted == Wanted.ON and fault == Fault.NONE and phase != Phase.MAINTENANCE
