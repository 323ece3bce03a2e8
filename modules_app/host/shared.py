"""What all modules of one process share, and the way back when one of them changes it (B10, B12).

The modules of a host live in one process. A module that replaces ``json.dumps`` or an entry of
``sys.modules`` while it is imported would break the others, so it is not loaded and what it
replaced is put back. Its wishes for the process, such as a signal handler or a working directory,
are put back without a word. Code that does the same later, in a page, is not noticed.

A host looks at what modules use most after each of them, and at the rest once, after all.
Preflight looks at everything for its one module. What has not changed at all is not compared, see
`host.versions`.
"""

from __future__ import annotations

import locale
import os
import signal
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from modules_app.bridge.registry import PACKAGE
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.host.versions import Versions

_KINDS = (FunctionType, BuiltinFunctionType, type)
_METHODS = (FunctionType, classmethod, staticmethod, property)
_OURS = sys.stdlib_module_names | {"django", "modules_app"}
_HEAP_TYPE = 1 << 9
"""Classes that are made by Python code can be changed by it."""
_LISTED = 5
_MOST_USED = (
    "builtins",
    "json",
    "os",
    "sys",
    "re",
    "time",
    "threading",
    "socket",
    "sqlite3",
    "logging",
    "importlib",
    "django.http",
    "django.shortcuts",
    "django.urls",
    "django.template",
    "django.db.models",
    "modules_app.sdk",
    "modules_app.host",
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A module with its functions and classes, or a class with its methods, before any module."""

    name: str
    holder: ModuleType | type
    values: dict[str, Any]


@dataclass
class _Memory:
    """What there was before any module."""

    modules: dict[str, ModuleType] = field(default_factory=dict)
    known: list[_Known] = field(default_factory=list)
    versions: Versions = field(default_factory=lambda: Versions(()))


_memory = _Memory()


def remember() -> None:
    """Learn what there is, in the zygote, once; at the latest before the first module."""
    classes: dict[type, None] = {}
    _memory.known.clear()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in _OURS or not isinstance(module, ModuleType):
            continue
        known = {key: value for key, value in vars(module).items() if isinstance(value, _KINDS)}
        _memory.modules[name] = module
        _memory.known.append(_Known(name, module, known))
        values = (value for value in known.values() if isinstance(value, type))
        classes |= dict.fromkeys(value for value in values if value.__flags__ & _HEAP_TYPE)
    for kind in classes:
        methods = {k: v for k, v in vars(kind).items() if isinstance(v, _METHODS)}
        _memory.known.append(_Known(f"{kind.__module__}.{kind.__qualname__}", kind, methods))
    _memory.versions = Versions([one.holder for one in _memory.known])


@contextmanager
def kept(*, thorough: bool = False) -> Iterator[None]:
    """Put back, after the block, what it changed of the things that modules share.

    Raises ``ModuleError`` ("module-changes-others") if functions, classes or modules were replaced
    that others use. Only with ``thorough`` all of them are compared, see `put_back_all`.
    """
    if not _memory.modules:
        remember()
    before = _Process.now()
    try:
        yield
    finally:
        before.put_back()
        changed = _put_back(thorough=thorough)
    if changed:
        raise changes_others(changed)


def changes_others(names: Iterable[str]) -> ModuleError:
    """Return the error for a module that replaced these functions, classes or modules."""
    return ModuleError(
        "module-changes-others",
        _("It replaces what other modules use, too: {names}."),
        context={"names": ", ".join([*names][:_LISTED])},
        hint=_("Tell the module's author to change only the module's own code."),
    )


def put_back_all() -> dict[str, list[str]]:
    """Put back everything that any module replaced; return the names by who replaced them.

    Whose it was is told by the code of what stood there; "" where that does not tell.
    """
    culprits: dict[str, list[str]] = {}
    for name, value in _put_back(thorough=True).items():
        parts = str(getattr(value, "__module__", None) or "").split(".")
        who = ".".join(parts[:2]) if parts[0] == PACKAGE else ""
        culprits.setdefault(who, []).append(name)
    return culprits


def _put_back(*, thorough: bool) -> dict[str, Any]:
    """Restore what was replaced and return it by name."""
    changed: dict[str, Any] = {}
    for name, module in _memory.modules.items():
        found = sys.modules.get(name)
        if found is not module:
            sys.modules[name] = module
            changed[name] = found
    for number in _memory.versions.changed():
        known = _memory.known[number]
        if thorough or (known.name.startswith(_MOST_USED) and known.name in _memory.modules):
            _restore(known, changed)
            _memory.versions.accept(number)
    return changed


def _restore(known: _Known, changed: dict[str, Any]) -> None:
    now = known.holder.__dict__
    if known.values.items() <= now.items():
        return
    for key, value in known.values.items():
        found = now.get(key)
        if found is not value:
            changed[f"{known.name}.{key}"] = found
            setattr(known.holder, key, value)


@dataclass(frozen=True, slots=True)
class _Process:
    """What a process has one of."""

    umask: int
    folder: str
    paths: tuple[str, ...]
    timeout: float | None
    language: str
    handlers: dict[int, Any]

    @classmethod
    def now(cls) -> _Process:
        """Return how it is."""
        umask = os.umask(0o077)
        os.umask(umask)
        handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
        return cls(
            umask,
            os.getcwd(),  # noqa: PTH109 - a plain string
            tuple(sys.path),
            socket.getdefaulttimeout(),
            locale.setlocale(locale.LC_ALL),
            handlers,
        )

    def put_back(self) -> None:
        """Make it so again; folders that were added to ``sys.path`` are searched last."""
        os.umask(self.umask)
        os.chdir(self.folder)
        added = [path for path in sys.path if path not in self.paths]
        sys.path[:] = [*self.paths, *added]
        socket.setdefaulttimeout(self.timeout)
        locale.setlocale(locale.LC_ALL, self.language)
        for number, handler in self.handlers.items():
            if handler is not None and signal.getsignal(number) is not handler:
                with suppress(ValueError, OSError):  # other threads may not, SIGKILL cannot
                    signal.signal(number, handler)
