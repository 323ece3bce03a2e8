"""Runs the tests of a module in a child, where the module is loaded as the host loads it."""

from __future__ import annotations

import io
import unittest
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.db import connections
from django.test.utils import setup_test_environment
from django.utils import translation

from modules_app.bridge.registry import Registry, RegistryModule
from modules_app.bridge.statement import HEADER, sign
from modules_app.bridge.system import statement_of_system
from modules_app.host.classes import config_class
from modules_app.host.finder import install_finder
from modules_app.host.frame import use_plain_static_files
from modules_app.host.guard import protect
from modules_app.host.loader import describe, load
from modules_app.sdk.conf import ConfigClass
from modules_app.sdk.context import ModuleFacts, running
from modules_app.sdk.testing import Bench, use_bench


def run_tests(payload: dict[str, Any]) -> dict[str, Any]:
    """Run ``test*.py`` of the folder ``payload["tests"]`` and return what came of it.

    The answer has ``ran``, ``failed``, ``output`` (as unittest prints it) and ``error`` when the
    module or a test file could not be loaded. The database of "module" may be spoilt.
    """
    module = RegistryModule.from_dict(payload["module"])
    protect(Path(payload["data_dir"]) / "store")
    use_plain_static_files()
    result = load(Registry(0, (module,), "en", payload["pbx_version"]))
    failure = result.failed.get(module.id)
    if failure is not None:
        return _answer(error=failure.error, output=failure.traceback)
    facts = result.loaded[module.id].facts
    _prepare(module, facts)
    try:
        with running(facts), translation.override("en"):
            return _run(module, Path(payload["tests"]))
    finally:
        connections.close_all()


def _prepare(module: RegistryModule, facts: ModuleFacts) -> None:
    said = statement_of_system(module.id, language="en")

    def headers() -> dict[str, str]:
        return {HEADER: sign(said, settings.PBX_STATEMENT_KEY)}

    def conf() -> ConfigClass | None:
        kind = config_class(module)
        return kind(facts) if kind is not None else None

    use_bench(Bench(headers, conf))
    setup_test_environment()


def _run(module: RegistryModule, folder: Path) -> dict[str, Any]:
    try:
        suite = unittest.TestSuite(
            unittest.defaultTestLoader.loadTestsFromModule(file)
            for file in _test_files(module, folder)
        )
    # Foreign code: a test file may raise anything while it is imported.
    except BaseException as error:
        found = describe(error)
        return _answer(error=found.error, output=found.traceback)
    stream = io.StringIO()
    result = unittest.TextTestRunner(stream=stream, verbosity=2, buffer=True).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    return _answer(ran=result.testsRun, failed=failed, output=stream.getvalue())


def _test_files(module: RegistryModule, folder: Path) -> list[ModuleType]:
    """Import the test files as ``pbx_modules.<id>.tests``, so that ``from ..models`` works."""
    name = f"{module.import_name}.tests"
    install_finder().add(name, folder)
    return [import_module(f"{name}.{path.stem}") for path in sorted(folder.glob("test*.py"))]


def _answer(*, ran: int = 0, failed: int = 0, output: str = "", error: str = "") -> dict[str, Any]:
    return {"ran": ran, "failed": failed, "output": output[-30_000:], "error": error}
