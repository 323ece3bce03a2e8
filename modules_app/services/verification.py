"""Are the files and the data of installed modules those that were installed? (reference F16, F20)

What is damaged is marked with its cause and not imported; what was marked and is sound again is
freed.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from modules_app import audit
from modules_app.domain.operations import OPEN
from modules_app.domain.states import Fault, Reason
from modules_app.models import Module, Operation
from modules_app.packages.verification import verify_generation
from modules_app.permissions import Actor, Right, require
from modules_app.processes.poke import poke
from modules_app.selectors.modules import find_module
from modules_app.selectors.registry import data_dir
from modules_app.services.registry import raise_sequence
from modules_app.tables.inspection import check_databases

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found of one module: ``problems`` of its files, ``data`` what is wrong with them."""

    module_id: str
    generation: str
    problems: tuple[str, ...] = ()
    data: str = ""

    @property
    def sound(self) -> bool:
        """Tell whether nothing is damaged."""
        return not self.problems and not self.data

    @property
    def reason(self) -> Reason:
        """Return the code of the worse damage: lost data cannot be repaired from the package."""
        return Reason.DATA_DAMAGED if self.data else Reason.FILES_DAMAGED

    @property
    def cause(self) -> str:
        """Return what is damaged, as one line."""
        return "; ".join([*([self.data] if self.data else []), *self.problems[:_SHOWN]])


def verify_modules(
    *, actor: Actor, module_ids: Iterable[str] = (), seconds: float | None = None
) -> list[Verified]:
    """Read every file and database of these modules (all by default) and return what was found.

    Marks the damaged ones and frees those that are sound again, but none with an open operation.
    After ``seconds`` no further module is begun. Raises ``NotAllowed`` or ``NotFound``.
    """
    require(actor, Right.OPERATE)
    deadline = time.monotonic() + seconds if seconds is not None else float("inf")
    modules = [find_module(one) for one in module_ids] or list(Module.objects.all())
    data = _check_data(modules)
    found = []
    for module in modules:
        if time.monotonic() > deadline:
            break
        verified = Verified(
            module.id, module.generation, find_file_damage(module), data.get(module.id, "")
        )
        found.append(verified)
        _reflect(verified, actor)
    return found


def find_file_damage(module: Module) -> tuple[str, ...]:
    """Return how the files of a module differ from its record, each as ``kind: path``."""
    problems = verify_generation(data_dir(), module.id, module.generation, module.digest)
    return tuple(f"{problem.kind}: {problem.path}" for problem in problems)


def _check_data(modules: list[Module]) -> dict[str, str]:
    root = data_dir()
    paths = {one.id: root.epoch(one.id, one.epoch) / "module.db" for one in modules if one.epoch}
    found = check_databases(paths.values())
    return {module_id: found[path] for module_id, path in paths.items()}


def _reflect(verified: Verified, actor: Actor) -> None:
    with transaction.atomic():
        module = Module.objects.filter(
            pk=verified.module_id, generation=verified.generation
        ).first()
        if module is None or _is_busy(module):
            return
        module.checks["files"] = {
            "at": timezone.now().isoformat(),
            "generation": module.generation,
            "problems": list(verified.problems[:_SHOWN]),
            "data": verified.data,
        }
        changed = _mark(module, verified, actor)
        module.save()
        if changed:
            raise_sequence()
            audit.record(
                actor=actor,
                action="module-verify",
                target=module.id,
                outcome="damaged" if not verified.sound else "sound",
                detail={"cause": verified.cause[:2000]},
            )
    if changed:
        poke(data_dir().root, "host")


def _mark(module: Module, verified: Verified, actor: Actor) -> bool:
    """Set or clear the fault; tell whether that changed anything."""
    if verified.sound:
        if module.fault != Fault.DAMAGED:
            return False
        module.fault, module.reason_code, module.reason_text = Fault.NONE, "", ""
        return True
    if module.fault == Fault.DAMAGED and module.reason_text == verified.cause[:2000]:
        return False
    module.fault = Fault.DAMAGED
    module.reason_code = verified.reason
    module.reason_text = verified.cause[:2000]
    module.reason_actor = actor.name
    module.reason_at = timezone.now()
    return True


def _is_busy(module: Module) -> bool:
    return Operation.objects.filter(id_fold=module.id_fold, outcome__in=OPEN).exists()
