"""The shape of every operation: prepare, commit, finish, and the two ways back (reference R4.4)."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django.conf import settings

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.findings import Finding
from modules_app.domain.states import Fault, Phase, Reason, Wanted
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module, Operation
from modules_app.operator.asking import payload_for
from modules_app.operator.hook_notes import HookNote
from modules_app.operator.journal import Journal
from modules_app.operator.tools import ChildFailed, Tools
from modules_app.selectors.registry import current_sequence, registry_module
from modules_app.services.hook_results import expire_answers
from modules_app.services.requirements import goal_of, mates_of, refuse_unfit

_BEAT_SECONDS = 3.0


class Work:
    """One verb on one module.

    ``prepare`` may do anything that ``undo`` can take back; ``commit`` runs inside the one
    transaction that decides; ``finish`` may be repeated; ``revert`` leads back after the commit.
    """

    returns = False
    """Whether ``revert`` leads back; what has no way back is led forward as often as it takes."""

    def __init__(self, operation: Operation, tools: Tools) -> None:
        self.operation = operation
        self.tools = tools
        self.journal = Journal(operation)
        self.module = Module.objects.filter(id_fold=operation.id_fold).first()
        self._last_beat = time.monotonic()
        self._judged_at = -1

    @property
    def is_checked(self) -> bool:
        """Tell whether what was committed has proved itself: from then on there is no way back."""
        return bool(self.operation.result.get("checked"))

    def prepare(self) -> None:
        """Do everything that needs no commit."""

    def commit(self) -> None:
        """Change the rows; the caller holds the transaction."""

    def finish(self) -> None:
        """Bring the derived things into line with the rows."""

    def undo(self) -> None:
        """Remove what ``prepare`` made."""

    def revert(self, error: ModuleError) -> None:
        """Lead back to the state before the commit; by default there is no way back."""
        raise error

    def refuse_unfit(self) -> tuple[Finding, ...]:
        """Raise ``Refused`` if needs or dependents stand against it now; return the warnings."""
        self._judged_at = current_sequence()
        return refuse_unfit(goal_of(self.operation), mates_of(self.operation))

    def refuse_if_unfit_now(self) -> None:
        """Ask that again in the transaction of the commit, if anything was switched since."""
        if current_sequence() != self._judged_at:
            self.refuse_unfit()

    def installed(self) -> Module:
        """Return the module's row. Raises ``ModuleError`` when it is gone meanwhile."""
        if self.module is None:
            raise ModuleError(
                "module-gone",
                _("“{id}” is not installed any more."),
                context={"id": self.operation.module_id},
            )
        return self.module

    def ask_child(
        self, task: str, seen: RegistryModule, *, stage: str, **more: Any
    ) -> dict[str, Any]:
        """Run one task of the module's code in a child and return its answer."""
        payload = payload_for(self.tools, self.module, task, seen=seen, **more)
        try:
            return self.tools.run_child(payload, stage=stage, should_stop=self.should_stop)
        except ChildFailed:
            self.journal.stop_if_asked()
            raise

    def ask_hook(self, task: str, hook: str, **more: Any) -> dict[str, Any] | None:
        """Run a lifecycle hook if the module has it and note how it ran; None if it has not."""
        module = self.installed()
        if hook not in module.facts.get("hooks", []) or module.language != "python":
            return None
        note = HookNote(self.operation, module.generation, hook)
        try:
            answer = self.ask_child(task, registry_module(module), stage="hook", **more)
        except ChildFailed as error:
            note.failed(str(error), str(error.context.get("details", "")))
            raise
        note.answered(answer)
        return answer

    def tell_hook(self, task: str, hook: str) -> None:
        """Run an after-hook; whatever goes wrong becomes a message and nothing else."""
        try:
            answer = self.ask_hook(task, hook)
        except ChildFailed as error:
            self.journal.say(error.message, **error.context)
            return
        if answer is None:
            return
        self.journal.say_plain(answer.get("messages", []), self.operation.module_id)
        if not answer.get("ok"):
            self.journal.say(
                _("The hook {hook} of “{id}” failed; the module stays as it is."),
                hook=hook,
                id=self.operation.module_id,
                details=str(answer.get("error", ""))[-4000:],
            )

    def wait_for_host(self) -> dict[str, Any] | None:
        """Wake the host and return what it says of this module; None when no host runs it.

        That is so without a host, and in safe mode.
        """
        self.tools.host.wake()
        seconds = settings.PBX_STAGE_SECONDS["start"]
        health = self.tools.host.health(current_sequence(), seconds=seconds)
        if health is None:
            return None
        verdict: dict[str, Any] | None = health["modules"].get(self.operation.module_id)
        if verdict is None and health["safe_mode"]:
            return None
        return verdict or {"ok": False, "error": ""}

    def should_stop(self) -> bool:
        """Tell whether somebody asked to cancel; also says, now and then, that we are alive."""
        if time.monotonic() - self._last_beat > _BEAT_SECONDS:
            self._last_beat = time.monotonic()
            self.journal.beat()
        return self.journal.asked_to_stop()


def switch(
    module: Module, wanted: Wanted, *, actor: str, at: datetime, code: Reason | None = None
) -> None:
    """Set the wanted state, by whom, when and why; the faults of before are forgotten."""
    expire_answers(module_id=module.pk)
    module.wanted = wanted
    module.phase = Phase.PROBATION if wanted is Wanted.ON else Phase.READY
    module.fault = Fault.NONE
    module.reason_code = code or ""
    module.reason_text = ""
    module.reason_actor = actor
    module.reason_at = at
