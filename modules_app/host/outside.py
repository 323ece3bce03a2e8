"""How module code in host, children and workers reaches PBX Admin: files and pokes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
