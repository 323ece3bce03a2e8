"""What an installer asks of the core: recorded here, checked and carried out by the operator.

Module code never writes core records or its own files itself (design 4 and 6); everything in
`Records` goes back as data and is committed together with the module.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from modules_app.sdk.dialplan import Dialplan

EXECUTABLE_FOLDERS = ("agi-bin", "bin")


class Settings:
    """The settings of the PBX: read as they stand, writes take effect with the commit."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        self.changed: dict[str, str] = {}

    def get(self, key: str, default: str = "") -> str:
        """Return the value of a setting, or what was set here before."""
        return self.changed.get(key, self._values.get(key, default))

    def set(self, key: str, value: object) -> bool:
        """Ask for a setting to be stored and return True; lists and dicts are stored as JSON."""
        if isinstance(value, dict | list):
            value = json.dumps(value, ensure_ascii=False)
        self.changed[str(key)] = str(value)
        return True


@dataclass
class Records:
    """Everything that one run of a module's code asked for."""

    settings: Settings
    logs_dir: Path
    enabled: Collection[str] = ()
    messages: list[str] = field(default_factory=list)
    registration: dict[str, Any] = field(default_factory=dict)
    sidebar: list[dict[str, Any]] = field(default_factory=list)
    tables: dict[str, list[Any]] = field(default_factory=dict)
    executables: list[str] = field(default_factory=list)
    placed_files: dict[str, str] = field(default_factory=dict)
    deleted_system_rows: list[str] = field(default_factory=list)
    stop_workers: bool = False
    dialplan: Dialplan = field(default_factory=Dialplan)
    config_files: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form that the operator reads."""
        return {
            "messages": [str(message) for message in self.messages],
            "registration": self.registration,
            "sidebar": self.sidebar,
            "tables": {"created": [], "altered": [], "kept": [], **self.tables},
            "settings": self.settings.changed,
            "executables": sorted(set(self.executables)),
            "placed_files": self.placed_files,
            "deleted_system_rows": self.deleted_system_rows,
            "stop_workers": self.stop_workers,
        }


def inside(path: str) -> str:
    """Return ``path`` as a plain relative path below the module; `ValueError` if it leads out."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or not pure.parts or ".." in pure.parts:
        raise ValueError(f"{path!r} is not a path below the module's folder")
    return str(pure)


def files_below(code: Path, folder: str) -> list[str]:
    """Return the files below one folder of the module, as relative paths."""
    found = sorted((code / folder).rglob("*"))
    return [file.relative_to(code).as_posix() for file in found if file.is_file()]
