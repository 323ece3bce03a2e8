"""Noting how a lifecycle hook ran, for the module's page."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from modules_app.models import Operation
from modules_app.services.hook_results import record_hook_result


@dataclass(slots=True)
class HookNote:
    """One run of a hook, from its beginning."""

    operation: Operation
    generation: str
    hook: str
    started: float = field(default_factory=time.monotonic)

    def answered(self, answer: dict[str, Any]) -> None:
        """Note the answer; a veto is an answer like any other, an exception is a failure."""
        traceback = str(answer.get("error", ""))
        ok = bool(answer.get("ok") or (answer.get("veto") and not traceback))
        said = [str(text) for text in answer.get("messages", [])]
        last = traceback.strip().splitlines()[-1:] or said
        self._record(ok, "" if ok else " ".join(last), "" if ok else traceback)

    def failed(self, error: str, traceback: str) -> None:
        """Note that the hook gave no answer: it hung, or ended its process."""
        self._record(False, error, traceback)

    def _record(self, ok: bool, error: str, traceback: str) -> None:
        record_hook_result(
            module_id=self.operation.module_id,
            hook=self.hook,
            ok=ok,
            seconds=time.monotonic() - self.started,
            error=error,
            traceback=traceback,
            operation=self.operation,
            generation=self.generation,
        )
