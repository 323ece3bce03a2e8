"""A module that the host could not load must not be shown as enabled (design 2, promise 3)."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from modules_app import audit
from modules_app.bridge.health import read_health
from modules_app.bridge.names import HEALTH_FILE
from modules_app.domain.operations import OPEN
from modules_app.domain.states import Fault, Phase, Reason, Wanted
from modules_app.models import Module, Operation
from modules_app.operator.tools import Tools
from modules_app.permissions import Actor
from modules_app.selectors.registry import current_sequence
from modules_app.services.registry import raise_sequence

log = logging.getLogger("pbxadmin.operator")


def reflect_health(tools: Tools) -> list[str]:
    """Pause every module that the host of the current sequence says it cannot load; return them.

    A module with an open operation is that operation's business.
    """
    health = _read(tools)
    if health is None or health["sequence"] != current_sequence():
        return []
    failed = {name: state["error"] for name, state in health["modules"].items() if not state["ok"]}
    return [module_id for module_id, error in failed.items() if _pause(module_id, error)]


def _read(tools: Tools) -> dict[str, Any] | None:
    try:
        return read_health((tools.data_dir.run / HEALTH_FILE).read_bytes())
    except OSError:
        return None


def _pause(module_id: str, error: str) -> bool:
    with transaction.atomic():
        module = Module.objects.filter(
            pk=module_id, wanted=Wanted.ON, fault=Fault.NONE, phase=Phase.READY
        ).first()
        if module is None or _is_busy(module):
            return False
        module.fault = Fault.PAUSED
        module.reason_code = Reason.BY_EXCEPTION
        module.reason_text = error[:2000]
        module.reason_actor = "host"
        module.reason_at = timezone.now()
        module.save()
        raise_sequence()
        audit.record(
            actor=Actor.system(channel="system", name="host"),
            action="module-pause",
            target=module_id,
            outcome="done",
            detail={"error": error[:2000]},
        )
    log.error("paused %s: %s", module_id, error)
    return True


def _is_busy(module: Module) -> bool:
    return Operation.objects.filter(id_fold=module.id_fold, outcome__in=OPEN).exists()
