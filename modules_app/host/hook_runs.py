"""Hooks that run with each request of a module: their results reach its page all the same.

A request may come many times in a second. A result is told when it differs from the one before,
else at most once a minute; see `modules_app.bridge.hook_faults` for the way.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import Any

from modules_app.sdk.outside import outside

QUIET_SECONDS = 60.0

_told: dict[tuple[str, str], tuple[float, bool]] = {}


def run_hook(
    module_id: str,
    hook: str,
    call: Callable[[], Any],
    *,
    answers: tuple[type[BaseException], ...] = (),
) -> Any:
    """Return what ``call`` returns, and tell how it went; raises what it raises.

    Exceptions of the kinds ``answers`` are a way to say no, hence no failure.
    """
    started = time.monotonic()
    try:
        found = call()
    except answers:
        _tell(module_id, hook, "", time.monotonic() - started)
        raise
    except BaseException:  # foreign code; whoever asked answers for the exception
        _tell(module_id, hook, traceback.format_exc(), time.monotonic() - started)
        raise
    _tell(module_id, hook, "", time.monotonic() - started)
    return found


def _tell(module_id: str, hook: str, failure: str, seconds: float) -> None:
    now = time.monotonic()
    before = _told.get((module_id, hook))
    if before is not None and before[1] == (not failure) and now - before[0] < QUIET_SECONDS:
        return
    _told[module_id, hook] = (now, not failure)
    reached = outside()
    if reached is None:
        return
    if failure:
        reached.hook_failed(module_id, hook, failure, seconds)
    else:
        reached.hook_went_well(module_id, hook, seconds)
