"""Upgrade: install over an installed module; its data is migrated on a copy (reference R4.4)."""

from __future__ import annotations

from modules_app.domain.operations import Stage
from modules_app.domain.states import is_loaded
from modules_app.exceptions import ModuleError
from modules_app.operator import data
from modules_app.operator.checking import check_start
from modules_app.operator.cleaning import sweep
from modules_app.operator.faults import DATA_COPIED, FENCED, PROBED, REVERTED
from modules_app.operator.install import Install
from modules_app.operator.preflight import run_probe
from modules_app.operator.snapshot import restore, take_snapshot
from modules_app.operator.standstill import bring_back, take_out_of_service
from modules_app.packages.faults import fault_point


class Upgrade(Install):
    """Stop the module, copy its data, migrate the copy, try it, switch over, start it again."""

    returns = True
    fence: data.Fence | None = None

    def _take_over_data(self) -> None:
        module = self.installed()
        self.journal.enter(Stage.STOP, from_state={**take_snapshot(module), "phase": module.phase})
        take_out_of_service(self)
        self.journal.enter(Stage.BACK_UP)
        source = data.database_path(self.tools.data_dir, module.id, module.epoch)
        self.fence = data.Fence(source)
        fault_point(FENCED)
        self._new_database()
        data.copy_database(source, self.database)
        fault_point(DATA_COPIED)

    def _probe(self) -> None:
        self.journal.enter(Stage.PROBE)
        module = self.installed()
        if is_loaded(wanted=module.wanted, fault=module.fault):
            found = run_probe(
                self,
                self._seen(),
                hrefs=[str(wish.get("href") or "") for wish in self._menu_wishes()],
                manifest=self.report.get("manifest", {}),
            )
            self.missing = found["missing"]
            fault_point(PROBED)

    def finish(self) -> None:
        """Start the new version if the module is on, and check that it answers."""
        self._open_fence()
        check_start(self)
        self.journal.enter(Stage.CLEAN)
        super().finish()

    def undo(self) -> None:
        """Remove what was made and let the old version serve again."""
        self._open_fence()
        try:
            super().undo()
        finally:
            bring_back(self, self.operation.from_state.get("phase", ""))

    def revert(self, error: ModuleError) -> None:
        """Put the previous generation and epoch back; nobody could write to the new one yet."""
        self._open_fence()
        restore(self.operation, error)
        fault_point(REVERTED)
        self.tools.host.wake()
        self._discard_upload()
        sweep(self.tools, self.operation.module_id)

    def _open_fence(self) -> None:
        if self.fence:
            self.fence.release()
