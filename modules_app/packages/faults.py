"""Named places where a test may kill the process, to prove what a crash leaves behind (R4.6).

Off unless the environment says ``PBX_FAULT="name:action"`` with the action ``kill9`` (as a power
cut for the process), ``exit`` (leave at once with status 70), ``stop`` (stand still until somebody
sends SIGCONT) or ``raise`` (`FaultInjected`). ``PBX_FAULT_LOG`` names a file that gets a line for
every point that is reached.
"""

from __future__ import annotations

import os
import signal

EXIT_STATUS = 70

_declared: dict[str, str] = {}


class FaultInjected(RuntimeError):
    """A test asked for a failure here. No product code catches it by name."""


def declare_fault_point(name: str, meaning: str) -> str:
    """Register a fault point and return its name, so that tests can walk all of them."""
    if _declared.setdefault(name, meaning) != meaning:
        raise ValueError(f"fault point {name!r} is declared twice")
    return name


def declared_fault_points() -> dict[str, str]:
    """Return every declared fault point with its meaning."""
    return dict(_declared)


def fault_point(name: str) -> None:
    """Do what ``PBX_FAULT`` asks for at this point; nothing in normal life."""
    if name not in _declared:
        raise ValueError(f"fault point {name!r} was never declared")
    if log := os.environ.get("PBX_FAULT_LOG"):
        _note(log, name)
    wanted, _, action = os.environ.get("PBX_FAULT", "").partition(":")
    if wanted != name:
        return
    if action == "kill9":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif action == "exit":
        os._exit(EXIT_STATUS)
    elif action == "raise":
        raise FaultInjected(name)
    else:
        raise ValueError(f"PBX_FAULT={wanted}:{action} names no action")


def _note(path: str, name: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(fd, f"{name}\n".encode())
    finally:
        os.close(fd)
