"""Console commands of modules: who may run them, when, and that it was done (reference F1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from modules_app import audit
from modules_app.bridge.registry import RegistryModule
from modules_app.exceptions import ModuleError, NotFound, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.between import class_name_of
from modules_app.models import Module
from modules_app.permissions import Actor, Right, require
from modules_app.processes.zygote import ChildLimits
from modules_app.selectors.freepbx import list_plugs
from modules_app.selectors.modules import find_module
from modules_app.selectors.registry import RegistryReader, data_dir
from modules_app.selectors.settings import read_setting
from modules_app.services.queueing import refuse_busy

ACTION = "module-run"


@dataclass(frozen=True, slots=True)
class Run:
    """One run that is allowed: what the child is told, and what it may use."""

    module_id: str
    command: str
    seconds: float
    limits: ChildLimits
    payload: dict[str, Any]


def list_commands(module_id: str) -> list[dict[str, Any]]:
    """Return "name", "class" and "aliases" of a module's commands. Raises ``NotFound``."""
    return _commands(find_module(module_id))


def prepare_run(
    *, actor: Actor, module_id: str, command: str, arguments: Sequence[str], language: str
) -> Run:
    """Return what is needed to run a command, and write to the audit that it was asked for.

    Arguments may be secrets and are not recorded, only their number. Raises ``NotAllowed``,
    ``NotFound``, ``Refused`` (not enabled, no Python, no such command) or ``Busy``.
    """
    try:
        require(actor, Right.OPERATE)
        module = find_module(module_id)
        found = _find_command(module, command)
        modules = _modules_for(module)
        refuse_busy(module.id)
    except ModuleError as error:
        audit.record_refusal(actor=actor, action=ACTION, target=module_id, error=error)
        raise
    limits = ChildLimits(**settings.PBX_CHILD_LIMITS["command"])
    payload = {
        "modules": [one.as_dict() for one in modules],
        "command": found,
        "arguments": list(arguments),
        "data_dir": str(data_dir().root),
        "language": language,
        "pbx_version": read_setting("PBXVersion"),
        "limits": asdict(limits),
    }
    _record(actor, module.id, "requested", command=found["name"], arguments=len(arguments))
    return Run(
        module.id,
        found["name"],
        float(settings.PBX_STAGE_SECONDS["command"]),
        limits,
        payload,
    )


def record_end(*, actor: Actor, run: Run, exit_status: int | None) -> None:
    """Write to the audit how a run ended; None for one that was stopped when its time was over."""
    outcome = "done" if exit_status == 0 else "failed"
    _record(actor, run.module_id, outcome, command=run.command, exit_status=exit_status)


def _record(actor: Actor, module_id: str, outcome: str, **detail: Any) -> None:
    audit.try_record(actor=actor, action=ACTION, target=module_id, outcome=outcome, detail=detail)


def _commands(module: Module) -> list[dict[str, Any]]:
    facts = (module.facts.get("manifest") or {}).get("facts") or {}
    return list(facts.get("console") or ())


def _find_command(module: Module, name: str) -> dict[str, Any]:
    if module.language != "python":
        raise Refused(
            "command-not-python",
            _("“{id}” is not written in Python; its commands do not run here."),
            context={"id": module.id},
        )
    commands = _commands(module)
    for command in commands:
        if name in (command["name"], *command["aliases"]):
            return command
    raise NotFound(
        "command-unknown",
        _("“{id}” has no command {name}; it has: {known}."),
        context={
            "id": module.id,
            "name": name,
            "known": ", ".join(one["name"] for one in commands) or "—",
        },
    )


def _modules_for(module: Module) -> list[RegistryModule]:
    """Return the module and those that hook into it, as far as they are loaded."""
    loaded = {one.id: one for one in RegistryReader().read().modules}
    own = loaded.get(module.id)
    if own is None:
        raise Refused(
            "command-not-enabled",
            _("“{id}” is not in use; only enabled modules run commands."),
            context={"id": module.id},
            hint=_("Enable it first."),
        )
    kind = class_name_of(module.id)
    hooking = {plug.module_id for plug in list_plugs() if plug.target.name == kind}
    return [own, *(loaded[one] for one in sorted(hooking - {module.id}) if one in loaded)]
