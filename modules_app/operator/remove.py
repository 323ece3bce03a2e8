"""Remove a module, keeping or deleting its data."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.operations import Stage
from modules_app.domain.states import Wanted
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import KeptData, Module, PbxSetting
from modules_app.operator import contributions, data, placed_files
from modules_app.operator.callbacks import UNINSTALL_CHECK, ask_other_modules
from modules_app.operator.cleaning import remove_logs, sweep
from modules_app.operator.faults import REMOVE_COMMITTED
from modules_app.operator.standstill import wait_for_workers
from modules_app.operator.switch import ask_before_disable
from modules_app.operator.work import Work
from modules_app.packages.faults import fault_point
from modules_app.selectors.registry import registry_module
from modules_app.selectors.sizes import data_bytes
from modules_app.services.events import forget_listener
from modules_app.services.firewall import forget_module
from modules_app.services.hook_results import forget_hook_results
from modules_app.services.menu import menu_setting_key
from modules_app.services.registry import raise_sequence
from modules_app.services.rights import forget_rights

_UNINSTALLED = "uninstalled"


class Remove(Work):
    """Switch off, forget the row, let the uninstaller speak, delete the files."""

    seen: RegistryModule | None = None

    def prepare(self) -> None:
        """Ask an enabled module for its consent unless forced, as disabling does."""
        self.journal.enter(Stage.PLAN)
        if self.module is None:
            return
        self.refuse_unfit()
        self.seen = registry_module(self.module)
        self.journal.remember(
            from_state={"module": self.seen.as_dict(), "facts": self.module.facts}
        )
        if self.module.wanted == Wanted.ON and not self.operation.options.get("force"):
            ask_before_disable(self)
        ask_other_modules(self, UNINSTALL_CHECK, self._about(self.module))
        self.journal.enter(Stage.STOP)

    def commit(self) -> None:
        """Delete the rows; with ``keep_data`` the epoch stays under a row of its own."""
        if self.module is not None:
            self.refuse_if_unfit_now()
            self._forget()
        if not self.keeps:
            self._forget_kept()
            forget_module(self.operation.module_id)

    def finish(self) -> None:
        """Let the host drop it, run the uninstaller on what is left, delete the files."""
        fault_point(REMOVE_COMMITTED)
        module_id = self.operation.module_id
        self.wait_for_host()
        wait_for_workers(self)
        self.journal.enter(Stage.CLEAN)
        if not self.operation.result.get(_UNINSTALLED):
            self._run_uninstaller()
            self.journal.remember(result={**self.operation.result, _UNINSTALLED: True})
        placed_files.remove(self.tools, module_id)
        if not self.keeps:
            remove_logs(self.tools, module_id)
        self.journal.remember(to_epoch="")
        self._sweep()

    @property
    def keeps(self) -> bool:
        """Tell whether settings and data are to be kept."""
        return bool(self.operation.options.get("keep_data", True))

    def _about(self, module: Module) -> dict[str, Any]:
        return {
            "id": module.id,
            "name": module.titles.get("en", ""),
            "version": module.version,
            "verb": str(self.operation.verb),
        }

    def _forget(self) -> None:
        module = self.installed()
        if self.keeps:
            KeptData.objects.update_or_create(
                id_fold=module.id_fold,
                defaults={
                    "module_id": module.id,
                    "epoch": module.epoch,
                    "version": module.version,
                    "size_bytes": data_bytes(module),
                    "placement": contributions.placement_of(module),
                    "own_settings": module.own_settings,
                    "kept_at": timezone.now(),
                },
            )
        own = [] if self.keeps else module.own_settings
        PbxSetting.objects.filter(key__in=[menu_setting_key(module.id), *own]).delete()
        if module.wanted == Wanted.ON:
            raise_sequence()
        forget_rights(module_id=module.id)
        forget_hook_results(module_id=module.id)
        forget_listener(module_id=module.id)
        module.delete()
        self.operation.to_generation = module.generation
        self.operation.to_epoch = module.epoch
        self.operation.save(update_fields=["to_generation", "to_epoch"])

    def _forget_kept(self) -> None:
        for kept in KeptData.objects.filter(id_fold=self.operation.id_fold):
            PbxSetting.objects.filter(key__in=kept.own_settings).delete()
            kept.delete()

    def _run_uninstaller(self) -> None:
        """Run it on a copy when the data is kept: what is kept stays as it was (design 6)."""
        facts = self.operation.from_state.get("facts", {})
        if not facts or facts.get("language") != "python":
            return
        try:
            answer = self.ask_child(
                "uninstall",
                RegistryModule.from_dict(self._module_for_uninstaller()),
                stage="hook",
                manifest=facts.get("manifest", {}),
                keep_settings=self.keeps,
            )
        except ModuleError as error:  # a child that failed, or data too damaged to be copied
            self.journal.say(error.message, **error.context)
            return
        self.journal.say_plain(answer.get("messages", []), self.operation.module_id)
        if not answer.get("ok"):
            self.journal.say(
                _("The uninstaller of “{id}” failed; the module was removed all the same."),
                id=self.operation.module_id,
                details=str(answer.get("error", ""))[-4000:],
            )

    def _module_for_uninstaller(self) -> dict[str, Any]:
        before: dict[str, Any] = self.operation.from_state["module"]
        source = data.database_path(self.tools.data_dir, before["id"], before["epoch"])
        if not self.keeps or not source.exists():
            return before
        copy = f"{self.operation.pk}-uninstall"
        self.journal.remember(to_epoch=copy)
        target = data.database_path(self.tools.data_dir, before["id"], copy)
        with self.tools.fsops.directory(self.tools.data_dir.data, before["id"]) as module_fd:
            self.tools.fsops.remove_tree(copy, module_fd)  # half of one, if this is a repetition
        data.create_epoch(self.tools.fsops, self.tools.data_dir, before["id"], copy)
        data.copy_database(source, target)
        return {**before, "epoch": copy, "database": str(target)}

    def _sweep(self) -> None:
        """Delete the files; the operation itself must not protect them any more."""
        self.journal.remember(to_generation="")
        sweep(self.tools, self.operation.module_id)
