"""Mutants of the checks: each check of a file is left out in turn, and its tests must notice.

A check is an ``if`` that only raises, or a call whose name says that it checks, refuses or
requires something. They are found in the source, so a new check is a new mutant. A mutant is the
function's code compiled anew without that check, put into the living function.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import re
import signal
import sys
import threading
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 30.0

_CALL = re.compile(r"_*(check|refuse|require|verify|stop_if_asked|raise_sequence|restrict)")

ARCHIVES = ("tests/packages", "tests/crash/test_archive_refusals.py")
ENGINE = (
    "tests/operator",
    "tests/services/test_refused_uploads.py",
    "tests/crash/test_refusals.py",
)
SEVERAL = (
    "tests/services/test_batches.py",
    "tests/operator/test_batches.py",
    "tests/operator/test_needs.py",
    "tests/operator/test_lost_requirements.py",
)

# Which tests must notice that a check of these files is gone.
NOTICED_BY: dict[tuple[str, ...], tuple[str, ...]] = {
    (
        "modules_app/packages/archive.py",
        "modules_app/packages/contents.py",
        "modules_app/packages/names.py",
        "modules_app/packages/tar_headers.py",
        "modules_app/packages/tar_reader.py",
        "modules_app/packages/zip_directory.py",
        "modules_app/packages/zip_reader.py",
        "modules_app/packages/records.py",
        "modules_app/packages/store.py",
        "modules_app/packages/uploads.py",
        "modules_app/packages/fsops.py",
    ): ARCHIVES,
    (
        "modules_app/permissions.py",
        "modules_app/services/lifecycle.py",
        "modules_app/services/uploads.py",
        "modules_app/services/previous.py",
        "modules_app/operator/data.py",
        "modules_app/operator/install.py",
        "modules_app/operator/upgrade.py",
        "modules_app/operator/rollback.py",
        "modules_app/operator/repair.py",
        "modules_app/operator/switch.py",
        "modules_app/operator/checking.py",
        "modules_app/operator/problems.py",
        "modules_app/operator/journal.py",
    ): ENGINE,
    (
        "modules_app/services/batches.py",
        "modules_app/services/requirements.py",
        "modules_app/services/queueing.py",
        "modules_app/operator/together.py",
    ): SEVERAL,
}

# Checks that may be missing without any difference, and why.
EQUIVALENT: dict[str, str] = {
    "modules_app/packages/tar_reader.py:_GzipStream._more:1": (
        "entries, sizes, records and padding each have a limit that is met first"
    ),
    "modules_app/packages/tar_reader.py:_GzipStream._check_behind_member:0": (
        "the padding before it was read to the end of the member"
    ),
    "modules_app/packages/zip_directory.py:read_directory:0": (
        "a directory that is cut off does not parse"
    ),
    "modules_app/packages/zip_reader.py:ZipArchive._blocks:0": (
        "what is cut off has another size or checksum"
    ),
    "modules_app/services/batches.py:_check:4": "the plan names a state that forbids it before",
    "modules_app/packages/zip_reader.py:_check_local:3": (
        "content that begins elsewhere has another size or checksum"
    ),
}


@dataclass(frozen=True, slots=True)
class CheckMutant:
    """The ``number``-th check of a function; ``text`` is how it begins."""

    file: str
    function: str
    number: int
    text: str
    line: int
    last_line: int

    @property
    def name(self) -> str:
        """Return what names it, also after lines have moved."""
        return f"{self.file}:{self.function}:{self.number}"


def find_mutants(file: str) -> list[CheckMutant]:
    """Return every check of a file."""
    tree = ast.parse((ROOT / file).read_text())
    return [
        CheckMutant(
            file,
            name,
            number,
            ast.unparse(node).splitlines()[0],
            node.lineno,
            node.end_lineno or node.lineno,
        )
        for name, function in _functions(tree, "")
        for number, node in enumerate(_checks(function))
    ]


def apply(mutant: CheckMutant) -> None:
    """Take the check away in this process."""
    source = ROOT / mutant.file
    tree = ast.parse(source.read_text())
    function = dict(_functions(tree, ""))[mutant.function]
    node = list(_checks(function))[mutant.number]
    _Without(node).visit(function)
    ast.fix_missing_locations(tree)
    code = _code_of(compile(tree, str(source), "exec", dont_inherit=True), mutant.function)
    _living(mutant).__code__ = code


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for below in ast.iter_child_nodes(node):
        if isinstance(below, ast.ClassDef):
            yield from _functions(below, f"{prefix}{below.name}.")
        elif isinstance(below, ast.FunctionDef):
            yield f"{prefix}{below.name}", below


def _checks(function: ast.FunctionDef) -> Iterator[ast.stmt]:
    for node in ast.walk(function):
        if isinstance(node, ast.If):
            if not node.orelse and all(isinstance(one, ast.Raise) for one in node.body):
                yield node
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = node.value.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if _CALL.match(name):
                yield node


class _Without(ast.NodeTransformer):
    """Lets a check be reached and never act; its variables stay in use."""

    def __init__(self, node: ast.stmt) -> None:
        self._node = node

    def visit(self, node: ast.AST) -> Any:
        """Replace the one node."""
        if node is not self._node:
            return self.generic_visit(node)
        never = ast.List(elts=[], ctx=ast.Load())
        if isinstance(node, ast.If):
            both = ast.BoolOp(op=ast.And(), values=[node.test, never])
            return ast.copy_location(ast.If(test=both, body=node.body, orelse=[]), node)
        return ast.copy_location(ast.If(test=never, body=[node], orelse=[]), node)


def _code_of(code: types.CodeType, qualified: str) -> types.CodeType:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            if constant.co_qualname == qualified:
                return constant
            if qualified.startswith(f"{constant.co_qualname}."):
                return _code_of(constant, qualified)
    raise LookupError(qualified)


def _living(mutant: CheckMutant) -> Any:
    found: Any = importlib.import_module(mutant.file.removesuffix(".py").replace("/", "."))
    for part in mutant.function.split("."):
        found = inspect.getattr_static(found, part)
    found = getattr(found, "fget", None) or getattr(found, "__func__", None) or found
    return inspect.unwrap(found)


@dataclass
class _Session:
    """A run of pytest that runs all tests once, then each mutant against the tests that met it.

    A test meets a check when the check raises in it; a mutant that no test meets is missed.
    """

    mutants: list[CheckMutant]
    end: float
    found: dict[str, dict[str, str]] = field(default_factory=dict)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Replace the ordinary loop."""
        met = self._run_all(session)
        for mutant in self.mutants:
            if time.monotonic() > self.end:
                break
            tests = met.get(mutant.name, []) or self._without_a_trace(mutant, session)
            caught = self._notices(mutant, tests)
            self.found[mutant.name] = {"breaks": mutant.text, "caught": caught}
            print(f"{caught or 'MISSED'}: {mutant.name}: {mutant.text}", file=sys.stderr)
        return True

    def _run_all(self, session: pytest.Session) -> dict[str, list[pytest.Item]]:
        met: dict[str, list[pytest.Item]] = {}
        places = {
            (str(ROOT / mutant.file), line): mutant.name
            for mutant in self.mutants
            for line in range(mutant.line, mutant.last_line + 1)
        }
        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            raised: set[str] = set()
            with _traced(places, raised):
                passed = _passes(item, following or item)
            if not passed:
                print(f"fails without any mutant: {item.nodeid}", file=sys.stderr)
                continue
            for name in raised:
                met.setdefault(name, []).append(item)
        return met

    def _without_a_trace(self, mutant: CheckMutant, session: pytest.Session) -> list[pytest.Item]:
        """Return the tests for what does its work without raising, or only passes an error on."""
        silent = mutant.text.startswith(("raise_sequence", "if error"))
        return list(session.items) if silent else []

    def _notices(self, mutant: CheckMutant, tests: list[pytest.Item]) -> str:
        living = _living(mutant)
        whole = living.__code__
        apply(mutant)
        try:
            # A search for the smallest bad example does not end if the program does not.
            for item in sorted(tests, key=lambda one: "fuzz" in one.nodeid):
                if not _passes(item, item):
                    return item.nodeid
        finally:
            living.__code__ = whole
        return ""


