"""What enabled modules of the FreePBX contract plug into each other and into the dialplan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from modules_app.domain.states import Fault, Wanted
from modules_app.hooks.between import Plug, plugs_of
from modules_app.models import Module


@dataclass(frozen=True, slots=True)
class Generator:
    """One function that makes dialplan; ``source`` says why it has its priority.

    "declared" in ``<methods>``, "default", "my_dialplan_hooks", or "missing": declared, but the
    module has no such function.
    """

    module_id: str
    method: str
    priority: int
    source: str

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def list_generators(module_id: str = "") -> list[Generator]:
    """Return the generators of enabled modules in the order in which they are to be called (F9.4).

    With ``module_id`` those of one module, enabled or not.
    """
    found = [
        Generator(name, str(one["method"]), int(one["priority"]), str(one["source"]))
        for name, generators in _rows("facts__generators", module_id)
        for one in generators
    ]
    return sorted(found, key=lambda one: one.priority)


def list_plugs(module_id: str = "") -> list[Plug]:
    """Return the hooks between enabled modules, by target and in the order of calling (F9.1).

    With ``module_id`` those of one module, enabled or not.
    """
    declared = _rows("facts__manifest__facts__hooks", module_id)
    found = [plug for name, hooks in declared for plug in plugs_of(name, hooks)]
    return sorted(found, key=lambda plug: (plug.target.name, plug.calling_method, plug.priority))


def _rows(column: str, module_id: str) -> Iterator[tuple[str, list[Any]]]:
    rows = Module.objects.filter(contract="freepbx", language="python").order_by("id")
    if module_id:
        rows = rows.filter(pk=module_id)
    else:
        rows = rows.filter(wanted=Wanted.ON, fault=Fault.NONE)
    for name, value in rows.values_list("id", column):
        if isinstance(value, list):
            yield name, value
