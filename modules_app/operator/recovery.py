"""What the operator does first: end what a crash left open, then clean up (reference R4.6)."""

from __future__ import annotations

import logging

from modules_app.domain.operations import Outcome
from modules_app.models import Operation
from modules_app.operator import placed_files
from modules_app.operator.cleaning import sweep_all
from modules_app.operator.faults import RECOVERED, SWEPT
from modules_app.operator.housekeeping import keep_house
from modules_app.operator.protection import look_after_attack_log
from modules_app.operator.run import repeat_unfinished
from modules_app.operator.surfaces import refresh
from modules_app.operator.together import resume_claimed, unended
from modules_app.operator.tools import Tools
from modules_app.packages.faults import fault_point

log = logging.getLogger("pbxadmin.operator")


def recover(tools: Tools) -> int:
    """End every operation that nobody runs and return how many there were. Repeating is harmless.

    Only the holder of the operator lock may call this: it is the lock that says nobody runs them.
    """
    interrupted = list(Operation.objects.filter(outcome=Outcome.RUNNING).order_by("id"))
    for operation in interrupted:
        if (running := unended(operation.pk)) is not None:  # not ended with the set that it is of
            log.warning("recovering %s (committed: %s)", running, running.committed)
            resume_claimed(running, tools)
    repeat_unfinished(tools)
    fault_point(RECOVERED)
    sweep_all(tools)
    fault_point(SWEPT)
    placed_files.rebuild(tools)
    look_after_attack_log(tools)
    refresh(tools)
    keep_house(tools)
    return len(interrupted)
