"""Asking a module that is loaded in this process for the answer of one of its hooks."""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from modules_app.bridge.registry import RegistryModule
from modules_app.hooks.dispatch import HookCall, call_hook, priority_of
from modules_app.hooks.specs import find_hook
from modules_app.hooks.values import as_json
from modules_app.host.adapters import Adapter, plain
from modules_app.host.adapters.menu import MENU
from modules_app.host.adapters.rest import ROUTES
from modules_app.host.adapters.system import ADDED_LIST
from modules_app.host.adapters.web import (
    ASSETS,
    AUTHENTICATE,
    BLOCK,
    FORM,
    PERMISSIONS,
    RIGHTS,
)
from modules_app.host.classes import config_class
from modules_app.sdk.conf import ConfigClass
from modules_app.sdk.context import ModuleFacts

ADAPTERS: dict[str, Adapter] = {
    "on_before_header_menu_show": MENU,
    "create_cron_tasks": ADDED_LIST,
    "get_pbxcore_rest_additional_routes": ROUTES,
    "authenticate_user": AUTHENTICATE,
    "on_after_acl_prepared": RIGHTS,
    "on_after_assets_prepared": ASSETS,
    "on_before_form_initialize": FORM,
    "on_get_controller_permissions": PERMISSIONS,
    "on_volt_block_compile": BLOCK,
}
"""Hooks whose arguments are more than JSON; all others are called as `plain` says."""


class HookTimeout(BaseException):
    """Raised inside a hook whose time is over; no `Exception`, so that few catch it."""


def make_conf(module: RegistryModule, facts: ModuleFacts) -> ConfigClass:
    """Return the object that has the module's hooks; without a class of its own, the plain one.

    The plain one answers for what a module declares elsewhere, such as references to core records.
    """
    kind = config_class(module) or ConfigClass
    return kind(facts)


def ask(
    conf: ConfigClass,
    facts: ModuleFacts,
    hook: str,
    given: Mapping[str, Any],
    *,
    seconds: float = 0.0,
) -> dict[str, Any]:
    """Call one hook and return what came of it as JSON values; raises nothing.

    "ok", "value", "veto", "messages", "error" (a traceback), "seconds", "priority". After
    ``seconds`` (0: never) the hook is interrupted wherever Python can interrupt it.
    """
    spec = find_hook(hook)
    adapter = ADAPTERS.get(hook) or plain(spec)
    call, value = HookCall(), None
    try:
        with limited(seconds):
            arguments = adapter.before(facts, given)
            call = call_hook(spec, conf, *arguments)
            value = as_json(adapter.after(facts, arguments, call.value)) if call.ok else None
        error = call.error
    # Foreign code: objects that it made are looked at here, and its time may end at any line.
    except BaseException:
        value, error = None, traceback.format_exc()
    return {
        "ok": not error,
        "value": value,
        "veto": call.veto,
        "messages": [adapter.conceal(text, given) for text in call.messages],
        "error": adapter.conceal(error, given),
        "seconds": call.seconds,
        "priority": priority_of(conf, hook),
    }


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise `HookTimeout` in the block after ``seconds``; only the main thread can be told."""
    if seconds <= 0 or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _time_is_over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _time_is_over(_number: int, _frame: FrameType | None) -> None:
    raise HookTimeout("the time for this hook is over")
