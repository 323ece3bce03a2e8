"""Carrying out what modules wish: their hooks are asked again, and what is made of the answers.

A wish is a file (see `modules_app.bridge.wishes`) that goes only after it was carried out, so
whoever dies in between, it is carried out at the next start.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import DatabaseError, connections

from modules_app.bridge.wishes import Wish, forget_wishes, read_wishes, take_wishes, taken_wishes
from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OPEN
from modules_app.domain.states import Fault, Phase, Wanted
from modules_app.exceptions import ModuleError
from modules_app.hooks.keyed import KEYED
from modules_app.models import Module, Operation
from modules_app.operator.collecting import collect
from modules_app.operator.faults import WISHES_TAKEN
from modules_app.operator.tools import Tools
from modules_app.packages.faults import fault_point
from modules_app.selectors.answers import COLLECTED
from modules_app.services.surfaces import ask_refresh

log = logging.getLogger("pbxadmin.operator")

TOGETHER_SECONDS = 1.0
SHORTEST, LONGEST = 1.0, 60.0
CALM_SECONDS = 10.0


@dataclass
class Pace:
    """How often the wishes of each module are carried out: soon, unless it wishes all the time.

    A module that wishes again within 10 s waits twice as long as before, up to a minute.
    """

    now: Callable[[], float] = time.monotonic
    _done_at: dict[str, float] = field(default_factory=dict)
    _pauses: dict[str, float] = field(default_factory=dict)

    def is_due(self, module_id: str) -> bool:
        """Tell whether the module has waited long enough."""
        pause = self._pauses.get(module_id, 0.0)
        return self.now() - self._done_at.get(module_id, float("-inf")) >= pause

    def done(self, module_id: str) -> None:
        """Note that wishes of the module were carried out now."""
        calm = self.now() - self._done_at.get(module_id, float("-inf"))
        before = self._pauses.get(module_id, 0.0)
        again_soon = calm < before + CALM_SECONDS
        self._pauses[module_id] = min(LONGEST, max(SHORTEST, before * 2)) if again_soon else 0.0
        self._done_at[module_id] = self.now()


class WishWatch:
    """Carries wishes out beside the operator's loop; one per operator."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="wishes")
        self._running: Future[None] | None = None
        self._seen: float | None = None
        self._pace = Pace()

    def look(self) -> None:
        """Begin when wishes have waited for a second and nothing is under way."""
        if self._running is not None and not self._running.done():
            return
        due = self._due()
        if not due:
            self._seen = None
            return
        self._seen = self._seen or time.monotonic()
        if time.monotonic() - self._seen >= TOGETHER_SECONDS:
            self._seen = None
            self._running = self._pool.submit(self._carry_out, due)

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown(wait=True)

    def _due(self) -> set[str]:
        data_dir = self._tools.data_dir.root
        waiting = [*read_wishes(data_dir), *taken_wishes(data_dir)]
        return {wish.module_id for wish in waiting if self._pace.is_due(wish.module_id)}

    def _carry_out(self, due: set[str]) -> None:
        try:
            for module_id in carry_out(self._tools, due):
                self._pace.done(module_id)
        except (DatabaseError, OSError, ModuleError) as error:
            log.warning("wishes of modules must wait: %s", error)
            for module_id in due:
                self._pace.done(module_id)
        finally:
            with suppress(Exception):  # closing a broken connection must not hide anything
                connections.close_all()


def carry_out(tools: Tools, module_ids: Iterable[str]) -> list[str]:
    """Ask these modules again and refresh the surfaces; return the modules that were looked at.

    A module with an open operation is left for later; the wish of one that is not in use is
    forgotten, because it will be asked when it is switched on.
    """
    busy = set(Operation.objects.filter(outcome__in=OPEN).values_list("id_fold", flat=True))
    free = {module_id for module_id in module_ids if fold_id(module_id) not in busy}
    taken = [one for one in take_wishes(tools.data_dir.root, free) if one.module_id in {*free, ""}]
    fault_point(WISHES_TAKEN)
    asked = {wish.module_id for wish in taken}
    in_use = Module.objects.filter(
        pk__in=asked, wanted=Wanted.ON, fault=Fault.NONE, language="python"
    ).exclude(phase=Phase.MAINTENANCE)
    for module in in_use:
        if hooks := _hooks(module, [wish for wish in taken if wish.module_id == module.pk]):
            collect(tools, module, hooks)
    if asked - {""}:
        ask_refresh()
        tools.host.wake()
    forget_wishes(tools.data_dir.root, taken)
    return sorted(asked)


def _hooks(module: Module, wishes: list[Wish]) -> list[str]:
    """Return the hooks that are wished and that the module has, in the order of the table."""
    own = set(module.facts.get("hooks") or ())
    everything = any(not wish.hooks for wish in wishes)
    named = {hook for wish in wishes for hook in wish.hooks}
    stored = (*COLLECTED, *KEYED)
    return [hook for hook in stored if hook in own and (everything or hook in named)]
