"""When the operator looks at generated configuration without an operation having ended."""

from __future__ import annotations

import logging
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from django.db import DatabaseError, connections

from modules_app.models import SurfaceState
from modules_app.operator.collecting import collect_idle
from modules_app.operator.surfaces import refresh
from modules_app.operator.tools import Tools
from modules_app.selectors.registry import current_sequence
from modules_app.surfaces.base import Surface
from modules_app.surfaces.table import SURFACES

log = logging.getLogger("pbxadmin.operator")

LOOK_SECONDS = 60.0


class SurfaceWatch:
    """Looks beside the operator's loop, which must not wait for programs; one per operator.

    A look is due when the enabled set changed, when somebody asked for one
    (`services.surfaces.ask_refresh`), when a surface says so, and once a minute for what nobody
    announced: a file that was altered, a failure that can be tried again.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="surfaces")
        self._running: Future[None] | None = None
        self._sequence = -1
        self._looked = float("-inf")

    def look(self) -> None:
        """Start a look if one is due and none is under way."""
        if self._running is not None and not self._running.done():
            return
        with suppress(DatabaseError):
            if self._is_due():
                self._running = self._pool.submit(self._refresh)

    def close(self) -> None:
        """Wait for the look under way."""
        self._pool.shutdown(wait=True)

    def _is_due(self) -> bool:
        now, sequence = time.monotonic(), current_sequence()
        due = now - self._looked > LOOK_SECONDS or sequence != self._sequence
        due = due or SurfaceState.objects.filter(asked=True).exists()
        if due or any(_is_wanted(surface) for surface in SURFACES):
            self._looked, self._sequence = now, sequence
            return True
        return False

    def _refresh(self) -> None:
        try:
            collect_idle(self._tools)
            refresh(self._tools)
        finally:
            with suppress(Exception):  # closing a broken connection must not hide anything
                connections.close_all()


def _is_wanted(surface: Surface) -> bool:
    try:
        return surface.is_due()
    except DatabaseError:
        raise
    except Exception:  # the boundary: a fault in one surface must not end the operator
        log.exception("unexpected error in the surface %s", surface.name)
        return False
