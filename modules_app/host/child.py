"""One task of an operation, in a child process that imports the code of one module (design 3).

The child touches the module's own database and nothing else; what the module asks of the core goes
back as data, and the operator commits it.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db import connections
from django.utils import translation

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.core_records import CORE_REFERENCES
from modules_app.exceptions import ModuleError, fill
from modules_app.hooks.dispatch import call_hook, implemented_hooks
from modules_app.hooks.specs import find_hook
from modules_app.host.asking import make_conf
from modules_app.host.callbacks import callback_names
from modules_app.host.classes import config_class, setup_class
from modules_app.host.collecting import collect
from modules_app.host.freepbx import own_hooks
from modules_app.host.freepbx_tasks import (
    ask_callback,
    enable_freepbx,
    install_freepbx,
    uninstall_freepbx,
)
from modules_app.host.generators import dialplan_hooks
from modules_app.host.guard import protect
from modules_app.host.keeping import back_up, restore
from modules_app.host.keyed import ask_keyed
from modules_app.host.loader import LoadedModule, describe, facts_of, load_code
from modules_app.host.remote import RemoteSystem, once
from modules_app.host.rest import HOOK as REST_ROUTES
from modules_app.host.rest import resources_of
from modules_app.host.task import Task, freepbx_module, unless_said
from modules_app.packages.fsops import FsOps
from modules_app.sdk.conf import ConfigClass
from modules_app.sdk.context import running
from modules_app.sdk.core_refs import references_of
from modules_app.sdk.menu import Menu
from modules_app.sdk.pbx import use_system
from modules_app.sdk.records import Records, Settings
from modules_app.sdk.setup import PbxExtensionSetupBase, sidebar_of_setting
from modules_app.sdk.translations import translate

KEYED_SECONDS = 8.0
"""How long all keyed hooks together may take in one child, whose time ends a little later."""


class DeclaredSetup(PbxExtensionSetupBase):
    """The installer of a package without Python: its declared tables exist already."""

    def create_tables_from_models(self) -> bool:
        """There are no models to look at."""
        return True


def run_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Run ``payload["task"]`` for one module and return the answer as JSON values.

    Never raises for what the module's code does: ``ok``, ``failed_step``, ``messages`` and
    ``error`` tell. `KeyError` for a task that does not exist.
    """
    task = _prepare(payload)
    work = _TASKS[payload["task"]]
    try:
        with translation.override(payload.get("language") or "en"), running(task.facts):
            _run_safely(task, work)
    finally:
        connections.close_all()
    return task.answer()


def _prepare(payload: Mapping[str, Any]) -> Task:
    module = RegistryModule.from_dict(payload["module"])
    if payload.get("data_dir"):
        protect(Path(payload["data_dir"]) / "store")
    values = {**payload.get("settings", {}), "PBXVersion": payload.get("pbx_version", "")}
    logs = _logs_dir(Path(payload["log_dir"]), module.id)
    records = Records(Settings(values), logs, payload.get("enabled", ()))
    data_dir = Path(payload.get("data_dir") or payload["log_dir"])
    use_system(RemoteSystem(data_dir, module.id, once(records.messages)))
    return Task(payload, module, facts_of(module), records)


def _logs_dir(parent: Path, module_id: str) -> Path:
    fsops = FsOps()
    with fsops.directory(parent) as parent_fd:
        fsops.ensure_dir(module_id, parent_fd, mode=0o750)
    return parent / module_id


def _run_safely(task: Task, work: Callable[[Task], None]) -> None:
    try:
        if task.module.is_python:
            task.config = load_code(task.module)
        work(task)
    except ModuleError as error:
        text = fill(translation.gettext(error.message), error.context)
        hint = translation.gettext(error.hint) if error.hint else ""
        task.fail(f"{text} {hint}".strip())
    # Foreign code: whatever it raises, SystemExit too, is an answer for the operator.
    except BaseException as error:
        task.fail(describe(error).error, error=_short_traceback(error))


def _install(task: Task) -> None:
    if task.config is not None:
        _leave_the_sync(task.config.label)
    if task.module.contract == "freepbx":
        install_freepbx(task)
    else:
        _install_mikopbx(task)
    if task.ok:
        _ask_for_menu(task)
        task.hooks = _hooks(task)


