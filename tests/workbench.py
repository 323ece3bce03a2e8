"""Modules in folders of their own, run in children exactly as operator and host run them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modules_app.bridge.registry import RegistryModule, label_of
from modules_app.processes.zygote import ChildLimits, ChildResult, Zygote

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"


@dataclass
class Workbench:
    """Writes modules below ``folder`` and runs their code in children of ``zygote``."""

    folder: Path
    zygote: Zygote
    _generation: int = field(default=0)

    def __post_init__(self) -> None:
        for name in ("store", "data", "log"):
            (self.folder / name).mkdir(exist_ok=True)

    def module(
        self,
        files: Mapping[str, str],
        module_id: str = "ModuleBroken",
        *,
        contract: str = "mikopbx",
        language: str = "python",
        version: str = "1.0.0",
    ) -> RegistryModule:
        """Write one generation of a module; its data stays from generation to generation."""
        self._generation += 1
        code = self.folder / "store" / module_id / f"g{self._generation}" / "code"
        for name, text in files.items():
            file = code / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        code.mkdir(parents=True, exist_ok=True)
        return self._entry(code, module_id, contract, language, version)

    def example(self, name: str, contract: str) -> RegistryModule:
        """Return one of the modules below ``examples``."""
        return self._entry(EXAMPLES / name, name, contract, "python", "1.0.0")

    def _entry(
        self, code: Path, module_id: str, contract: str, language: str, version: str
    ) -> RegistryModule:
        database = self.folder / "data" / f"{module_id}.db"
        database.touch()
        return RegistryModule(
            id=module_id,
            label=label_of(module_id),
            generation=f"g{self._generation}",
            epoch="e1",
            contract=contract,
            language=language,
            version=version,
            code=str(code),
            database=str(database),
            titles={"en": f"The {module_id}", "ru": f"Этот {module_id}"},
        )

    def try_out(
        self,
        target: str,
        module: RegistryModule,
        *,
        limits: ChildLimits | None = None,
        seconds: float = 20,
        **more: Any,
    ) -> ChildResult:
        """Run preflight or probe on the module and return everything about the child."""
        payload = {**self._payload(module), "page": f"/m/{module.id}/", **more}
        return self.zygote.run(target, payload, seconds=seconds, limits=limits)

    def child(
        self,
        module: RegistryModule,
        task: str,
        seconds: float = 20,
        limits: ChildLimits | None = None,
        **more: Any,
    ) -> ChildResult:
        """Run one task of the module and return everything about the child."""
        payload = {"task": task, **self._payload(module), **more}
        target = "modules_app.host.child:run_task"
        return self.zygote.run(target, payload, seconds=seconds, limits=limits)

    def _payload(self, module: RegistryModule) -> dict[str, Any]:
        return {
            "module": module.as_dict(),
            "manifest": {},
            "settings": {},
            "enabled": [],
            "pbx_version": "2026.3.1",
            "language": "en",
            "menu": [],
            "log_dir": str(self.folder / "log"),
            "data_dir": str(self.folder),
        }

    def run(self, module: RegistryModule, task: str = "install", **more: Any) -> dict[str, Any]:
        """Run one task of the module and return its answer."""
        result = self.child(module, task, **more)
        assert result.ok and result.value is not None, result
        return result.value

    def ask(
        self,
        modules: Sequence[RegistryModule],
        *requests: Mapping[str, Any],
        rights: Sequence[str] = ("view", "operate"),
        language: str = "en",
        data_dir: Path | None = None,
    ) -> list[dict[str, Any]]:
        """Load the modules as a host worker does and send it requests, one after the other.

        A request has ``path`` and may have ``method``, ``data``, ``headers``, ``cookies`` and
        ``statement`` (fields that differ); an answer has ``status``, ``text``, ``headers`` and
        ``cookies``. With ``data_dir`` hooks leave their results there.
        """
        payload = {
            "modules": [module.as_dict() for module in modules],
            "requests": list(requests),
            "rights": list(rights),
            "language": language,
            "data_dir": str(data_dir or ""),
        }
        result = self.zygote.run("tests.host.driver:serve", payload, seconds=30)
        assert result.ok and result.value is not None, result
        return result.value["answers"]  # type: ignore[no-any-return]

    def rows(self, module: RegistryModule, query: str) -> list[tuple[Any, ...]]:
        """Query the module's database."""
        with closing(sqlite3.connect(module.database)) as connection, connection:
            return connection.execute(query).fetchall()
