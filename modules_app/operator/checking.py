"""After the commit: does the module that was switched over really answer?"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from modules_app.domain.operations import Stage
from modules_app.domain.states import is_loaded
from modules_app.exceptions import gettext_noop as _
from modules_app.operator.faults import CHECKED, STARTED
from modules_app.operator.preflight import check_page
from modules_app.operator.problems import does_not_load
from modules_app.operator.work import Work
from modules_app.packages.faults import fault_point
from modules_app.selectors.safe_mode import safe_mode

_NO_HOST = _("The host process is not running; the module starts with it.")
_SAFE_MODE = _("Safe mode is on; the module starts when it ends.")


def check_start(work: Work) -> None:
    """Let the host load the module and ask for its page; nothing if the module is off.

    Without a running host the module starts with it. A module that passed once is not judged
    again when the operation is resumed; it stays on probation until the host has had it long
    enough (`operator.watch`). Raises ``ModuleError`` when it fails.
    """
    module = work.installed()
    work.journal.enter(Stage.START)
    if is_loaded(wanted=module.wanted, fault=module.fault) and not work.is_checked:
        _judge(work, work.wait_for_host())
    fault_point(CHECKED)
    with transaction.atomic():
        work.journal.remember(result={**work.operation.result, "checked": True})


def _judge(work: Work, verdict: dict[str, Any] | None) -> None:
    fault_point(STARTED)
    work.journal.enter(Stage.CHECK)
    if verdict is None:
        work.journal.say(_SAFE_MODE if safe_mode() else _NO_HOST)
        return
    if not verdict.get("ok"):
        raise does_not_load(work.operation.module_id, verdict)
    check_page(work)
