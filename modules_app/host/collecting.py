"""What a child asks a module for, when one call of a hook is not enough."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from django.urls import Resolver404, resolve

from modules_app.domain.core_pages import PAGE_BLOCKS, block_key
from modules_app.hooks.generators import GEN_CONFIG, GET_CONFIG
from modules_app.hooks.values import as_json
from modules_app.host.asking import ask
from modules_app.host.generators import dialplan_of, files_of
from modules_app.host.loader import LoadedModule
from modules_app.host.rest import resources_of
from modules_app.sdk.conf import ConfigClass

Given = Mapping[str, Any]
Ask = Callable[[LoadedModule, ConfigClass, str, Given], dict[str, Any]]


def collect(
    loaded: LoadedModule, conf: ConfigClass, hook: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the answer of one collected hook as `host.asking.ask` does."""
    return _SPECIAL.get(hook, _once)(loaded, conf, hook, given)


def missing_pages(loaded: LoadedModule, hrefs: list[str]) -> list[str]:
    """Return the addresses of menu items below the module's own that lead to no page."""
    own = loaded.facts.url
    return [href for href in hrefs if href.startswith(own) and not _is_page(loaded, href)]


def _is_page(loaded: LoadedModule, href: str) -> bool:
    try:
        resolve(href.partition("#")[0].partition("?")[0], urlconf=loaded.urls)
    except Resolver404:
        return False
    return True


def _once(
    loaded: LoadedModule, conf: ConfigClass, hook: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    return ask(conf, loaded.facts, hook, given)


def _menu(
    loaded: LoadedModule, conf: ConfigClass, hook: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Mark the items whose page does not exist."""
    answer = ask(conf, loaded.facts, hook, given)
    items = answer["value"] or []
    missing = missing_pages(loaded, [item["href"] for item in items])
    for item in items:
        item["missing"] = item["href"] in missing
    return answer


def _blocks(
    loaded: LoadedModule, conf: ConfigClass, hook: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Ask for each block, and answer with the names of those that the module fills."""
    filled: list[str] = []
    answer: dict[str, Any] = {}
    for page, block in PAGE_BLOCKS:
        answer = ask(conf, loaded.facts, hook, {**given, "controller": page, "block": block})
        if not answer["ok"]:
            return answer
        if answer["value"]:
            filled.append(block_key(page, block))
    return {**answer, "value": filled}


def _rest(
    loaded: LoadedModule, conf: ConfigClass, hook: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Answer with the routes of the hook and the resources of ``rest.py``, which has no hook."""
    answer = ask(conf, loaded.facts, hook, given)
    if not answer["ok"]:
        return answer
    resources = [kind.describe() for kind in resources_of(loaded.module)]
    value = {"routes": answer["value"] or [], "resources": resources}
    return {**answer, "value": as_json(value)}


def _generated(
    loaded: LoadedModule, _conf: ConfigClass, hook: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Answer with what the generators of a module of the FreePBX contract make (F9.4)."""
    owner = given.get("owner") or loaded.freepbx
    started, value, error = time.perf_counter(), None, ""
    try:
        made = dialplan_of(loaded.module, owner) if hook == GET_CONFIG else files_of(owner)
        value = as_json(made) if any(made.values()) else None
    # Foreign code: whatever it raises becomes the answer, as with any other hook.
    except BaseException:
        error = traceback.format_exc()
    seconds = time.perf_counter() - started
    return {"ok": not error, "value": value, "error": error, "seconds": seconds}


_SPECIAL: dict[str, Ask] = {
    GET_CONFIG: _generated,
    GEN_CONFIG: _generated,
    "get_pbxcore_rest_additional_routes": _rest,
    "on_before_header_menu_show": _menu,
    "on_volt_block_compile": _blocks,
}
