"""What all modules of one process share, and the way back when one of them changes it (B10, B12).

The modules of a host live in one process. A module that replaces ``json.dumps`` or an entry of
``sys.modules`` while it is imported would break the others, so it is not loaded and what it
replaced is put back. Its wishes for the process, such as a signal handler or a working directory,
are put back without a word. Code that does the same later, in a page, is not noticed.
"""

from __future__ import annotations

import locale
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _

_KINDS = (FunctionType, BuiltinFunctionType, type)
_METHODS = (FunctionType, classmethod, staticmethod, property)
_OURS = sys.stdlib_module_names | {"django", "modules_app"}
_HEAP_TYPE = 1 << 9
"""Classes that are made by Python code can be changed by it."""
_LISTED = 5


@dataclass
class _Memory:
    """Functions and classes by module, and methods by class, as they were before any module."""

    modules: dict[str, tuple[ModuleType, dict[str, Any]]] = field(default_factory=dict)
    classes: dict[type, dict[str, Any]] = field(default_factory=dict)


_memory = _Memory()


def remember() -> None:
    """Learn what there is, in the zygote, once; at the latest before the first module."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in _OURS or not isinstance(module, ModuleType):
            continue
        known = {key: value for key, value in vars(module).items() if isinstance(value, _KINDS)}
        _memory.modules[name] = (module, known)
        for value in known.values():
            if isinstance(value, type) and value.__flags__ & _HEAP_TYPE:
                methods = vars(value).items()
                _memory.classes[value] = {k: v for k, v in methods if isinstance(v, _METHODS)}


@contextmanager
def kept() -> Iterator[None]:
    """Put back, after the block, what it changed of the things that modules share.

    Raises ``ModuleError`` ("module-changes-others") if functions, classes or modules were replaced
    that others use.
    """
    if not _memory.modules:
        remember()
    before = _Process.now()
    try:
        yield
    finally:
        before.put_back()
        changed = _put_back()
    if changed:
        raise ModuleError(
            "module-changes-others",
            _("It replaces what other modules use, too: {names}."),
            context={"names": ", ".join(changed[:_LISTED])},
            hint=_("Tell the module's author to change only the module's own code."),
        )


def _put_back() -> list[str]:
    """Restore what was replaced and return the names."""
    changed = []
    for name, (module, known) in _memory.modules.items():
        if sys.modules.get(name) is not module:
            sys.modules[name] = module
            changed.append(name)
        if not known.items() <= module.__dict__.items():
            changed += [f"{name}.{key}" for key in _restore(module, known)]
    for kind, known in _memory.classes.items():
        if not known.items() <= kind.__dict__.items():
            changed += [f"{kind.__module__}.{kind.__qualname__}.{k}" for k in _restore(kind, known)]
    return changed


def _restore(holder: Any, known: dict[str, Any]) -> list[str]:
    now = holder.__dict__
    replaced = [key for key, value in known.items() if now.get(key) is not value]
    for key in replaced:
        setattr(holder, key, known[key])
    return replaced


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
