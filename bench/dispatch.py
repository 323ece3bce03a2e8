"""A hook of 10, 100 and 1,000 modules of which every tenth has it: ours, pluggy, plain loops."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pluggy

from bench.figures import Figures
from modules_app.hooks.dispatch import Dispatcher

COUNTS = (10, 100, 1000)
HOOK = "create_nginx_locations"
_CALLS = 1000
"""Calls in one sample, so that its milliseconds are microseconds of one call."""
_spec, _impl = pluggy.HookspecMarker("pbx"), pluggy.HookimplMarker("pbx")


class Base:
    """A module without hooks."""

    messages: list[str]

    def get_method_priority(self, method_name: str) -> int:
        """Return the usual place."""
        return 10_000

    def create_nginx_locations(self) -> str | None:
        """Return nothing."""
        return None


class Having(Base):
    """A module that has the hook."""

    def create_nginx_locations(self) -> str | None:
        """Return a line."""
        return "location /x {}"


class Specified:
    """The same hook as pluggy wants it."""

    @_spec
    def create_nginx_locations(self) -> str | None:
        """Return lines for nginx."""


class Plugin:
    """A module of pluggy that has the hook."""

    @_impl
    def create_nginx_locations(self) -> str | None:
        """Return a line."""
        return "location /x {}"


def dispatch(figures: Figures) -> None:
    """Measure one round."""
    for count in COUNTS:
        for name, call in _ways(count).items():
            started = time.perf_counter()
            for _number in range(_CALLS):
                found = call()
            figures.add(label(name, count), time.perf_counter() - started)
            if len(found) != count // 10:
                raise RuntimeError(f"{name} called {len(found)} of {count // 10}")


def label(name: str, count: int) -> str:
    """Return the name of a figure."""
    return f"{_CALLS} calls of a hook of {count} modules, {name}"


def ratios(figures: Figures) -> None:
    """Name the pairs and their aims."""
    for count in COUNTS:
        ours = label("ours", count)
        figures.ratio(ours, label("pluggy", count), "aim below 1")
        for loop in ("loop over all", "loop over those that have it"):
            figures.ratio(ours, label(loop, count), "aim 1.5")


def _ways(count: int) -> dict[str, Callable[[], list[Any]]]:
    modules = [Having() if number % 10 == 0 else Base() for number in range(count)]
    dispatcher = Dispatcher(Base, {f"Module{n}": one for n, one in enumerate(modules)})
    manager = pluggy.PluginManager("pbx")
    manager.add_hookspecs(Specified)
    for module in modules:
        manager.register(Plugin() if isinstance(module, Having) else object())

    having = [module for module in modules if isinstance(module, Having)]

    def loop(over: list[Base]) -> list[Any]:
        answers = []
        for module in over:
            if value := module.create_nginx_locations():
                answers.append(value)
        return answers

    return {
        "ours": lambda: dispatcher.call(HOOK),
        "pluggy": lambda: manager.hook.create_nginx_locations(),
        "loop over all": lambda: loop(modules),
        "loop over those that have it": lambda: loop(having),
    }
