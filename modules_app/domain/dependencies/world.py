"""What is installed, what is at hand, and what the system itself stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from modules_app.domain.dependencies.conflicts import Conflict
from modules_app.domain.dependencies.grammar import Requirement
from modules_app.domain.ids import fold_id
from modules_app.domain.manifest import Contract
from modules_app.domain.settings import SETTINGS
from modules_app.domain.states import ModuleState
from modules_app.exceptions import gettext_noop as _

INSTALLED = "installed"
UPLOAD = "upload"
STORE = "store"

PYTHON = "python"
"""The language of packages whose code runs here; the others are read, never run (design 6)."""

_WORKS = (ModuleState.ENABLED, ModuleState.WORKING)
_CAN_BE_ENABLED = (*_WORKS, ModuleState.DISABLED, ModuleState.PAUSED)


@dataclass(frozen=True, slots=True)
class Provided:
    """A module of others that PBX Admin itself stands for: with which version, and why."""

    name: str
    version: str
    reason: str


PROVIDED: Mapping[str, Provided] = {
    "framework": Provided(
        "framework",
        SETTINGS["FrameworkVersion"].default,
        _("PBX Admin keeps the contract of FreePBX's framework."),
    ),
    "core": Provided(
        "core",
        SETTINGS["FrameworkVersion"].default,
        _("PBX Admin keeps the contract of FreePBX's core."),
    ),
}
"""The table of design 8, by folded id, at the default contract level."""


def provided_at(framework_version: str) -> dict[str, Provided]:
    """Return the table with the versions that this system has by its settings."""
    return {
        key: Provided(entry.name, framework_version, entry.reason)
        for key, entry in PROVIDED.items()
    }


@dataclass(frozen=True, slots=True)
class Candidate:
    """One version of a module: installed, waiting as an upload, or kept in the package store.

    ``reference`` is what a service needs to install it: the upload's id or the package's digest.
    ``enabled`` is what a person wants of an installed module; ``state`` is a `ModuleState`.
    """

    id: str
    name: str
    version: str
    contract: Contract = Contract.FREEPBX
    language: str = PYTHON
    source: str = INSTALLED
    reference: str = ""
    requirements: tuple[Requirement, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    enabled: bool = False
    state: str = ModuleState.DISABLED
    can_disable: bool = True
    can_uninstall: bool = True

    @property
    def key(self) -> str:
        """Return the folded id, by which all versions of a module belong together."""
        return fold_id(self.id)

    @property
    def is_installed(self) -> bool:
        """Tell whether this is the version that is installed now."""
        return self.source == INSTALLED

    @property
    def runs_code(self) -> bool:
        """Tell whether its own code runs here, so that a missing requirement refuses it."""
        return self.language == PYTHON

    @property
    def works(self) -> bool:
        """Tell whether it is enabled and nothing keeps it from being loaded."""
        return self.enabled and self.state in _WORKS

    @property
    def can_be_enabled(self) -> bool:
        """Tell whether enabling this very version could help: damaged files need another way."""
        return not self.is_installed or self.state in _CAN_BE_ENABLED


@dataclass(frozen=True, slots=True)
class World:
    """Everything the resolver may know.

    ``installed`` and ``provided`` go by folded id, ``engine`` is name and version (an empty version
    means that it is unknown), ``settings`` fill the ``%NAME%`` of file requirements. In
    ``safe_mode`` also modules that forbid it may be disabled.
    """

    installed: Mapping[str, Candidate] = field(default_factory=dict)
    available: tuple[Candidate, ...] = ()
    provided: Mapping[str, Provided] = field(default_factory=lambda: dict(PROVIDED))
    framework_version: str = SETTINGS["FrameworkVersion"].default
    pbx_version: str = SETTINGS["PBXVersion"].default
    engine: tuple[str, str] = ("asterisk", "")
    settings: Mapping[str, str] = field(default_factory=dict)
    file_exists: Callable[[str], bool] = lambda path: False
    safe_mode: bool = False
