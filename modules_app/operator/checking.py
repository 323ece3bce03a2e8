"""After the commit: does the module that was switched over really answer?"""

from __future__ import annotations

from modules_app.domain.operations import Stage
from modules_app.domain.states import Phase, is_loaded
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.operator.faults import CHECKED, STARTED
from modules_app.operator.problems import does_not_load
from modules_app.operator.work import Work
from modules_app.packages.faults import fault_point


def check_start(work: Work) -> None:
    """Let the host load the module and ask for its page; nothing if the module is off.

    Without a running host the module starts with it. Raises ``ModuleError`` when it fails.
    """
    module = work.installed()
    work.journal.enter(Stage.START)
    if not is_loaded(wanted=module.wanted, fault=module.fault):
        return
    verdict = work.wait_for_host()
    fault_point(STARTED)
    work.journal.enter(Stage.CHECK)
    if verdict is None:
        work.journal.say(_("The host process is not running; the module starts with it."))
    elif not verdict.get("ok"):
        raise does_not_load(module.id, verdict)
    fault_point(CHECKED)
    Module.objects.filter(pk=module.pk).update(phase=Phase.READY)
