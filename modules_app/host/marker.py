"""Whose code a worker runs right now, in memory that it shares with the process above it (R4.8).

Writing the marker costs two stores into a page of memory, so every request does it. What it says
is as honest as the code in the worker: it tells accidents apart, it convicts nobody.
"""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

_LAYOUT = struct.Struct("<BxHxxxxd")
_SERVING_AT = _LAYOUT.size


class Doing(IntEnum):
    """What a worker runs of a module."""

    NOTHING = 0
    IMPORT = 1
    REQUEST = 2
    HOOK = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """What a worker is doing: ``module`` counts from 0, ``since`` is on the monotonic clock."""

    doing: Doing = Doing.NOTHING
    module: int = -1
    since: float = 0.0

    def seconds(self) -> float:
        """Return for how long."""
        return time.monotonic() - self.since if self.doing else 0.0


class Marker:
    """The shared page of one worker; make it before the fork."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SERVING_AT + 1)

    @property
    def serving(self) -> bool:
        """Tell whether the worker has loaded all modules and answers requests."""
        return self._memory[_SERVING_AT] == 1

    def begin_to_serve(self) -> None:
        """Say so."""
        self._memory[_SERVING_AT] = 1

    def read(self) -> Moment:
        """Return what the worker does, or did when it died."""
        doing, module, since = _LAYOUT.unpack_from(self._memory)
        known = doing in Doing.__members__.values()
        return Moment(Doing(doing), module, since) if known and doing else Moment()

    def write(self, moment: Moment) -> None:
        """Say what happens from now on."""
        number = moment.module if moment.doing else 0
        _LAYOUT.pack_into(self._memory, 0, moment.doing, number, moment.since)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()


_marker: Marker | None = None
_numbers: dict[str, int] = {}


def use(marker: Marker, module_ids: Sequence[str]) -> None:
    """Write this process's doings into ``marker``; modules are numbered as in ``module_ids``."""
    global _marker, _numbers
    _marker = marker
    _numbers = {module_id: number for number, module_id in enumerate(module_ids)}


def entering(module_id: str) -> None:
    """Note that the code of ``module_id`` is imported from now on; "" for none."""
    _note(Doing.IMPORT if module_id else Doing.NOTHING, module_id)


@contextmanager
def marked(module_id: str, doing: Doing = Doing.REQUEST) -> Iterator[None]:
    """Note that code of a module runs inside the block."""
    before = _marker.read() if _marker is not None else Moment()
    _note(doing, module_id)
    try:
        yield
    finally:
        if _marker is not None:
            _marker.write(before)


def _note(doing: Doing, module_id: str) -> None:
    if _marker is None:
        return
    number = _numbers.get(module_id, -1)
    _marker.write(Moment(doing, number, time.monotonic()) if number >= 0 else Moment())
