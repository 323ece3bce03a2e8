"""Repair: unpack the kept package again as a new generation; the data stays (reference F20)."""

from __future__ import annotations

import os
from typing import Any

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.operations import Stage
from modules_app.domain.states import Fault, Phase, is_loaded
from modules_app.exceptions import ModuleError
from modules_app.models import Module
from modules_app.operator import data, placed_files
from modules_app.operator.checking import check_start
from modules_app.operator.cleaning import sweep
from modules_app.operator.faults import INSTALL_COPIED, PROBED, REVERTED
from modules_app.operator.preflight import run_preflight, run_probe
from modules_app.operator.snapshot import restore, take_snapshot
from modules_app.operator.work import Work
from modules_app.packages.archive import open_archive
from modules_app.packages.faults import fault_point
from modules_app.packages.flush import synced
from modules_app.packages.store import (
    Record,
    generation_name,
    make_executable,
    open_package,
    write_generation,
)
from modules_app.selectors.registry import registry_module
from modules_app.services.registry import raise_sequence
from modules_app.services.uploads import archive_limits


class Repair(Work):
    """Write the files of the installed version anew and switch over to them."""

    returns = True
    record: Record
    preflight: dict[str, Any]

    def prepare(self) -> None:
        """Unpack the kept package beside what is damaged, and try it on the data."""
        module = self.installed()
        self.journal.enter(Stage.VERIFY, from_state=take_snapshot(module))
        data.refuse_damaged_file(data.database_path(self.tools.data_dir, module.id, module.epoch))
        sha256 = module.package_sha256
        self.journal.enter(Stage.COPY, to_generation=generation_name(self.operation.pk, sha256))
        with synced(self.tools.fsops, self.tools.data_dir.root):
            self._copy(module, sha256)
        fault_point(INSTALL_COPIED)
        seen = registry_module(module, generation=self.operation.to_generation)
        self.journal.enter(Stage.TRY)
        self.preflight = run_preflight(self, seen)
        self._probe(module, seen)

    def commit(self) -> None:
        """Let the row name the new files; a fault that they caused is over."""
        module = self.installed()
        module.generation = self.operation.to_generation
        module.digest = self.record.digest
        if module.fault == Fault.DAMAGED:
            module.fault = Fault.NONE
            module.reason_code = module.reason_text = ""
        module.checks = {"preflight": self.preflight}
        if is_loaded(wanted=module.wanted, fault=module.fault):
            module.phase = Phase.PROBATION
        module.save()
        raise_sequence()

    def finish(self) -> None:
        """Start it on the new files and delete the damaged ones."""
        check_start(self)
        self.journal.enter(Stage.CLEAN)
        module = self.installed()
        placed_files.write(self.tools, module.id, module.facts.get("placed_files", {}))
        sweep(self.tools, module.id)

    def undo(self) -> None:
        """Delete the new files."""
        self.journal.remember(to_generation="")
        sweep(self.tools, self.operation.module_id)

    def revert(self, error: ModuleError) -> None:
        """Return to the damaged files, marked as they were: at least nothing is hidden."""
        restore(self.operation, error)
        fault_point(REVERTED)
        self.tools.host.wake()
        sweep(self.tools, self.operation.module_id)

    def _copy(self, module: Module, sha256: str) -> None:
        fd = open_package(self.tools.data_dir, sha256)
        try:
            self.record = write_generation(
                self.tools.fsops,
                self.tools.data_dir,
                module.id,
                self.operation.to_generation,
                open_archive(fd, archive_limits()),
                package_sha256=sha256,
                durable=False,
            )
        finally:
            os.close(fd)
        make_executable(
            self.tools.fsops,
            self.tools.data_dir,
            module.id,
            self.operation.to_generation,
            [path for path in module.facts.get("executables", []) if path in self.record.files],
        )

    def _probe(self, module: Module, seen: RegistryModule) -> None:
        self.journal.enter(Stage.PROBE)
        if is_loaded(wanted=module.wanted, fault=Fault.NONE):
            run_probe(self, seen)
        fault_point(PROBED)
