"""Random histories of installs, crashes, altered files and two administrators (reference R4.12)."""

from __future__ import annotations

from tests.crash.worker import in_a_process

# Always the same ones here; `script/torture` plays new ones by the thousand.
HISTORIES = 15


def test_every_history_ends_as_the_model_expects() -> None:
    found = in_a_process("histories", seed=0, seconds=0, histories=HISTORIES)["histories"]
    assert found["failure"] == ""
    assert found["histories"] >= HISTORIES
    assert found["crashes"] >= HISTORIES // 3
