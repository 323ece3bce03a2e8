"""``module run ID [COMMAND [ARGUMENT…]]``: console commands of modules (reference F1.3)."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.utils.translation import get_language, gettext

from modules_app.cli.changing import actor
from modules_app.cli.output import print_error, print_json, print_table
from modules_app.cli.terminal import harmless_terminal
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.processes.zygote import Zygote
from modules_app.services.console import Run, list_commands, prepare_run, record_end

TARGET = "modules_app.host.console"
_LOOK_SECONDS = 1.0


def run(args: Any) -> int:
    """List a module's commands, or run one and leave with its exit status.

    Its output is passed on as it comes, to a terminal without what would steer it; with ``--json``
    it is printed at the end, as one document.
    """
    if not args.run_command:
        args.json = args.json or "--json" in args.run_arguments
        return _list(args)
    prepared = prepare_run(
        actor=actor(),
        module_id=args.id,
        command=args.run_command,
        arguments=args.run_arguments,
        language=get_language() or "en",
    )
    status: int | None = None
    with harmless_terminal():
        zygote = Zygote(
            settings_module="pbxadmin.settings.host", label="command", preload=(TARGET,)
        )
        try:
            status = _collected(zygote, prepared) if args.json else _streamed(zygote, prepared)
        finally:
            record_end(actor=actor(), run=prepared, exit_status=status)
            zygote.close()
    if status is None:
        print_error(_too_long(prepared))
        return 1
    return status


def _list(args: Any) -> int:
    commands = list_commands(args.id)
    if args.json:
        print_json({"commands": commands})
        return 0
    lines = [(one["name"], ", ".join(one["aliases"])) for one in commands]
    print_table([gettext("Command"), gettext("Also called")], lines)
    return 0


def _streamed(zygote: Zygote, prepared: Run) -> int | None:
    """Let the command write to our output; None if it was stopped because its time was over."""
    sys.stdout.flush()
    child = zygote.spawn(f"{TARGET}:stream", prepared.payload)
    deadline = time.monotonic() + prepared.seconds
    status = None
    while status is None and time.monotonic() < deadline:
        status = child.wait(min(_LOOK_SECONDS, max(deadline - time.monotonic(), 0.001)))
    if status is None:
        child.terminate(grace=1.0)
        return None
    return status if status >= 0 else 128 - status


def _collected(zygote: Zygote, prepared: Run) -> int | None:
    result = zygote.run(
        f"{TARGET}:run_command",
        prepared.payload,
        seconds=prepared.seconds,
        limits=prepared.limits,
    )
    if result.problem == "timeout":
        return None
    status = int(result.value["exit_status"]) if result.value else 1
    output = result.output or result.traceback
    print_json({"command": prepared.command, "exit_status": status, "output": output})
    return status


def _too_long(prepared: Run) -> ModuleError:
    return ModuleError(
        "command-too-long",
        _("The command {name} of “{id}” took longer than {seconds} seconds and was stopped."),
        context={
            "name": prepared.command,
            "id": prepared.module_id,
            "seconds": prepared.seconds,
        },
        hint=_("Raise PBX_SECONDS_COMMAND if it needs more."),
    )
