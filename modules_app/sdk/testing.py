"""Tests of a module, run by ``module test DIR``: the module is installed, loaded and has its data.

They work on a copy of the module's database, and what one test writes is gone before the next.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, cast
from unittest import TestResult

from django.db import transaction
from django.http import HttpResponse
from django.test import SimpleTestCase

from modules_app.hooks.dispatch import call_hook
from modules_app.hooks.specs import find_hook
from modules_app.sdk.conf import ConfigClass
from modules_app.sdk.context import ModuleFacts, current_module
from modules_app.sdk.workers import Worker


@dataclass(frozen=True, slots=True)
class Bench:
    """What stands around the tests: who asks for pages, and the module's hooks."""

    headers: Callable[[], Mapping[str, str]]
    conf: Callable[[], ConfigClass | None]


_bench: list[Bench] = []
W = TypeVar("W", bound=Worker)


class _NoLine:
    """Stands for the connection of a worker to its supervisor: it never waits."""

    stopping = False

    def beat(self) -> None:
        """Nobody listens."""

    def busy(self, seconds: float) -> None:
        """Nobody listens."""

    def wait(self, seconds: float) -> None:
        """A test does not wait."""


def use_bench(bench: Bench) -> None:
    """Let the tests of this process stand on ``bench``; PBX Admin calls it."""
    _bench[:] = [bench]


class ModuleTestCase(SimpleTestCase):
    """Build the tests in ``tests/test_*.py`` on this class; all assertions of Django are there."""

    databases: ClassVar[Any] = "__all__"

    @property
    def module(self) -> ModuleFacts:
        """Return the facts of the module: ``id``, ``url``, ``code``."""
        return current_module()

    def run(self, result: TestResult | None = None) -> TestResult | None:
        """Run one test and take back what it wrote."""
        label = self.module.label
        with transaction.atomic(using=label):
            outcome = super().run(result)
            transaction.set_rollback(True, using=label)
        return outcome

    def page(self, path: str = "") -> HttpResponse:
        """Ask for a page below the module's address, as somebody who may do everything."""
        answer = self.client.get(self.module.url + path, headers=dict(_bench[0].headers()))
        return cast(HttpResponse, answer)

    def send(self, path: str = "", **fields: Any) -> HttpResponse:
        """Send a form to a page below the module's address."""
        answer = self.client.post(self.module.url + path, fields, headers=dict(_bench[0].headers()))
        return cast(HttpResponse, answer)

    def api(self, method: str, path: str, data: Any = None) -> HttpResponse:
        """Ask the module over REST, at an address below ``/api/m/<id>/``; ``data`` is the body."""
        answer = self.client.generic(
            method,
            f"/api{self.module.url}{path}",
            "" if data is None else json.dumps(data),
            content_type="application/json",
            headers=dict(_bench[0].headers()),
        )
        return cast(HttpResponse, answer)

    def worker(self, kind: type[W]) -> W:
        """Return a worker as it is before its first round; call its methods one by one."""
        return kind(self.module, 1, _NoLine())

    def ask_hook(self, name: str, *arguments: Any) -> Any:
        """Call a hook as PBX Admin does and return its answer; fail if it raises or is wrong."""
        conf = _bench[0].conf()
        self.assertIsNotNone(conf, "the module has no conf.py with a ConfigClass")
        call = call_hook(find_hook(name), cast(ConfigClass, conf), *arguments)
        self.assertEqual(call.error, "")
        return call.value
