"""Named places where a test may kill the process, to prove what a crash leaves behind (R4.6).

Off unless the environment says ``PBX_FAULT="name:action"`` with the action ``kill9`` (as a power
cut for the process), ``exit`` (leave at once with status 70) or ``raise`` (`FaultInjected`).
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
    wanted, _, action = os.environ.get("PBX_FAULT", "").partition(":")
    if wanted != name:
        return
    if action == "kill9":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "exit":
        os._exit(EXIT_STATUS)
    elif action == "raise":
        raise FaultInjected(name)
    else:
        raise ValueError(f"PBX_FAULT={wanted}:{action} names no action")
