"""Taking a module out of service while its data moves (reference R4.4 U5).

The phase *maintenance* is committed first; the host then starts without the module, and the old
host ends after the requests under way. From then on nobody can write what a copy would miss, also
if the operator dies.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from modules_app.bridge.workers import wait_until_stopped
from modules_app.domain.states import Phase, is_loaded
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.operator.faults import STOPPED
from modules_app.operator.work import Work
from modules_app.packages.faults import fault_point
from modules_app.selectors.registry import current_sequence
from modules_app.services.registry import raise_sequence

WORKER_SECONDS = 15.0


def take_out_of_service(work: Work) -> None:
    """Stop the module's pages and wait for the requests under way; nothing if it is off.

    Raises ``ModuleError`` when they do not end; ``bring_back`` undoes it.
    """
    module = work.installed()
    if not is_loaded(wanted=module.wanted, fault=module.fault):
        return
    with transaction.atomic():
        Module.objects.filter(pk=module.pk).update(phase=Phase.MAINTENANCE)
        raise_sequence()
        before = current_sequence() - 1
    module.phase = Phase.MAINTENANCE
    fault_point(STOPPED)
    work.tools.host.wake()
    seconds = settings.PBX_STAGE_SECONDS["stop"]
    if not work.tools.host.wait_until_ended(before, seconds=seconds, should_stop=work.should_stop):
        work.journal.stop_if_asked()
        raise ModuleError(
            "requests-do-not-end",
            _("Requests to “{id}” were still under way after {seconds} seconds."),
            context={"id": module.id, "seconds": seconds},
            hint=_("Disable the module first, or try again later."),
        )
    if not wait_for_workers(work):
        work.journal.stop_if_asked()
        raise ModuleError(
            "workers-do-not-end",
            _("Workers of “{id}” were still running after {seconds} seconds."),
            context={"id": module.id, "seconds": WORKER_SECONDS},
            hint=_("Disable the module first, or try again later."),
        )


def wait_for_workers(work: Work) -> bool:
    """Wait until no background process of the module lives; False if one does not end.

    The rows say already that none may run. Each worker holds a lock, whoever started it.
    """
    return wait_until_stopped(
        work.tools.data_dir.run,
        work.operation.module_id,
        seconds=WORKER_SECONDS,
        should_stop=work.should_stop,
    )


def bring_back(work: Work, phase: str) -> None:
    """Let the version that is installed serve again; repeating it changes nothing."""
    with transaction.atomic():
        stopped = Module.objects.filter(
            id_fold=work.operation.id_fold, phase=Phase.MAINTENANCE
        ).update(phase=phase or Phase.READY)
        if stopped:
            raise_sequence()
    if stopped:
        work.tools.host.wake()
