"""Which functions of a module make dialplan, in what order, and what they answer (F9.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.generated_files import LONGEST_FILE, MOST_FILES
from modules_app.hooks.between import snake_case, spellings
from modules_app.hooks.generators import (
    ENGINE,
    GEN_CONFIG,
    GET_CONFIG,
    HOOK_GET_CONFIG,
    MY_DIALPLAN_HOOKS,
    default_of,
)
from modules_app.hooks.values import WrongShape
from modules_app.host.freepbx import overrides
from modules_app.host.loader import import_role
from modules_app.sdk.freepbx import FreePbxModule

MISSING = "missing"
"""The source of a generator that the manifest declares and the module does not have."""


def dialplan_hooks(
    owner: FreePbxModule | None, generators: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Return under which names the operator asks a module for dialplan and files."""
    if owner is None:
        return []
    files = overrides(type(owner), GEN_CONFIG) or overrides(type(owner), "write_config")
    makes = any(one["source"] != MISSING for one in generators)
    return [name for name, has in ((GET_CONFIG, makes), (GEN_CONFIG, files)) if has]


def dialplan_of(module: RegistryModule, owner: FreePbxModule) -> dict[str, Any]:
    """Call every generator, in order, and return what is stored of it.

    "pieces": contexts that were returned, "edits": what was recorded; each with its "priority" and
    the "method" it came from. Raises whatever a generator raises.
    """
    pieces, edits = [], []
    found = generators_of(module, owner, module.declared.get("methods") or ())
    for one in sorted(found, key=lambda generator: int(generator["priority"])):
        if one["source"] == MISSING:
            continue
        text = _call(module, owner, one)
        if text is not None and not isinstance(text, str):
            raise WrongShape(f"{one['method']} returned {type(text).__name__}; wanted str.")
        made = {"method": one["method"], "priority": one["priority"]}
        if text and text.strip():
            pieces.append({**made, "text": text.replace("\r\n", "\n")})
        recorded = owner.pbx.dialplan.take()
        edits += [{**made, "edit": edit.as_dict()} for edit in recorded]
    return {"pieces": pieces, "edits": edits}


def files_of(owner: FreePbxModule) -> dict[str, str]:
    """Return the files that a module wants in Asterisk's folder, by name."""
    made = owner.gen_config()
    if made is not None and not isinstance(made, Mapping):
        raise WrongShape(f"gen_config returned {type(made).__name__}; wanted dict.")
    owner.write_config(dict(made or {}))
    files = dict(owner._records.config_files)
    owner._records.config_files.clear()
    if len(files) > MOST_FILES or any(len(text) > LONGEST_FILE for text in files.values()):
        raise WrongShape(
            f"gen_config may make {MOST_FILES} files with {LONGEST_FILE} characters each."
        )
    return files


def _call(module: RegistryModule, owner: FreePbxModule, generator: Mapping[str, Any]) -> Any:
    owner.pbx.dialplan.take()
    if generator["source"] == MY_DIALPLAN_HOOKS:
        return owner.do_dialplan_hook(ENGINE, int(generator["priority"]))
    name = str(generator["method"])
    return _function(module, owner, name)(ENGINE)


def _function(module: RegistryModule, owner: FreePbxModule, name: str) -> Any:
    """Return a method of the module's class, else a function of its file."""
    for at in (owner, import_role(module, "module")):
        for spelling in spellings(name):
            if callable(found := getattr(at, spelling, None)):
                return found
    raise AttributeError(name)


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
    source = "declared" if known else MISSING
    return {"method": snake_case(name), "priority": int(entry["priority"]), "source": source}


def _dialplan_hooks(owner: FreePbxModule) -> list[dict[str, Any]]:
    wish = owner.my_dialplan_hooks()
    if wish is False or wish is None:
        return []
    priority = default_of(MY_DIALPLAN_HOOKS) if wish is True else int(wish)
    return [{"method": "do_dialplan_hook", "priority": priority, "source": MY_DIALPLAN_HOOKS}]
