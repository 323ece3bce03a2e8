"""Asking loaded modules of the FreePBX contract for their destinations (reference F9.6)."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext

from modules_app.domain.destinations import (
    DESTINATIONS,
    MOST,
    Destination,
    Maker,
    Offers,
    provided,
    read_destinations,
    without_doubles,
)
from modules_app.domain.popovers import popovers_of
from modules_app.hooks.values import as_json
from modules_app.host.asking import HookTimeout, limited
from modules_app.host.freepbx import overrides
from modules_app.host.loader import LoadedModule, current_result
from modules_app.host.marker import Doing, marked
from modules_app.sdk.context import running
from modules_app.sdk.core_refs import core_records
from modules_app.sdk.outside import outside

_log = logging.getLogger("pbx.host")


def destinations(loaded: LoadedModule, seconds: float) -> dict[str, Any]:
    """Ask one module; the answer has the form of `host.asking.ask`.

    Its "value" has "destinations", and "popovers": what the pages for new ones make, by their keys.
    """
    started = time.monotonic()
    try:
        with limited(seconds):
            value = as_json(_answer(loaded))
            read_destinations(loaded.module.id, "-", value[DESTINATIONS])
    # Foreign code: whatever it raises is its module's fault, and the form comes without it.
    except BaseException:
        spent = time.monotonic() - started
        return {"ok": False, "error": traceback.format_exc(), "seconds": spent}
    return {"ok": True, "value": value, "seconds": time.monotonic() - started}


def offers(language: str) -> Offers:
    """Return what a form of a module in this process can choose from.

    Its time is that of the page: `HookTimeout` goes through.
    """
    found, makers, silent = [*provided(language), *_numbers()], [], []
    for module_id, loaded in sorted(current_result().loaded.items()):
        if loaded.freepbx is None:
            continue
        title = loaded.facts.title(language)
        names: Mapping[str, str] = {}
        if overrides(type(loaded.freepbx), DESTINATIONS):
            answer = _answer_safely(loaded, title)
            if answer is None:
                silent.append(title)
            else:
                theirs, names = answer
                found.extend(theirs)
        for one in popovers_of(module_id, loaded.module.declared.get("popovers") or ()):
            makers.append(Maker(module_id, str(names.get(one.key) or title), one.url))
    return Offers(without_doubles(found), tuple(makers), tuple(silent))


def _numbers() -> list[Destination]:
    """Return what the telephone part offers to web's forms; its code is not loaded here."""
    category = gettext("Extensions")
    try:
        rows = core_records("extensions")[:MOST]
    except DatabaseError:
        _log.exception("the numbers of this system could not be read")
        return []
    return [Destination(f"internal,{number},1", label, category) for number, label in rows]


def _answer_safely(
    loaded: LoadedModule, title: str
) -> tuple[tuple[Destination, ...], Mapping[str, str]] | None:
    started = time.monotonic()
    try:
        with marked(loaded.module.id, Doing.HOOK), running(loaded.facts):
            answer = as_json(_answer(loaded))
        found = read_destinations(loaded.module.id, title, answer[DESTINATIONS])
    except HookTimeout:
        raise
    # Foreign code: what one module raises leaves the form of another without its destinations.
    except BaseException:
        _note(loaded.module.id, traceback.format_exc(), time.monotonic() - started)
        return None
    return found, answer["popovers"]


def _answer(loaded: LoadedModule) -> dict[str, Any]:
    module = loaded.freepbx
    if module is None:
        return {DESTINATIONS: [], "popovers": {}}
    return {
        DESTINATIONS: [dict(one) for one in module.destinations() or ()],
        "popovers": dict(module.destination_popovers() or {}),
    }


def _note(module_id: str, failure: str, seconds: float) -> None:
    _log.error("%s.destinations failed\n%s", module_id, failure)
    reached = outside()
    if reached is not None:
        reached.hook_failed(module_id, DESTINATIONS, failure, seconds)
