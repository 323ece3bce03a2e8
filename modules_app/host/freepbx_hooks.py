"""What modules of the FreePBX contract do to each other's pages (reference F9.2)."""

from __future__ import annotations

import logging
import re
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django import forms
from django.http import HttpRequest, HttpResponse

from modules_app.bridge.drawn_fields import form_field
from modules_app.domain.extra_fields import read_field
from modules_app.host.asking import HookTimeout
from modules_app.host.freepbx import overrides
from modules_app.host.loader import LoadedModule, current_result
from modules_app.host.marker import Doing, marked
from modules_app.sdk.context import running
from modules_app.sdk.freepbx import FreePbxModule
from modules_app.sdk.freepbx_pages import FIELD_PREFIX, Component
from modules_app.sdk.outside import outside

INTERCEPT = "INTERCEPT"
_FILE = re.compile(r"(?:modules/)?([^/]+)/page[._]([A-Za-z0-9_-]+)\.(?:php|py)")
_log = logging.getLogger("pbx.host")
_known: WeakKeyDictionary[FreePbxModule, Declared] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Declared:
    """What one module named: pages before which it is called, with fields, with other HTML."""

    inits: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    files: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class AddedFields:
    """The fields that one module adds to the page of another."""

    module_id: str
    title: str
    form: forms.Form


def init_page(own: LoadedModule, page: str, request: HttpRequest) -> HttpResponse | None:
    """Let the module itself and then others do something before a page; a response ends it.

    What the module itself raises goes on to the caller; what another raises is noted as its fault.
    """
    if overrides(type(own.freepbx), "do_config_page_init"):
        answer = own.freepbx.do_config_page_init(page, request)
        if isinstance(answer, HttpResponse):
            return answer
    for loaded, declared in _others(own):
        if page in declared.inits:
            answer = _ask(loaded, "do_config_page_init", page, request)
            if isinstance(answer, HttpResponse):
                return answer
    return None


def added_fields(own: LoadedModule, page: str, data: Any = None) -> list[AddedFields]:
    """Return what others add to a page; ``data`` is what was typed, to be shown again."""
    found = []
    for loaded, declared in _others(own):
        if page not in declared.fields:
            continue
        component = Component(page)
        _ask(loaded, "do_gui_hook", component, page)
        if component.fields:
            form = _form(loaded.module.id, component, data)
            found.append(AddedFields(loaded.module.id, loaded.module.title("en"), form))
    return found


def intercept(own: LoadedModule, page: str, output: str) -> str:
    """Return the page's HTML after others had a chance to write it anew."""
    file = f"modules/{own.module.id}/page.{page}.php"
    for loaded, declared in _others(own):
        if (own.module.id, page) in declared.files:
            other = _ask(loaded, "do_gui_intercept", file, output)
            output = other if isinstance(other, str) else output
    return output


def _others(own: LoadedModule) -> Iterator[tuple[LoadedModule, Declared]]:
    """Yield the other modules of the contract that have code, by id, with what they named."""
    for module_id, loaded in sorted(current_result().loaded.items()):
        if module_id != own.module.id and loaded.freepbx is not None:
            yield loaded, _declared(loaded)


def _declared(loaded: LoadedModule) -> Declared:
    """Ask a module once what it wants to be called for."""
    known = _known.get(loaded.freepbx)
    if known is None:
        inits = _ask(loaded, "my_config_page_inits")
        hooks = _as_list(_ask(loaded, "my_gui_hooks"))
        files = [file for one in hooks if isinstance(one, dict) for file in _files(one)]
        known = _known[loaded.freepbx] = Declared(
            frozenset(page for page in _as_list(inits) if isinstance(page, str)),
            frozenset(page for page in hooks if isinstance(page, str)),
            frozenset(files),
        )
    return known


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else []


def _files(hook: dict[str, Any]) -> Iterator[tuple[str, str]]:
    named = hook.get(INTERCEPT, ())
    for file in [named] if isinstance(named, str) else _as_list(named):
        if isinstance(file, str) and (found := _FILE.fullmatch(file)):
            yield found[1], found[2]


def _form(module_id: str, component: Component, data: Any) -> forms.Form:
    prefix = FIELD_PREFIX.format(id=module_id)
    form = forms.Form(data)
    for one in component.fields:
        form.fields[prefix + one["name"]] = form_field(read_field(one))
    return form


def _ask(loaded: LoadedModule, method: str, *arguments: Any) -> Any:
    """Call a method of another module; whatever it raises is noted as that module's fault."""
    if not overrides(type(loaded.freepbx), method):
        return None
    started = time.monotonic()
    try:
        with marked(loaded.module.id, Doing.HOOK), running(loaded.facts):
            return getattr(loaded.freepbx, method)(*arguments)
    except HookTimeout:
        raise  # the time of whoever asked is over, too
    # Foreign code: whatever it raises is no trouble of the page that is being made.
    except BaseException:
        found = traceback.format_exc()
        _log.error("%s.%s failed\n%s", loaded.module.id, method, found)
        reached = outside()
        if reached is not None:
            reached.hook_failed(loaded.module.id, method, found, time.monotonic() - started)
        return None
