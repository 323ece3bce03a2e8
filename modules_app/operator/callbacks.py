"""Asking other modules before one is installed or removed (reference F9.6, F3.3, F3.6).

``force`` asks nobody: unlike in FreePBX, where a refusal cannot be overridden.
"""

from __future__ import annotations

import time
from typing import Any

from modules_app.domain.states import Fault, Wanted
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.operator.asking import payload_for
from modules_app.operator.tools import ChildFailed
from modules_app.operator.work import Work
from modules_app.selectors.safe_mode import safe_mode
from modules_app.services.hook_results import last_line, record_hook_result

INSTALL_CHECK = "module_install_check_callback"
UNINSTALL_CHECK = "module_uninstall_check_callback"


def ask_other_modules(work: Work, callback: str, about: dict[str, Any]) -> None:
    """Let every enabled module that has ``callback`` agree to what happens to another one.

    ``about`` describes the module by "id", "name", "version" and "verb". Raises ``Refused`` with
    the refusing module's name; one that fails or hangs is noted and refuses nothing. In safe mode
    nobody is asked.
    """
    if work.operation.options.get("force") or safe_mode() is not None:
        return
    for module in _having(callback):
        if module.id != about["id"]:
            _ask(work, module, callback, about)


def _having(callback: str) -> list[Module]:
    rows = Module.objects.filter(
        wanted=Wanted.ON, fault=Fault.NONE, contract="freepbx", language="python"
    ).order_by("id")
    return [module for module in rows if callback in (module.facts.get("hooks") or ())]


def _ask(work: Work, module: Module, callback: str, about: dict[str, Any]) -> None:
    payload = payload_for(
        work.tools, module, "callback", callback=callback, modules={about["id"]: about}
    )
    started = time.monotonic()
    try:
        answer = work.tools.run_child(payload, stage="hook", should_stop=work.should_stop)
    except ChildFailed as error:
        work.journal.stop_if_asked()
        answer = {"ok": False, "error": str(error)}
    error = str(answer.get("error", ""))
    record_hook_result(
        module_id=module.id,
        hook=callback,
        ok=not error,
        seconds=time.monotonic() - started,
        error=last_line(error),
        traceback=error,
        operation=work.operation,
        generation=module.generation,
    )
    if error:
        work.journal.say(
            _("“{other}” was asked and failed; that refuses nothing: {error}"),
            other=module.id,
            error=last_line(error)[:500],
            details=error[-4000:],
        )
    elif answer.get("veto"):
        raise _refused(module, about, answer)


def _refused(module: Module, about: dict[str, Any], answer: dict[str, Any]) -> Refused:
    said = " ".join(str(text) for text in answer.get("messages", []))
    return Refused(
        "refused-by-module",
        _("“{other}” does not agree to {verb} “{id}”: {said}"),
        context={
            "other": module.id,
            "verb": about["verb"],
            "id": about["id"],
            "said": said[:2000] or "—",
        },
        hint=_("Do what it asks for, disable it first, or use force to go on all the same."),
    )
