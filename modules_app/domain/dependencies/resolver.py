"""One plan for any verb over any set of modules (reference F2.5, U2.3 rule 4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from modules_app.domain.dependencies.plan import Goal, Plan
from modules_app.domain.dependencies.world import World


def resolve(
    world: World,
    goals: Sequence[Goal],
    *,
    cascade: bool = False,
    without: Collection[str] = (),
) -> Plan:
    """Return the ordered steps that fulfil ``goals`` in ``world``, or what stands against them.

    ``cascade`` also disables the enabled modules that need what is disabled or removed; else they
    are a problem. Modules named in ``without`` stay as they are. Never downgrades by itself.
    """
    raise NotImplementedError
