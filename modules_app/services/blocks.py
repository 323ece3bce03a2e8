"""Blocks of our pages that modules fill (reference M6.5 onVoltBlockCompile)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from modules_app.bridge.hooks import HookAnswer
from modules_app.selectors.answers import implementers
from modules_app.selectors.page_answers import BLOCKS, filling
from modules_app.selectors.reader import statement_about
from modules_app.services.block_html import clean_block
from modules_app.services.hook_calls import PER_MODULE, PER_PAGE, ask_modules, breaker
from modules_app.services.hook_results import last_line


@dataclass(frozen=True, slots=True)
class BlockPart:
    """What one module adds to a block: clean HTML, or a problem that names it.

    ``late``: it let its time run out. ``skipped``: it was not asked, because others did.
    """

    module_id: str
    html: str = ""
    problem: str = ""
    late: bool = False
    skipped: bool = False


@dataclass
class Blocks:
    """Fills the blocks of one page; all of them together may take a second."""

    user: Any
    language: str
    path: str
    token: Callable[[], str] = lambda: ""
    left: float = field(default=PER_PAGE)

    def fill(
        self, page: str, block: str, view: Mapping[str, Any], *, controls: bool = True
    ) -> list[BlockPart]:
        """Return what modules add here, in their order; nothing if nobody fills the block."""
        modules = filling(page, block) if self._anybody else ()
        if not modules:
            return []
        started = time.monotonic()
        answers = ask_modules(
            BLOCKS,
            {"controller": page, "block": block, "view": {"path": self.path, **view}},
            modules=modules,
            statement=statement_about(self.user, language=self.language),
            language=self.language,
            seconds=PER_MODULE,
            total_seconds=self.left,
        )
        self.left = max(0.0, self.left - (time.monotonic() - started))
        parts = (self._part(answer, controls) for answer in answers)
        return [part for part in parts if part.html or part.problem]

    @cached_property
    def _anybody(self) -> bool:
        """Tell whether any module fills any block; asked once for a page, however many it has."""
        return bool(implementers(BLOCKS))

    def _part(self, answer: HookAnswer, controls: bool) -> BlockPart:
        if not answer.ok:
            said = last_line(answer.error)[:300] or "?"
            late = answer.timed_out or breaker.is_open(answer.module_id)
            skipped = not (late or answer.reached)
            return BlockPart(answer.module_id, problem=said, late=late, skipped=skipped)
        text = str(answer.value or "")
        if not text:
            return BlockPart(answer.module_id)
        token = self.token() if "<form" in text.casefold() else ""
        html = clean_block(text, module_id=answer.module_id, token=token, controls=controls)
        return BlockPart(answer.module_id, html=html)
