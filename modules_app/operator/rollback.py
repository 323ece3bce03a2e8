"""Rollback: return to the generation and the epoch before the last upgrade (reference R4.5)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.operations import Stage
from modules_app.domain.states import Fault, Phase, Reason, Wanted
from modules_app.exceptions import ModuleError
from modules_app.models import Module
from modules_app.operator import data, placed_files
from modules_app.operator.checking import check_start
from modules_app.operator.faults import PROBED, REVERTED
from modules_app.operator.preflight import run_preflight, run_probe
from modules_app.operator.problems import refuse_damaged
from modules_app.operator.snapshot import describe_version, put_back, restore, take_snapshot
from modules_app.operator.standstill import bring_back, take_out_of_service
from modules_app.operator.work import Work
from modules_app.packages.faults import fault_point
from modules_app.selectors.registry import registry_module
from modules_app.services.previous import previous_module
from modules_app.services.registry import raise_sequence
from modules_app.services.requirements import refuse_lower
from modules_app.services.verification import find_file_damage


class Rollback(Work):
    """Try the version before, stop the module, switch over, start it again.

    What was installed becomes the version before in its turn, so that a rollback can be undone.
    """

    returns = True
    preflight: dict[str, Any]

    def prepare(self) -> None:
        """Check files and data of the version before, try its code, take the module out."""
        module = self.installed()
        self.journal.enter(Stage.VERIFY)
        before = previous_module(module)
        if not self.operation.options.get("automatic"):
            refuse_lower(module.id, before.version)
        refuse_damaged(before, find_file_damage(before))
        data.refuse_damaged_file(data.database_path(self.tools.data_dir, before.id, before.epoch))
        self.journal.enter(Stage.TRY)
        seen = registry_module(before)
        self.preflight = run_preflight(self, seen)
        self.journal.enter(Stage.STOP, from_state={**take_snapshot(module), "phase": module.phase})
        take_out_of_service(self)
        self._probe(module, seen)

    def commit(self) -> None:
        """Write the rows of the version before back; on or off stays as it is now."""
        module = self.installed()
        rows, wanted = module.previous["rows"], module.wanted
        replaced = describe_version(module)
        module = put_back(module.id_fold, rows)
        module.wanted = wanted
        module.fault = Fault.NONE
        module.phase = Phase.PROBATION if wanted == Wanted.ON else Phase.READY
        module.previous = {**replaced, "by": self.operation.verb}
        module.previous_generation, module.previous_epoch = (
            replaced["generation"],
            replaced["epoch"],
        )
        module.checks = {"preflight": self.preflight}
        module.changed_at = timezone.now()
        self._say_why(module)
        module.save()
        raise_sequence()
        self.module = module
        self.operation.result = {
            "version": module.version,
            "generation": module.generation,
            "from_version": replaced["version"],
        }
        self.operation.save(update_fields=["result"])

    def finish(self) -> None:
        """Start the version before and check that it answers."""
        module = self.installed()
        check_start(self)
        placed_files.write(self.tools, module.id, module.facts.get("placed_files", {}))

    def undo(self) -> None:
        """Let the installed version serve again."""
        bring_back(self, self.operation.from_state.get("phase", ""))

    def revert(self, error: ModuleError) -> None:
        """Return to what was installed; if that had failed by itself, leave it stopped."""
        restore(self.operation, error, **self._stopped(error))
        fault_point(REVERTED)
        self.tools.host.wake()

    def _probe(self, module: Module, seen: RegistryModule) -> None:
        self.journal.enter(Stage.PROBE)
        if module.wanted == Wanted.ON:
            run_probe(self, seen)
        fault_point(PROBED)

    def _say_why(self, module: Module) -> None:
        automatic = bool(self.operation.options.get("automatic"))
        module.reason_code = Reason.ROLLED_BACK if automatic else ""
        module.reason_text = str(self.operation.options.get("reason", ""))[:2000]
        module.reason_actor = self.operation.actor
        module.reason_at = timezone.now()

    def _stopped(self, error: ModuleError) -> dict[str, Any]:
        """Return what stops a module that failed by itself and whose version before fails too."""
        if not self.operation.options.get("automatic"):
            return {}
        reason = str(self.operation.options.get("reason", ""))
        return {
            "fault": Fault.PAUSED,
            "phase": Phase.READY,
            "reason_code": Reason.BY_CRASH_LOOP,
            "reason_text": f"{reason} {error}".strip()[:2000],
            "reason_actor": self.operation.actor,
            "reason_at": timezone.now(),
        }
