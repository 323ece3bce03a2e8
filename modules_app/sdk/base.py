"""What installers of both contracts offer to a module's code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.records import Records, Settings, inside
from modules_app.sdk.sync import synchronise_tables
from modules_app.sdk.translations import translate


class Recorded:
    """The recorded calls: nothing of it happens before the operation commits."""

    def __init__(self, facts: ModuleFacts, manifest: Mapping[str, Any], records: Records) -> None:
        self.module_unique_id = facts.id
        self.module_dir = facts.code
        self.version: str = facts.version
        self.messages: list[str] = records.messages
        self._facts = facts
        self._manifest = manifest
        self._records = records

    @property
    def settings(self) -> Settings:
        """The settings of the PBX: ``settings.get(key)``, ``settings.set(key, value)``."""
        return self._records.settings

    @property
    def logs_dir(self) -> Path:
        """The module's own folder for log files; it exists and may be written to."""
        return self._records.logs_dir

    def translation(self, key: str, **values: Any) -> str:
        """Return a text of the module, or one of ours for installers."""
        return translate(key, **values)

    def is_enabled(self, module_id: str) -> bool:
        """Tell whether another module is enabled."""
        return module_id in self._records.enabled

    def add_executable(self, path: str) -> None:
        """Mark a file of the module as executable; agi-bin/ and bin/ are without asking."""
        self._records.executables.append(inside(path))

    def place_file(self, name: str, content: str) -> None:
        """Put a file into the module's own folder of configuration; it goes with the module.

        ``name`` is a plain file name, ``content`` text; raises `ValueError` otherwise.
        """
        if not isinstance(content, str):
            raise ValueError(f"the content of {name!r} is not text")
        if "/" in name or "\0" in name or name in ("", ".", ".."):
            raise ValueError(f"{name!r} is not a plain file name")
        self._records.placed_files[name] = content

    def delete_system_rows(self, kind: str) -> None:
        """Ask for the core records of this kind that the module made to be removed."""
        self._records.deleted_system_rows.append(str(kind))

    def stop_workers(self) -> None:
        """Ask for the module's background processes to be stopped."""
        self._records.stop_workers = True

    def create_tables_from_models(self) -> bool:
        """Create or alter the tables of the module's models; rows are kept in every case.

        Raises `Refused` when that is impossible, then nothing has changed.
        """
        self._records.tables = synchronise_tables(self._facts.label)
        return True
