"""What follows from how the host fares: pause, switch off, roll back, end probation (R4.8).

The host never changes a row. It says what it could not load, which modules took a worker down and
which have settled; the operator draws the consequences, each in one transaction with its audit
row. In safe mode nothing follows: a person is at work there. A module with an open operation is
that operation's business.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from modules_app import audit
from modules_app.bridge.boots import Boots
from modules_app.bridge.health import read_health
from modules_app.bridge.names import HEALTH_FILE
from modules_app.bridge.safe_mode import SafeModeFile
from modules_app.bridge.strikes import ModuleStrikes, Strikes
from modules_app.bridge.workers import ModuleCrashes, WorkerCrashes
from modules_app.domain.operations import OPEN
from modules_app.domain.states import Fault, Phase, Reason, Verb, Wanted
from modules_app.domain.strikes import StrikeRule
from modules_app.domain.workers import CrashRule
from modules_app.exceptions import ModuleError, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.models import AuditEvent, Module, Operation
from modules_app.operator.tools import Tools
from modules_app.permissions import Actor
from modules_app.selectors.registry import current_sequence
from modules_app.selectors.settings import read_setting
from modules_app.services.lifecycle import rollback_module
from modules_app.services.registry import raise_sequence
from modules_app.services.safe_mode import ENTERED, LEFT, note_entered, note_left

log = logging.getLogger("pbxadmin.operator")

HOST = "host"
_COUNTED = _("Crashes counted: {count}, the last one at {last}.")
_WORKER_CRASHED = _(
    "The worker {worker} crashed; crashes of the module within {minutes} minutes: {count}. "
    "Last error: {error}"
)


class Watch:
    """Looks at the host's files once in a while; one per operator process."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._told: bool | None = None
        self._seen: bool | None = None
        self._complaint = ""

    def look(self) -> bool:
        """Draw the consequences that are due; True when the host must look at the rows again.

        What cannot be written right now, because the database is locked or the disk is full, is
        tried again at the next look.
        """
        try:
            if self._note_safe_mode():
                return False
            changed = charge_strikes(self._tools) + charge_worker_crashes(self._tools)
            changed += reflect_health(self._tools)
            settle_probation(self._tools)
        except (OperationalError, OSError, ModuleError) as error:
            if str(error) != self._complaint:
                self._complaint = str(error)
                log.warning("the host's news must wait: %s", error)
            return False
        self._complaint = ""
        return bool(changed)

    def _note_safe_mode(self) -> bool:
        """Write into the audit what nobody wrote: a file made by hand or by the host.

        Only when two looks agree: whoever switches it writes the file first and the audit then.
        """
        found = SafeModeFile(self._tools.data_dir.root).read()
        is_on = found is not None
        if is_on != self._told and is_on == self._seen:
            last = AuditEvent.objects.filter(action__in=(ENTERED, LEFT), outcome="done").first()
            if is_on != (last is not None and last.action == ENTERED):
                note_entered(found) if found else note_left()
            self._told = is_on
        self._seen = is_on
        return is_on


@dataclass(frozen=True, slots=True)
class _Cause:
    """Why a module must not go on: the sentence for people and the facts for the audit."""

    code: Reason
    text: str
    detail: dict[str, Any] = field(default_factory=dict)


def reflect_health(tools: Tools) -> list[str]:
    """Stop every module that the host of the current sequence says it cannot load; return them.

    One that failed only because its data is in use right now is left alone.
    """
    health = _read(tools)
    if health is None:
        return []
    failed = {
        name: state["error"]
        for name, state in health["modules"].items()
        if not state["ok"] and not state["passing"]
    }
    causes = {
        name: _Cause(Reason.BY_EXCEPTION, error, {"error": error[:2000]})
        for name, error in failed.items()
    }
    return [name for name, cause in causes.items() if _stop(name, cause)]


def charge_strikes(tools: Tools) -> list[str]:
    """Stop the modules that ended workers of the host too often; return them.

    On probation once is too often (R4.8); else `StrikeRule` says, by starts of the host.
    """
    strikes = Strikes(tools.data_dir.run)
    known = strikes.read()
    if not known:
        return []
    now = Boots(tools.data_dir.run).record.starts
    rule = StrikeRule(**settings.PBX_STRIKES)
    stopped = []
    for row in Module.objects.filter(pk__in=list(known), wanted=Wanted.ON, fault=Fault.NONE):
        found = known[row.pk]
        on_probation = row.phase == Phase.PROBATION
        if found.generation != row.generation:
            continue
        if (on_probation or found.are_too_many(rule, now=now)) and _stop(row.pk, _crashed(found)):
            stopped.append(row.pk)
    strikes.forget(stopped)
    return stopped


