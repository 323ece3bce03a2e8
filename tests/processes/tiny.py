"""A stand-in for the host's application: modules whose version says how they behave."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from modules_app.bridge.registry import Registry
from modules_app.host.marker import entering, marked


def build(registry: Registry, left_out: Mapping[str, str]) -> Callable[..., Iterable[bytes]]:
    """Import the modules as told and return an application with /_host/health and /act."""
    modules: dict[str, dict[str, Any]] = {}
    for module in registry.modules:
        if module.id in left_out:
            modules[module.id] = {"ok": False, "error": left_out[module.id]}
            continue
        entering(module.id)
        _import(module.version)
        entering("")
        modules[module.id] = {"ok": True}
    body = json.dumps({"sequence": registry.sequence, "modules": modules}).encode()

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/_host/health":
            module_id, _, query = environ["QUERY_STRING"].rpartition("&")
            with marked(module_id):
                _act(query)
        start("200 OK", [("Content-Type", "application/json"), ("X-Pid", str(os.getpid()))])
        return [body]

    return application


def _import(behaviour: str) -> None:
    what, _, value = behaviour.partition(":")
    if what == "exit":
        os._exit(int(value))
    if what == "abort":
        os.abort()
    if what == "raise":
        raise RuntimeError("the application cannot be built")
    if what == "hang":
        time.sleep(600)


def _act(query: str) -> None:
    what, _, value = query.partition("=")
    if what == "exit":
        os._exit(int(value))
    if what == "sleep":
        time.sleep(float(value))
    if what == "kill":
        os.kill(os.getpid(), int(value))
    if what == "hoard":
        hoard = bytearray(int(value))
        for at in range(0, len(hoard), 4096):
            hoard[at] = 1
        time.sleep(600)
    if what == "fork":
        _fork(int(value))


def _fork(number: int) -> None:
    """Leave so many processes that nobody below the worker is the parent of, and stay."""
    for _ in range(number):
        child = os.fork()
        if child == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(600)
            os._exit(0)
        os.waitpid(child, 0)
    time.sleep(600)
