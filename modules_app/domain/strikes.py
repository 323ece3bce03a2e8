"""When a module has crashed too often, and when a start of the host counts as bad (reference R4.8).

Everything counts by starts of the host. The clock of the wall may jump; it is only ever shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StrikeRule:
    """``at_once`` strikes within one start of the host are too many, and ``strikes`` in ``starts``.

    0 switches a rule off.
    """

    at_once: int = 2
    strikes: int = 3
    starts: int = 10

    def broken_by(self, struck_at: Sequence[int], *, now: int) -> bool:
        """Tell whether strikes at these starts of the host are too many at start ``now``."""
        at_once = sum(1 for start in struck_at if start == now)
        lately = sum(1 for start in struck_at if now - self.starts < start <= now)
        return bool(
            (self.at_once and at_once >= self.at_once) or (self.strikes and lately >= self.strikes)
        )


@dataclass(frozen=True, slots=True)
class Patience:
    """When a start counts as bad or good; times in seconds, 0 ``bad_starts`` for never."""

    bad_starts: int = 3
    healthy_seconds: float = 60.0
    probation_seconds: float = 60.0
