"""Enable and disable."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from django.utils import timezone

from modules_app.bridge.registry import RegistryModule
from modules_app.bridge.strikes import Strikes
from modules_app.domain.batches import PUT_BACK
from modules_app.domain.operations import Stage
from modules_app.domain.states import Reason, Wanted
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.operator.checking import check_start
from modules_app.operator.contributions import write_own_settings
from modules_app.operator.faults import PROBED, REVERTED, SWITCH_COMMITTED
from modules_app.operator.preflight import Findings, probing, run_preflight, run_probe
from modules_app.operator.problems import refuse_damaged, refuse_second_pack, vetoed
from modules_app.operator.snapshot import restore, take_snapshot
from modules_app.operator.standstill import wait_for_workers
from modules_app.operator.tools import ChildFailed
from modules_app.operator.web_answers import mark_missing
from modules_app.operator.work import Work, switch
from modules_app.packages.faults import fault_point
from modules_app.selectors.registry import registry_module
from modules_app.services.events import begin_listening
from modules_app.services.registry import raise_sequence
from modules_app.services.verification import find_file_damage

BEFORE_ENABLE = "on_before_module_enable"
AFTER_ENABLE = "on_after_module_enable"
BEFORE_DISABLE = "on_before_module_disable"
AFTER_DISABLE = "on_after_module_disable"


class Enable(Work):
    """Ask the module, switch it on, load it, and switch it off again if it does not load."""

    returns = True
    answer: dict[str, Any] | None = None
    missing: tuple[str, ...] = ()

    def prepare(self) -> None:
        """Check needs and files, try the code, ask the before-hook, whose exact False is a veto."""
        module = self.installed()
        self.journal.enter(Stage.VERIFY)
        self.refuse_unfit()
        refuse_damaged(module, find_file_damage(module))
        refuse_second_pack(module)
        self.journal.enter(Stage.TRY)
        seen = registry_module(module)
        with self._probing(seen) as probe:
            self.preflight = run_preflight(self, seen)
            self.journal.enter(Stage.SET_UP, from_state=take_snapshot(module))
            self.answer = self.ask_hook("enable", BEFORE_ENABLE)
            self._refuse_on_veto()
            self.journal.enter(Stage.PROBE)
            self.missing = probe()["missing"]
        # It starts from zero: what it did before this trial is no reason to refuse it after it.
        Strikes(self.tools.data_dir.run).forget([module.pk])
        fault_point(PROBED)

    def commit(self) -> None:
        """Write that the module is wanted and on probation."""
        self.refuse_if_unfit_now()
        module = self.installed()
        switch(module, Wanted.ON, actor=self.operation.actor, at=timezone.now())
        module.checks = {**module.checks, "preflight": self.preflight}
        module.save()
        write_own_settings(module, (self.answer or {}).get("settings") or {}, None)
        mark_missing(module, self.missing)
        begin_listening(module)
        raise_sequence()

    def finish(self) -> None:
        """Load it and see; without a running host it is loaded at the next start."""
        fault_point(SWITCH_COMMITTED)
        check_start(self)
        self.tell_hook("after-enable", AFTER_ENABLE)

    def revert(self, error: ModuleError) -> None:
        """Switch it off again and say why; of a set, it need not be the one that failed."""
        why = {
            "reason_code": Reason.BY_EXCEPTION,
            "reason_text": str(error)[:2000],
            "reason_actor": self.operation.actor,
            "reason_at": timezone.now(),
        }
        restore(self.operation, error, **({} if error.slug == PUT_BACK else why))
        fault_point(REVERTED)
        self.wait_for_host()

    def _probing(self, seen: RegistryModule) -> AbstractContextManager[Findings]:
        """Probe beside the preflight, unless the before-hook may still prepare what is probed."""
        if BEFORE_ENABLE in self.installed().facts.get("hooks", []):
            return nullcontext(partial(run_probe, self, seen))
        return probing(self, seen)

    def _refuse_on_veto(self) -> None:
        if self.answer is None:
            return
        self.journal.say_plain(self.answer.get("messages", []), self.operation.module_id)
        if self.answer.get("veto"):
            raise vetoed(self.operation.module_id, self.operation.verb, self.answer)


class Disable(Work):
    """Ask the module unless forced, switch it off, let the host drop it."""

    def prepare(self) -> None:
        """Ask the before-hook; only an exact False stops the operation (design 6)."""
        self.installed()
        self.journal.enter(Stage.PLAN)
        self.refuse_unfit()
        if not self.operation.options.get("force"):
            ask_before_disable(self)

    def commit(self) -> None:
        """Write that the module is off, by whom and since when."""
        self.refuse_if_unfit_now()
        module = self.installed()
        switch(
            module,
            Wanted.OFF,
            code=Reason.BY_USER,
            actor=self.operation.actor,
            at=timezone.now(),
        )
        module.save()
        raise_sequence()

    def finish(self) -> None:
        """Stop it; this succeeds whatever the module does (reference I7)."""
        fault_point(SWITCH_COMMITTED)
        self.journal.enter(Stage.STOP)
        self.wait_for_host()
        if not wait_for_workers(self):
            module_id = self.operation.module_id
            self.journal.say(_("A worker of “{id}” has not ended yet."), id=module_id)
        self.tell_hook("after-disable", AFTER_DISABLE)


def ask_before_disable(work: Work) -> None:
    """Raise a refusal if the module's before-hook says exactly False; nothing else is a veto."""
    try:
        answer = work.ask_hook("before-disable", BEFORE_DISABLE)
    except ChildFailed as error:
        work.journal.stop_if_asked()
        work.journal.say(error.message, **error.context)
        return
    if answer is None:
        return
    if answer.get("veto"):
        raise vetoed(work.operation.module_id, work.operation.verb, answer)
    work.journal.say_plain(answer.get("messages", []), work.operation.module_id)
