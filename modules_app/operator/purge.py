"""Purge: delete what earlier versions left in the data, on a copy of it (reference R4.4)."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from modules_app.domain.leftovers import without
from modules_app.domain.operations import Stage
from modules_app.domain.states import Phase, is_loaded
from modules_app.exceptions import ModuleError
from modules_app.models import Module
from modules_app.operator import data
from modules_app.operator.checking import check_start
from modules_app.operator.cleaning import sweep
from modules_app.operator.faults import DATA_COPIED, FENCED, PROBED, REVERTED
from modules_app.operator.preflight import run_probe
from modules_app.operator.snapshot import describe_version, restore, take_snapshot
from modules_app.operator.standstill import bring_back, take_out_of_service
from modules_app.operator.work import Work
from modules_app.packages.faults import fault_point
from modules_app.packages.flush import synced
from modules_app.selectors.registry import registry_module
from modules_app.services.registry import raise_sequence


class Purge(Work):
    """Stop the module, copy its data, delete from the copy, try it, switch over, start again.

    The files stay the same. The data of before becomes what a rollback returns to.
    """

    returns = True
    fence: data.Fence | None = None

    def prepare(self) -> None:
        """Take the module out, delete from a copy of its data, and try the module on that."""
        module = self.installed()
        self.journal.enter(Stage.VERIFY, to_epoch=str(self.operation.pk))
        source = data.database_path(self.tools.data_dir, module.id, module.epoch)
        data.refuse_damaged_file(source)
        self.journal.enter(Stage.STOP, from_state={**take_snapshot(module), "phase": module.phase})
        take_out_of_service(self)
        self.journal.enter(Stage.BACK_UP)
        self.fence = data.Fence(source)
        fault_point(FENCED)
        epoch = self.operation.to_epoch
        with synced(self.tools.fsops, self.tools.data_dir.root):
            target = data.create_epoch(self.tools.fsops, self.tools.data_dir, module.id, epoch)
            self.fill(source, target)
            data.settle(target)
        self.journal.enter(Stage.PROBE)
        if is_loaded(wanted=module.wanted, fault=module.fault):
            run_probe(self, registry_module(module, epoch=epoch))
        fault_point(PROBED)

    def fill(self, source: Path, target: Path) -> None:
        """Make the new database out of the module's present one."""
        data.copy_database(source, target)
        fault_point(DATA_COPIED)
        self.journal.enter(Stage.SET_UP)
        data.purge(target, self.operation.options["purge"])

    def describe(self, module: Module) -> None:
        """Write into the row what the new data changes there."""
        left = without(module.facts.get("left_over") or {}, self.operation.options["purge"])
        module.facts = {**module.facts, "left_over": left}

    def commit(self) -> None:
        """Let the row name the new data; that of before becomes the way back."""
        previous = describe_version(self.installed())
        module = self.installed()
        module.previous = {**previous, "by": self.operation.verb}
        module.previous_generation = previous["generation"]
        module.previous_epoch = previous["epoch"]
        module.epoch = self.operation.to_epoch
        self.describe(module)
        module.changed_at = timezone.now()
        if is_loaded(wanted=module.wanted, fault=module.fault):
            module.phase = Phase.PROBATION
            raise_sequence()
        module.save()
        self.operation.result = {"version": module.version, "generation": module.generation}
        self.operation.save(update_fields=["result"])

    def finish(self) -> None:
        """Start it on the new data and forget what nobody can return to any more."""
        self._open_fence()
        check_start(self)
        self.journal.enter(Stage.CLEAN)
        sweep(self.tools, self.operation.module_id)

    def undo(self) -> None:
        """Delete the copy and let the module serve again."""
        self._open_fence()
        try:
            self.journal.remember(to_epoch="")
            sweep(self.tools, self.operation.module_id)
        finally:
            bring_back(self, self.operation.from_state.get("phase", ""))

    def revert(self, error: ModuleError) -> None:
        """Return to the data of before; nobody could write to the copy yet."""
        self._open_fence()
        restore(self.operation, error)
        fault_point(REVERTED)
        self.tools.host.wake()
        sweep(self.tools, self.operation.module_id)

    def _open_fence(self) -> None:
        if self.fence:
            self.fence.release()
