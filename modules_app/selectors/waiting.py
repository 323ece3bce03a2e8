"""What waits to be applied: the counterpart of FreePBX's "need reload" (reference F3.3, F9.4)."""

from __future__ import annotations

from modules_app.models import SurfaceState
from modules_app.processes.locks import FileLock
from modules_app.selectors.registry import data_dir


def waiting_surfaces() -> tuple[str, ...]:
    """Return the generated configuration that is not what the rows ask for, by name.

    Everything is applied by itself within a moment. What remains is what a program refused or
    could not be reached for, and what nobody looks at because the operator does not run.
    """
    rows = list(SurfaceState.objects.order_by("name").only("name", "problem", "asked"))
    failed = [row.name for row in rows if row.problem is not None]
    asked = [row.name for row in rows if row.asked and row.problem is None]
    if asked and FileLock(data_dir().run / "operator.lock").holder() is not None:
        asked = []
    return tuple(sorted([*failed, *asked]))
