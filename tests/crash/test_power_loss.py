"""A power cut at any moment of any operation leaves the module wholly old or wholly new."""

from __future__ import annotations

from typing import Any

import pytest

from tests.crash.scenarios import SCENARIOS
from tests.crash.worker import in_a_process

# Long runs are `script/torture`; here each scenario is recorded once, every crash state is judged
# by reasoning and some are recovered for real.
SAMPLE = 6
NEVER = 1e9
# Modules in Python ask for several children each; torture has them all.
WITH_CODE = ("install-python", "enable-python")
SHORT = [name for name in SCENARIOS if "python" not in name or name in WITH_CODE]


@pytest.fixture(scope="module")
def explored() -> dict[str, dict[str, Any]]:
    """What the exploration of every scenario found."""
    return in_a_process("power-loss", seed=1, seconds=NEVER, sample=SAMPLE, only=SHORT)


@pytest.mark.parametrize("name", SHORT)
def test_no_crash_state_is_half_old_and_half_new(
    name: str, explored: dict[str, dict[str, Any]]
) -> None:
    assert explored[name]["violations"] == []


def test_the_exploration_was_not_asleep(explored: dict[str, dict[str, Any]]) -> None:
    assert all(found["moments"] >= 4 for found in explored.values())
    assert all(found["recovered"] >= 4 for found in explored.values())
    assert sum(found["states"] for found in explored.values()) > 100_000
    assert sum(found["inside_recovery"] for found in explored.values()) >= len(SHORT) // 2
