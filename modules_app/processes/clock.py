"""Stamps of time that a changed clock cannot make younger (reference R6.4)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

Stamp = list[Any]
"""Boot of the machine, seconds since then (sleep included), seconds of the clock; fits JSON."""


def stamp() -> Stamp:
    """Return the stamp of this moment."""
    return [boot_id(), seconds_running(), time.time()]


def seconds_since(then: Any, *, over_restarts: bool = False) -> float | None:
    """Return the age of a stamp in seconds; None when it is no proof of anything.

    Within one run of the machine the clock that nobody can set counts, and the other one too when
    it says more: setting it back gains nothing, setting it forward only makes stamps older. After a
    restart of the machine a stamp is worth nothing, or with ``over_restarts`` what the clock says.
    """
    try:
        boot, running, clock = str(then[0]), float(then[1]), float(then[2])
    except (TypeError, ValueError, IndexError, KeyError):
        return None
    by_clock = time.time() - clock
    if boot == boot_id():
        by_kernel = seconds_running() - running
        return max(by_kernel, by_clock) if by_kernel >= 0 else None
    return by_clock if over_restarts and by_clock >= 0 else None


def boot_id() -> str:
    """Return what the kernel calls this run of the machine."""
    return _BOOT_ID.read_text("ascii").strip()


def seconds_running() -> float:
    """Return the seconds since the machine started, those asleep included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
