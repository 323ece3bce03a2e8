"""Power cuts: every operation of the engine against every state that a weak disk may be left in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.crash.box import open_box
from tests.crash.worker import in_a_process
from tests.torture.counts import Counts

if TYPE_CHECKING:
    from tests.crash.explore import Findings


def run(budget_seconds: float, seed: int) -> Counts:
    """Explore all scenarios, with as many real recoveries as fit into the time."""
    return _counts(in_a_process("power-loss", seed=seed, seconds=budget_seconds), seed)


def replay(spec: str) -> Counts:
    """Explore one scenario again, as ``scenario:seed``."""
    scenario, _, seed = spec.rpartition(":")
    return _counts(
        in_a_process("power-loss", seed=int(seed), seconds=120.0, only=[scenario]), int(seed)
    )


def explore_all(
    seconds: float, seed: int, only: list[str] | None = None, sample: int = 100_000
) -> dict[str, Findings]:
    """Return the findings of each scenario. Only in a process of its own (`in_a_process`).

    ``sample`` is how many states of each the real recovery is run on, if there is time.
    """
    with open_box() as box:
        from tests.crash.explore import explore, record_scenario
        from tests.crash.scenarios import SCENARIOS

        empty = box.save()
        chosen = only or list(SCENARIOS)
        end = time.monotonic() + seconds
        found = {}
        for left, name in zip(range(len(chosen), 0, -1), chosen, strict=True):
            recorded = record_scenario(box, SCENARIOS[name], empty)
            found[name] = explore(
                box,
                recorded,
                sample=sample,
                deep=max(1, min(4, sample // 10)),
                deadline=time.monotonic() + (end - time.monotonic()) / left,
                seed=seed,
            )
        return found


def _counts(found: dict[str, dict[str, object]], seed: int) -> Counts:
    counts = Counts()
    for name, findings in found.items():
        counts.crash_states += int(str(findings["states"]))
        counts.faults[f"power cut, recovered for real: {name}"] += int(str(findings["recovered"]))
        for violation in findings["violations"]:  # type: ignore[attr-defined]
            counts.fail(f"power-loss:{name}:{seed}", violation)
    return counts
