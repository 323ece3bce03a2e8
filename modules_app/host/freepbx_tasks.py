"""The steps of an operation that are a FreePBX module's own (reference F3.3 to F3.6, F9.6)."""

from __future__ import annotations

from modules_app.host.callbacks import find_callback, refusals_of
from modules_app.host.generators import generators_of
from modules_app.host.includes import include_files
from modules_app.host.task import Task, freepbx_module, unless_said


def install_freepbx(task: Task) -> None:
    """Make the tables of the models, run included files and `install` (reference F3.3)."""
    module = freepbx_module(task)
    if module is None:
        return
    task.step = "create_tables_from_models"
    module.create_tables_from_models()
    _include(task, "install")
    task.step = "install"
    if module.install() is False:
        task.fail(*unless_said(task, "ext_InstallReturnedFalse"))
        return
    task.step = "my_dialplan_hooks"
    task.generators = generators_of(task.module, module, task.declared("methods") or ())


def _include(task: Task, when: str) -> None:
    """Run the files that ``<fileinclude>`` names, before anything else of the module's own."""
    files = (task.declared("fileinclude") or {}).get(when) or ()
    task.step = "fileinclude"
    task.records.messages.extend(include_files(task.module, files))


def enable_freepbx(task: Task) -> None:
    """Ask `FreePbxModule.enable`; unlike in FreePBX nothing has changed yet (F3.4 step 7)."""
    module = freepbx_module(task)
    if module is None:
        return
    task.step = "enable"
    try:
        task.veto = module.enable() is False
    except BaseException:
        task.veto = True
        raise


def ask_callback(task: Task) -> None:
    """Ask whether another module may be installed or removed (reference F9.6)."""
    task.step = task.payload["callback"]
    found = find_callback(task.module, freepbx_module(task), task.step)
    refusals = refusals_of(found(task.payload["modules"])) if found is not None else None
    if refusals is not None:
        task.veto = True
        task.fail(*refusals)


def uninstall_freepbx(task: Task) -> None:
    """Run included files and `uninstall` (reference F3.6 step 4)."""
    module = freepbx_module(task)
    if module is None:
        return
    _include(task, "uninstall")
    task.step = "uninstall"
    if module.uninstall() is False:
        task.fail(*unless_said(task, "ext_UninstallReturnedFalse"))
