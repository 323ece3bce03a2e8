"""Engines with a sync missing or two steps swapped are caught; otherwise the explorer sleeps."""

from __future__ import annotations

from tests.crash.worker import in_a_process


def test_every_mutant_of_the_order_of_writes_is_caught() -> None:
    found = in_a_process("disk-mutants", seed=1, seconds=60)
    missed = [f"{name}: {one['breaks']}" for name, one in found.items() if not one["caught"]]
    assert missed == []
    assert len(found) >= 28
