"""How module code in host, children and workers reaches PBX Admin: files and pokes."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from modules_app.bridge.hook_faults import HookFault, leave_fault
from modules_app.bridge.wishes import leave_wish
from modules_app.bridge.workers import MAILBOX
from modules_app.processes.mailbox import post


@dataclass(frozen=True, slots=True)
class Files:
    """See `modules_app.sdk.outside.Outside`."""

    data_dir: Path

    def ask_reload(self, module_id: str, hooks: tuple[str, ...]) -> None:
        """Leave a wish for the operator. Raises `ValueError` and ``Refused``."""
        leave_wish(self.data_dir, module_id, hooks)

    def job_waits(self, module_id: str, queue: str) -> None:
        """Let the supervisor wake the module's workers; without one the job simply waits."""
        post(self.data_dir / "run" / MAILBOX, {"what": "job", "module": module_id, "queue": queue})

    def hook_failed(self, module_id: str, hook: str, traceback: str, seconds: float) -> None:
        """Leave the failure for the operator; a full disk keeps nobody from going on."""
        self._leave(HookFault(module_id, hook, traceback, seconds))

    def hook_went_well(self, module_id: str, hook: str, seconds: float) -> None:
        """Leave the good news, too, in the place of a failure that nobody has read yet."""
        self._leave(HookFault(module_id, hook, "", seconds))

    def _leave(self, fault: HookFault) -> None:
        try:
            leave_fault(self.data_dir, fault)
        except OSError as error:
            logging.getLogger("pbx.host").error("a result of %s is lost: %s", fault.module, error)