def charge_worker_crashes(tools: Tools) -> list[str]:
    """Stop the modules whose workers crashed too often within the window; return them (M3.6)."""
    crashes = WorkerCrashes(tools.data_dir.run)
    known = crashes.read()
    rule = CrashRule(**settings.PBX_WORKER_CRASHES)
    many = {name: one for name, one in known.items() if rule.broken_by(one.count)}
    if not many:
        return []
    stopped = []
    for row in Module.objects.filter(pk__in=list(many), wanted=Wanted.ON, fault=Fault.NONE):
        found = many[row.pk]
        cause = _workers_crashed(found, rule)
        if found.generation == row.generation and _stop(row.pk, cause):
            stopped.append(row.pk)
    crashes.forget(stopped)
    return stopped


def settle_probation(tools: Tools) -> list[str]:
    """End the probation of modules that the host has had loaded for long enough; return them."""
    health = _read(tools)
    if health is None or health["safe_mode"]:
        return []
    on_probation = Module.objects.filter(
        pk__in=health["settled"], wanted=Wanted.ON, fault=Fault.NONE, phase=Phase.PROBATION
    )
    settled = []
    for module_id in list(on_probation.values_list("pk", flat=True)):
        with transaction.atomic():
            module = on_probation.filter(pk=module_id).first()
            if module is None or _is_busy(module):
                continue
            on_probation.filter(pk=module_id).update(phase=Phase.READY)
            _audit("module-settle", module_id, {})
        settled.append(module_id)
    return settled


def _read(tools: Tools) -> dict[str, Any] | None:
    """Return what the host of the current sequence says, None if that is not known."""
    try:
        health = read_health((tools.data_dir.run / HEALTH_FILE).read_bytes())
    except OSError:
        return None
    return health if health and health["sequence"] == current_sequence() else None


def _crashed(found: ModuleStrikes) -> _Cause:
    """Say in the installation's language what happened, how often and where the code was."""
    last = found.last
    with translation.override(read_setting("WebAdminLanguage") or "en"):
        lines = [
            fill(gettext(last.sentence), {"how": last.how}),
            fill(gettext(_COUNTED), {"count": len(found.strikes), "last": last.at}),
            last.excerpt,
        ]
    text = "\n".join(line for line in lines if line)
    detail = {"strikes": [asdict(strike) for strike in found.strikes]}
    return _Cause(Reason.BY_CRASH_LOOP, text, detail)


def _workers_crashed(found: ModuleCrashes, rule: CrashRule) -> _Cause:
    with translation.override(read_setting("WebAdminLanguage") or "en"):
        values = {
            "worker": found.worker,
            "count": found.count,
            "minutes": round(rule.seconds / 60),
            "error": found.text,
        }
        text = fill(gettext(_WORKER_CRASHED), values)
    return _Cause(Reason.BY_CRASH_LOOP, text, {"crashes": asdict(found)})


def _stop(module_id: str, cause: _Cause) -> bool:
    """Lead a module out of use: back to the version before, off, or paused."""
    module = _stoppable(module_id)
    if module is None:
        return False
    if module.phase == Phase.PROBATION and _came_by_upgrade(module) and _roll_back(module, cause):
        return True
    with transaction.atomic():
        module = _stoppable(module_id)
        if module is None:
            return False
        if module.phase == Phase.PROBATION:
            module.wanted, module.phase = Wanted.OFF, Phase.READY
            code = Reason.BY_EXCEPTION
        else:
            module.fault = Fault.PAUSED
            code = cause.code
        module.reason_code = code
        module.reason_text = cause.text[:2000]
        module.reason_actor = HOST
        module.reason_at = timezone.now()
        module.save()
        raise_sequence()
        paused = module.fault == Fault.PAUSED
        _audit("module-pause" if paused else "module-disable", module_id, cause.detail, code)
    log.error("stopped %s: %s", module_id, cause.text)
    return True


def _stoppable(module_id: str) -> Module | None:
    module = Module.objects.filter(
        pk=module_id,
        wanted=Wanted.ON,
        fault=Fault.NONE,
        phase__in=(Phase.READY, Phase.PROBATION),
    ).first()
    return None if module is None or _is_busy(module) else module


def _came_by_upgrade(module: Module) -> bool:
    last = Operation.objects.filter(id_fold=module.id_fold, committed=True).order_by("-id").first()
    return last is not None and last.verb == Verb.UPGRADE


def _roll_back(module: Module, cause: _Cause) -> bool:
    """Queue the return to the version before; False where there is none."""
    try:
        rollback_module(
            actor=_actor(), module_id=module.pk, automatic=True, reason=cause.text[:2000]
        )
    except ModuleError as error:
        log.error("%s cannot be rolled back: %s", module.pk, error)
        return False
    log.error("rolling %s back: %s", module.pk, cause.text)
    return True


def _audit(action: str, module_id: str, detail: dict[str, Any], reason: str = "") -> None:
    audit.record(
        actor=_actor(),
        action=action,
        target=module_id,
        outcome="done",
        reason=reason,
        detail=detail,
    )


def _actor() -> Actor:
    return Actor.system(channel="system", name=HOST)


def _is_busy(module: Module) -> bool:
    return Operation.objects.filter(id_fold=module.id_fold, outcome__in=OPEN).exists()
