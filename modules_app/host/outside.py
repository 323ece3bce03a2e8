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
        try:
            leave_fault(self.data_dir, HookFault(module_id, hook, traceback, seconds))
        except OSError as error:
            logging.getLogger("pbx.host").error("the failure of %s is lost: %s", module_id, error)
