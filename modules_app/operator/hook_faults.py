"""Noting how hooks ran that the host called by itself and told in files (reference F9.1)."""

from __future__ import annotations

import logging

from django.db import DatabaseError, transaction

from modules_app.bridge.hook_faults import take_faults
from modules_app.models import Module
from modules_app.operator.tools import Tools
from modules_app.services.hook_results import last_line, record_hook_result

log = logging.getLogger("pbxadmin.operator")


def note_hook_faults(tools: Tools) -> int:
    """Write every result that waits to the row of its module's hook; return how many."""
    try:
        faults = take_faults(tools.data_dir.root)
    except OSError as error:
        log.warning("failures of hooks must wait: %s", error)
        return 0
    known = set(Module.objects.values_list("id", flat=True)) if faults else set()
    for fault in faults:
        if fault.module not in known:
            continue
        try:
            with transaction.atomic():
                record_hook_result(
                    module_id=fault.module,
                    hook=fault.hook,
                    ok=not fault.traceback,
                    seconds=fault.seconds,
                    error=last_line(fault.traceback),
                    traceback=fault.traceback,
                )
        except DatabaseError as error:
            log.warning("a failure of %s could not be noted: %s", fault.module, error)
    return len(faults)