def _leave_the_sync(alias: str) -> None:
    """Write the new epoch without a sync for each commit; the operator syncs all of it at once."""
    with connections[alias].cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")


def _install_mikopbx(task: Task) -> None:
    kind = setup_class(task.module) if task.config is not None else DeclaredSetup
    setup = kind(task.facts, task.manifest, task.records)
    task.step = "install_module"
    try:
        done = setup.install_module()
    finally:
        task.step = setup.failed_step or task.step
    if not done:
        task.fail()
        return
    key = f"AdditionalMenuItem{task.module.id}"
    if key in setup.settings.changed:
        value = setup.settings.changed.pop(key)
        task.records.sidebar = [sidebar_of_setting(task.module.id, value)]


def _before_enable(task: Task) -> None:
    _hook(task, "on_before_module_enable")
    if not task.veto:
        enable_freepbx(task)
    if task.veto:
        task.fail(*unless_said(task, "ext_ErrorOnModuleBeforeEnable"))


def _after_enable(task: Task) -> None:
    _hook(task, "on_after_module_enable")


def _before_disable(task: Task) -> None:
    _hook(task, "on_before_module_disable")
    if task.veto:
        task.fail(*unless_said(task, "ext_ErrorOnModuleBeforeDisable"))


def _after_disable(task: Task) -> None:
    _hook(task, "on_after_module_disable")
    module = freepbx_module(task)
    if module is not None:
        task.step = "disable"
        module.disable()


def _uninstall(task: Task) -> None:
    if task.module.contract == "freepbx":
        uninstall_freepbx(task)
        return
    task.step = "uninstall"
    kind = setup_class(task.module) if task.config is not None else DeclaredSetup
    setup = kind(task.facts, task.manifest, task.records)
    if not setup.uninstall_module(bool(task.payload.get("keep_settings", True))):
        task.step = setup.failed_step or task.step
        task.fail()


def _collect(task: Task) -> None:
    """Ask for the answers that the surfaces are made of; one that fails stops no other."""
    conf = _config(task) or ConfigClass(task.facts)
    given = {name: task.payload[name] for name in ("menu", "question") if name in task.payload}
    given["owner"] = freepbx_module(task)
    questions = task.payload.get("questions") or {}
    loaded = LoadedModule(task.module, task.config)
    ends_at = time.monotonic() + KEYED_SECONDS
    for name in task.payload["hooks"]:
        if name in questions:
            left = ends_at - time.monotonic()
            asked = questions[name]
            task.answers[name] = ask_keyed(conf, task.facts, name, asked, seconds=left)
        else:
            task.answers[name] = collect(loaded, conf, name, given)


_TASKS: dict[str, Callable[[Task], None]] = {
    "install": _install,
    "enable": _before_enable,
    "after-enable": _after_enable,
    "before-disable": _before_disable,
    "after-disable": _after_disable,
    "backup": back_up,
    "callback": ask_callback,
    "collect": _collect,
    "restore": restore,
    "uninstall": _uninstall,
}


def _hook(task: Task, name: str, *arguments: Any) -> None:
    task.step = name
    conf = _config(task)
    if conf is None:
        return
    result = call_hook(find_hook(name), conf, *arguments)
    task.veto = result.veto
    task.records.messages.extend(result.messages)
    if result.error:
        task.fail(translate("ext_ModuleExecutionProblem"), error=result.error)


def _ask_for_menu(task: Task) -> None:
    menu = Menu(task.facts, task.payload.get("menu", ()))
    _hook(task, "on_before_header_menu_show", menu)
    task.menu_items = menu.added


def _hooks(task: Task) -> list[str]:
    """Return what the operator must call; FreePBX's own methods stand beside the hooks."""
    conf = config_class(task.module) if task.config is not None else None
    names = implemented_hooks(conf, ConfigClass) if conf is not None else []
    module = freepbx_module(task)
    names += own_hooks(module)
    names += dialplan_hooks(module, task.generators)
    if module is not None:
        names += callback_names(task.module, module)
    if task.config is not None and resources_of(task.module):
        names.append(REST_ROUTES)
    if task.config is not None and references_of(task.config):
        names.append(CORE_REFERENCES)
    return list(dict.fromkeys(names))


def _config(task: Task) -> ConfigClass | None:
    return make_conf(task.module, task.facts) if task.config is not None else None


def _short_traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error, limit=-20))
