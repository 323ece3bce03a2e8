"""Which functions of a module make dialplan, and in what order they would be called (F9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modules_app.bridge.registry import RegistryModule
from modules_app.hooks.between import snake_case, spellings
from modules_app.hooks.generators import GET_CONFIG, HOOK_GET_CONFIG, MY_DIALPLAN_HOOKS, default_of
from modules_app.host.freepbx import overrides
from modules_app.host.loader import import_role
from modules_app.sdk.freepbx import FreePbxModule


def generators_of(
    module: RegistryModule, owner: FreePbxModule, declared: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return ``{"method", "priority", "source"}`` of every generator that a module has.

    ``declared`` are the entries of ``<methods>``; what is declared is no default any more. Raises
    what ``my_dialplan_hooks`` raises.
    """
    found = [_declared(module, owner, entry) for entry in declared]
    taken = {str(one["method"]).removeprefix(f"{module.id.replace('-', '_')}_") for one in found}
    for name in (GET_CONFIG, HOOK_GET_CONFIG):
        if name not in taken and overrides(type(owner), name):
            found.append({"method": name, "priority": default_of(name), "source": "default"})
    return [*found, *_dialplan_hooks(owner)]


def _declared(
    module: RegistryModule, owner: FreePbxModule, entry: Mapping[str, Any]
) -> dict[str, Any]:
    file = import_role(module, "module")
    name = str(entry["function"])
    known = any(callable(getattr(at, one, None)) for at in (owner, file) for one in spellings(name))
    source = "declared" if known else "missing"
    return {"method": snake_case(name), "priority": int(entry["priority"]), "source": source}


def _dialplan_hooks(owner: FreePbxModule) -> list[dict[str, Any]]:
    wish = owner.my_dialplan_hooks()
    if wish is False or wish is None:
        return []
    priority = default_of(MY_DIALPLAN_HOOKS) if wish is True else int(wish)
    return [{"method": "do_dialplan_hook", "priority": priority, "source": MY_DIALPLAN_HOOKS}]
