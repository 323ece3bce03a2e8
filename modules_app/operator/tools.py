"""What every operation works with: the data folder, file operations, children, the host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.operator.host_link import HostLink
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from modules_app.processes.zygote import ChildLimits, ChildResult, Zygote

CHILD = "modules_app.host.child:run_task"
CHILDREN = (
    "modules_app.host.child",
    "modules_app.host.preflight",
    "modules_app.host.probe",
    "modules_app.host.application:warm_up",
    "modules_app.host.frame:draw_frame",
    "modules_app.host.shared:remember",
)
"""What children need and their warm parent therefore imports, or calls."""


class ChildFailed(ModuleError):
    """Module code did not come back with an answer: it hung, died, raised or was stopped."""


@dataclass(slots=True)
class Tools:
    """One set per operator process; safe for several threads."""

    fsops: FsOps
    data_dir: DataDir
    zygote: Zygote
    host: HostLink

    def run_child(
        self, payload: dict[str, Any], *, stage: str, should_stop: Callable[[], bool]
    ) -> dict[str, Any]:
        """Run module code in a fresh child and return its answer. Raises ``ChildFailed``."""
        return self.run_target(CHILD, payload, stage=stage, should_stop=should_stop)[0]

    def run_target(
        self,
        target: str,
        payload: dict[str, Any],
        *,
        stage: str,
        should_stop: Callable[[], bool],
    ) -> tuple[dict[str, Any], list[str]]:
        """Run ``target`` under the limits of ``stage``; return its answer and `ChildResult.weak`.

        Raises ``ChildFailed``.
        """
        seconds = settings.PBX_STAGE_SECONDS[stage]
        limits = ChildLimits(**settings.PBX_CHILD_LIMITS.get(stage, {}))
        result = self.zygote.run(
            target, payload, seconds=seconds, limits=limits, should_stop=should_stop
        )
        if not result.ok or result.value is None:
            raise _child_failed(payload, result, seconds)
        return result.value, result.weak


_PROBLEMS = {
    "timeout": _("“{id}” did not answer within {seconds} seconds and was stopped."),
    "stopped": _("The code of “{id}” was stopped on request."),
    "no-verdict": _("The code of “{id}” ended the process without an answer (status {status})."),
    "crashed": _("The code of “{id}” crashed (status {status})."),
    "raised": _("The code of “{id}” failed: {last_line}"),
    "lost": _("The process around the code of “{id}” was ended from outside."),
}
_HINT = _("Tell the module's author; the details below show where it happened.")
_HINT_LOST = _("The module is not to blame. Start the operation again.")


def _child_failed(payload: dict[str, Any], result: ChildResult, seconds: float) -> ChildFailed:
    lines = result.traceback.strip().splitlines()
    return ChildFailed(
        f"module-code-{result.problem or 'no-verdict'}",
        _PROBLEMS.get(result.problem, _PROBLEMS["no-verdict"]),
        context={
            "id": payload["module"]["id"],
            "task": payload["task"],
            "seconds": seconds,
            "status": result.exit_status,
            "last_line": lines[-1][:500] if lines else "",
            "details": "\n".join(part for part in (result.traceback, result.output) if part)[
                -8000:
            ],
        },
        hint=_HINT_LOST if result.problem == "lost" else _HINT,
    )
