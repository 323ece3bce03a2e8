"""Calling what modules of the FreePBX contract hook into each other (reference F9.1)."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Collection, Mapping
from typing import Any

from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.between import ClassName, Plug, class_name_of, spellings
from modules_app.hooks.values import as_json
from modules_app.host.asking import HookTimeout, limited
from modules_app.host.loader import LoadedModule, LoadResult, current_result, import_role
from modules_app.host.marker import Doing, marked
from modules_app.sdk.context import running
from modules_app.sdk.freepbx import FreePbxModule
from modules_app.sdk.outside import outside

_log = logging.getLogger("pbx.host")


class LoadedSystem:
    """See `modules_app.sdk.pbx.System`: all modules that this process has loaded."""

    @property
    def _result(self) -> LoadResult:
        return current_result()

    def hooks_of(self, target: ClassName, method: str) -> list[Plug]:
        """Return the hooks of loaded modules that wait for this method."""
        return self._result.plugs().find(target, method)

    def call(self, plugs: list[Plug], arguments: tuple[Any, ...]) -> dict[str, Any]:
        """Call them; one that raises is noted as a failure of its module and left out."""
        answers: dict[str, Any] = {}
        for plug in plugs:
            loaded = self._result.loaded.get(plug.module_id)
            if loaded is not None:
                _call(loaded, plug, arguments, answers)
        return answers

    def module(self, module_id: str) -> Any:
        """Return the object of a loaded module of the FreePBX contract, None for any other."""
        loaded = self._result.loaded.get(module_id)
        return loaded.freepbx if loaded is not None else None

    def enabled(self) -> Collection[str]:
        """Return the modules that are loaded."""
        return self._result.loaded.keys()


def answer_between(
    loaded: LoadedModule, asked: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    """Call one hook for a module of another process; the answer is as `host.asking.ask` has it.

    What is asked for must stand in the module's manifest.
    """
    target = ClassName(str(asked["class"]), str(asked["namespace"]))
    found = [
        plug
        for plug in current_result().plugs().find(target, str(asked["calling_method"]))
        if plug.module_id == loaded.module.id and plug.method == asked["method"]
    ]
    if not found:
        return {"ok": False, "error": "the module has no such hook"}
    started = time.monotonic()
    try:
        with limited(seconds):
            value = as_json(_method(loaded, found[0])(*asked["given"]))
    # Foreign code: whatever it raises, and when its time ends, is noted at its module.
    except BaseException:
        spent = time.monotonic() - started
        _note(found[0], spent)
        return {"ok": False, "error": traceback.format_exc(), "seconds": spent}
    return {"ok": True, "value": value, "seconds": time.monotonic() - started}


def _call(
    loaded: LoadedModule, plug: Plug, arguments: tuple[Any, ...], answers: dict[str, Any]
) -> None:
    given = tuple(_as_given(argument) for argument in arguments)
    started = time.monotonic()
    try:
        with marked(plug.module_id, Doing.HOOK), running(loaded.facts):
            answers[class_name_of(plug.module_id)] = _method(loaded, plug)(*given)
    except HookTimeout:
        _note(plug, time.monotonic() - started)
        raise  # the time of the page that asked is over, too
    # Foreign code: whatever it raises is the fault of its module and no trouble of the caller.
    except BaseException:
        _note(plug, time.monotonic() - started)


def _note(plug: Plug, seconds: float) -> None:
    found = traceback.format_exc()
    _log.error("%s.%s failed\n%s", plug.module_id, plug.method, found)
    reached = outside()
    if reached is not None:
        reached.hook_failed(plug.module_id, spellings(plug.method)[-1], found, seconds)


def _method(loaded: LoadedModule, plug: Plug) -> Any:
    owner = _owner(loaded, plug.own_class)
    for name in spellings(plug.method):
        found = getattr(owner, name, None)
        if callable(found):
            return found
    raise ModuleError(
        "hook-method-missing",
        _("The manifest names the hook {method}, but {name} has no such method."),
        context={"method": plug.method, "name": type(owner).__name__},
    )


def _owner(loaded: LoadedModule, wanted: ClassName) -> FreePbxModule:
    """Return the object whose class the declaration names; by default the module's own."""
    own: FreePbxModule | None = loaded.freepbx
    if own is not None:
        if wanted.name in ("", class_name_of(loaded.module.id), type(own).__name__):
            return own
        other = getattr(import_role(loaded.module, "module"), wanted.name, None)
        if isinstance(other, type) and issubclass(other, FreePbxModule):
            return other(own._facts, own._manifest, own._records)
    raise ModuleError(
        "hook-class-missing",
        _("module.py has no class {name} that could be asked."),
        context={"name": wanted.name or class_name_of(loaded.module.id)},
        hint=_("Build the class on FreePbxModule."),
    )


def _as_given(value: Any) -> Any:
    """Return lists and dicts as copies, so that no hook sees what another made of them."""
    if type(value) is dict:
        return {key: _as_given(item) for key, item in value.items()}
    if type(value) in (list, set, tuple):
        return type(value)(_as_given(item) for item in value)
    return value
