"""What the host must load, as one file per registry sequence (design 3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PACKAGE = "pbx_modules"
DECLARED = ("hooks", "methods", "oobe", "popovers")
"""What of a module.xml the process that runs the module must know (reference F1.3)."""


def label_of(module_id: str) -> str:
    """Return the Django label and database alias of a module: ``m_`` and the id, ``-`` as ``_``."""
    return "m_" + module_id.replace("-", "_")


def import_name_of(module_id: str) -> str:
    """Return the name under which a module's code is imported."""
    return f"{PACKAGE}.{module_id.replace('-', '_')}"


@dataclass(frozen=True, slots=True)
class RegistryModule:
    """One enabled module; ``code`` and ``database`` are absolute paths.

    ``pack`` is the language that a language pack brings, ``declared`` what the manifest of a
    FreePBX module plugs in (`DECLARED`).
    """

    id: str
    label: str
    generation: str
    epoch: str
    contract: str
    language: str
    version: str
    code: str
    database: str
    titles: dict[str, str] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)
    digest: str = ""
    pack: str = ""
    declared: dict[str, Any] = field(default_factory=dict)

    @property
    def is_python(self) -> bool:
        """Tell whether the module has code that can be imported."""
        return self.language == "python"

    @property
    def import_name(self) -> str:
        """Return the name under which the code is imported."""
        return import_name_of(self.id)

    def title(self, language: str) -> str:
        """Return the module's name in ``language``, else in English, else its id."""
        return self.titles.get(language) or self.titles.get("en") or self.id

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RegistryModule:
        """Build it from the JSON form."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Registry:
    """All enabled modules of one sequence, with the settings that loading needs.

    In safe mode the modules are none, or those that are being tried.
    """

    sequence: int
    modules: tuple[RegistryModule, ...]
    language: str
    pbx_version: str
    safe_mode: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "sequence": self.sequence,
            "modules": [module.as_dict() for module in self.modules],
            "language": self.language,
            "pbx_version": self.pbx_version,
            "safe_mode": self.safe_mode,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Registry:
        """Build it from the JSON form."""
        modules = tuple(RegistryModule.from_dict(module) for module in data["modules"])
        return cls(
            data["sequence"],
            modules,
            data["language"],
            data["pbx_version"],
            bool(data.get("safe_mode")),
        )


def read_registry(path: Path | str) -> Registry:
    """Read a registry file; `OSError` or `ValueError` when there is none or it is no JSON."""
    return Registry.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