@contextlib.contextmanager
def _traced(places: dict[tuple[str, int], str], raised: set[str]) -> Iterator[None]:
    """Note which checks raise in the block, in any thread."""
    files = {file for file, _line in places}

    def local(frame: types.FrameType, event: str, _argument: Any) -> Any:
        if event == "exception":
            name = places.get((frame.f_code.co_filename, frame.f_lineno))
            if name:
                raised.add(name)
        return local

    def tracer(frame: types.FrameType, _event: str, _argument: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        frame.f_trace_lines = False
        return local

    threading.settrace(tracer)
    sys.settrace(tracer)
    try:
        yield
    finally:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]


class _TooLong(BaseException):
    """No check and no ``except`` of the program stands in its way."""


def _passes(item: pytest.Item, following: pytest.Item) -> bool:
    def too_long(*_arguments: Any) -> None:
        raise _TooLong("the test does not end")

    if hasattr(item, "_initrequest"):
        item._initrequest()
    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
    try:
        reports = runtestprotocol(item, log=False, nextitem=following)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return not any(report.failed for report in reports)


def run_all(seconds: float = float("inf"), only: str = "") -> dict[str, dict[str, str]]:
    """Run all mutants, or those whose name holds ``only``; only in a process of its own."""
    found: dict[str, dict[str, str]] = {}
    end = time.monotonic() + seconds
    for files, tests in NOTICED_BY.items():
        mutants = [one for file in files for one in find_mutants(file) if only in one.name]
        mutants = [one for one in mutants if one.name not in EQUIVALENT]
        if mutants:
            session = _Session(mutants, end)
            options = ["-q", "-p", "no:cacheprovider"]
            pytest.main([*options, "--hypothesis-profile=ci", *tests], plugins=[session])
            found |= session.found
    return found
