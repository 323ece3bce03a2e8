"""Running one console command of a module, in a child that loads the modules it needs (F1.3)."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import connections
from django.utils import translation

from modules_app.bridge.registry import Registry, RegistryModule
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.between import snake_case
from modules_app.host.guard import protect
from modules_app.host.loader import LoadedModule, import_role, load
from modules_app.host.outside import Files
from modules_app.host.remote import MixedSystem, log_line
from modules_app.processes.task import set_limits
from modules_app.sdk.console import ConsoleCommand
from modules_app.sdk.context import running
from modules_app.sdk.outside import provide
from modules_app.sdk.pbx import use_system

Runner = Callable[[Sequence[str]], Any]


def stream(payload: dict[str, Any]) -> None:
    """Run the command with our output and leave with its exit status; `Zygote.spawn` calls it."""
    set_limits(**payload["limits"])
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    status = run_command(payload)["exit_status"]
    sys.stdout.flush()
    sys.exit(status)


def run_command(payload: dict[str, Any]) -> dict[str, Any]:
    """Run "command" of the first of "modules" with "arguments"; return its ``exit_status``.

    The other modules are those that hook into the first. What the code raises is printed as a
    traceback and stands for 1.
    """
    data_dir = Path(payload["data_dir"])
    protect(data_dir / "store")
    provide(Files(data_dir))
    modules = tuple(RegistryModule.from_dict(one) for one in payload["modules"])
    try:
        with translation.override(payload["language"]):
            result = load(Registry(0, modules, payload["language"], payload["pbx_version"]))
            use_system(MixedSystem(data_dir, modules[0].id, log_line))
            failure = result.failed.get(modules[0].id)
            if failure is not None:
                print(failure.traceback or failure.error, file=sys.stderr)
                return {"exit_status": 1}
            return {"exit_status": _run(result.loaded[modules[0].id], payload)}
    finally:
        connections.close_all()


def _run(loaded: LoadedModule, payload: dict[str, Any]) -> int:
    try:
        with running(loaded.facts):
            runner = find_runner(loaded, payload["command"])
            return _status(runner(list(payload["arguments"])))
    except SystemExit as leaving:
        return _status(leaving.code)
    # Foreign code: what it raises is shown to whoever runs the command.
    except BaseException:
        traceback.print_exc()
        return 1


def find_runner(loaded: LoadedModule, command: dict[str, Any]) -> Runner:
    """Return what runs a command of ``<console>``: a class below console/, or a method.

    The class stands in ``console/<class>.py``, in small letters or in snake case; the method of
    the module's class is called ``console_<name>`` and takes the arguments. Raises ``Refused``.
    """
    name = str(command["class"])
    for stem in dict.fromkeys((name.lower(), snake_case(name))):
        kind = getattr(import_role(loaded.module, f"console.{stem}"), name, None)
        if isinstance(kind, type) and issubclass(kind, ConsoleCommand):
            return kind(loaded.freepbx).execute
    own = snake_case(str(command["name"])).replace("-", "_")
    method = getattr(loaded.freepbx, f"console_{own}", None)
    if callable(method):
        return lambda arguments: method(*arguments)
    raise Refused(
        "command-without-code",
        _("The manifest names the command {name}, but its code is missing."),
        context={"name": command["name"]},
    )


def _status(answer: Any) -> int:
    """Return an exit status from 0 to 255: nothing and True are 0, False and texts are 1."""
    if answer is None or answer is True:
        return 0
    if isinstance(answer, str):
        print(answer, file=sys.stderr)
        return 1
    return int(answer) & 0xFF if isinstance(answer, int) and answer is not False else 1
