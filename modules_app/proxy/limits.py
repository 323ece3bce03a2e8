"""How much web gives to one request for a module."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ProxyLimits:
    """Bounds of one exchange; times in seconds, sizes in bytes.

    ``seconds`` is the whole exchange, ``switch_seconds`` the wait for a new registry sequence,
    ``held_bytes`` up to which an answer is read whole before it is passed on.
    """

    seconds: float = 25.0
    switch_seconds: float = 3.0
    per_module: int = 2
    request_bytes: int = 100 * MIB
    answer_bytes: int = 1024 * MIB
    header_bytes: int = 32 * 1024
    cookies: int = 20
    held_bytes: int = 256 * 1024


def proxy_limits() -> ProxyLimits:
    """Return the limits of this installation: ``PBX_PROXY`` in the settings changes single ones."""
    changed: dict[str, Any] = getattr(settings, "PBX_PROXY", {})
    return ProxyLimits(**changed)


class Deadline:
    """A moment after which nothing more is done for a request."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left; raises `TimeoutError` when there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the time for this request is over")
        return seconds
