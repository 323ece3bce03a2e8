"""Hooks between modules where only one module is loaded: the host is asked (reference F9.1).

A worker, or a child of an operation, holds one module. The others run in the host, so what they
raise, hang or eat reaches nobody here; it is asked with the internal call, and within limits.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.utils.translation import get_language

from modules_app.bridge.hooks import Question, ask_module, newest_socket
from modules_app.domain.states import Fault, Phase, Wanted
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.between import ClassName, Plug, PlugTable, class_name_of, plugs_of
from modules_app.host.between import LoadedSystem
from modules_app.host.loader import LoadedModule
from modules_app.models import Module
from modules_app.sdk.translations import translate

BETWEEN = "between"
"""The name of the internal call."""

PER_MODULE = 2.0
TOTAL = 6.0
"""Seconds for one module, and for all that are asked at once."""


class RemoteSystem:
    """See `modules_app.sdk.pbx.System`: one module is here, the others are asked in the host.

    ``own`` is the module of this process, if it is loaded. Who cannot be asked is left out, and
    ``tell`` gets a sentence that says why. Arguments and answers are JSON values.
    """

    def __init__(
        self,
        data_dir: Path,
        module_id: str,
        tell: Callable[[str], None],
        own: LoadedModule | None = None,
    ) -> None:
        self._run_dir = data_dir / "run"
        self._id = module_id
        self._tell = tell
        self._own = own

    def hooks_of(self, target: ClassName, method: str) -> list[Plug]:
        """Return the hooks of enabled modules that wait for this method."""
        try:
            rows = list(_in_use().values_list("id", "facts__manifest__facts__hooks"))
        except DatabaseError as error:
            self._not_asked(method, str(error))
            return []
        plugs = (plug for name, hooks in rows for plug in plugs_of(name, hooks or ()))
        return PlugTable(plugs).find(target, method)

    def call(self, plugs: list[Plug], arguments: tuple[Any, ...]) -> dict[str, Any]:
        """Ask for them one after the other; raises ``ModuleError`` for what JSON does not know."""
        given = _as_json(arguments)
        socket = newest_socket(self._run_dir)
        ends = time.monotonic() + TOTAL
        answers: dict[str, Any] = {}
        for plug in plugs:
            left = min(PER_MODULE, ends - time.monotonic())
            if socket is None or left <= 0:
                why = "the host does not run" if socket is None else "no time was left"
                self._not_asked(plug.method, why, plug.module_id)
                continue
            question = Question(BETWEEN, _asked(plug, given), get_language() or "en")
            answer = ask_module(socket, plug.module_id, question, seconds=left)
            if answer.ok:
                answers[class_name_of(plug.module_id)] = answer.value
            else:
                last = (answer.error.strip().splitlines() or ["?"])[-1]
                self._not_asked(plug.method, last, plug.module_id)
        return answers

    def module(self, module_id: str) -> Any:
        """Return the object of this process's module; others are objects of the host."""
        return self._own.freepbx if self._own is not None and module_id == self._id else None

    def enabled(self) -> Collection[str]:
        """Return the modules that are enabled now; none while the core cannot be read."""
        try:
            return tuple(_in_use().values_list("id", flat=True))
        except DatabaseError:
            return ()

    def _not_asked(self, method: str, why: str, module_id: str = "—") -> None:
        self._tell(translate("ext_HooksNotCalled", method=method, module=module_id, why=why))


class MixedSystem(RemoteSystem):
    """Calls the hooks of modules that are loaded here, and asks the host for all others."""

    def call(self, plugs: list[Plug], arguments: tuple[Any, ...]) -> dict[str, Any]:
        """Call and ask in the order of priorities."""
        here = LoadedSystem()
        answers: dict[str, Any] = {}
        for plug in plugs:
            is_here = plug.module_id in here.enabled()
            answers |= here.call([plug], arguments) if is_here else super().call([plug], arguments)
        return answers

    def module(self, module_id: str) -> Any:
        """Return the object of a module that is loaded here."""
        return LoadedSystem().module(module_id)


def log_line(text: str) -> None:
    """Write a sentence to the worker's log."""
    print(text, file=sys.stderr, flush=True)


def once(messages: list[str]) -> Callable[[str], None]:
    """Return what adds a sentence to the messages of an operation, but not twice."""

    def tell(text: str) -> None:
        if text not in messages:
            messages.append(text)

    return tell


def _in_use() -> Any:
    rows = Module.objects.filter(
        contract="freepbx", language="python", wanted=Wanted.ON, fault=Fault.NONE
    )
    return rows.exclude(phase=Phase.MAINTENANCE).order_by("id")


def _asked(plug: Plug, given: list[Any]) -> dict[str, Any]:
    return {
        "class": plug.target.name,
        "namespace": plug.target.namespace,
        "calling_method": plug.calling_method,
        "method": plug.method,
        "given": given,
    }


def _as_json(arguments: tuple[Any, ...]) -> list[Any]:
    try:
        return list(json.loads(json.dumps(arguments, allow_nan=False)))
    except (TypeError, ValueError, RecursionError) as error:
        raise ModuleError(
            "hook-arguments-not-json",
            _("Other modules run in another process, and the arguments cannot go there: {error}"),
            context={"error": str(error)},
            hint=_("Hand over numbers, texts, lists and dicts, as for JSON."),
        ) from error
