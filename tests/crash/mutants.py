"""All mutants: of the order of writes, tried by the explorer, and of the checks, tried by tests."""

from __future__ import annotations

from typing import Any

from tests.crash.worker import in_a_process
from tests.torture.counts import Counts

# The explorer needs about a minute; the rest of the time is for the tests.
DISK_SECONDS = 300.0


def run(budget_seconds: float, seed: int) -> Counts:
    """Try every mutant; of the checks as many as there is time for."""
    counts = _counts(in_a_process("disk-mutants", seed=seed, seconds=DISK_SECONDS))
    counts.add(_counts(in_a_process("check-mutants", seed=seed, seconds=budget_seconds)))
    return counts


def replay(spec: str) -> Counts:
    """Try one mutant again, by its name."""
    task = "check-mutants" if spec.startswith("modules_app/") else "disk-mutants"
    return _counts(in_a_process(task, seed=0, seconds=DISK_SECONDS, only=[spec]))


def _counts(found: dict[str, dict[str, Any]]) -> Counts:
    counts = Counts(
        mutants=len(found), mutants_caught=sum(bool(o["caught"]) for o in found.values())
    )
    for name, one in found.items():
        if not one["caught"]:
            counts.fail(f"mutants:{name}", f"nobody notices: {one['breaks']}")
    return counts
