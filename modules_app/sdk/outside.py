"""What module code may ask of PBX Admin around it, whatever process it runs in.

The process that runs module code says once how (`provide`); the SDK itself touches no files.
"""

from __future__ import annotations

from typing import Protocol

from modules_app.sdk.context import current_module


class Outside(Protocol):
    """What host, operator's children and workers provide."""

    def ask_reload(self, module_id: str, hooks: tuple[str, ...]) -> None:
        """Store that the answers to these hooks have changed."""

    def job_waits(self, module_id: str, queue: str) -> None:
        """Wake the workers of a queue."""

    def hook_failed(self, module_id: str, hook: str, traceback: str, seconds: float) -> None:
        """Note that a hook which the host or another module called failed (reference F9.1)."""

    def hook_went_well(self, module_id: str, hook: str, seconds: float) -> None:
        """Note that such a hook did what it should."""


_outside: Outside | None = None


def provide(outside: Outside | None) -> None:
    """Say how this process reaches PBX Admin; None for not at all."""
    global _outside
    _outside = outside


def outside() -> Outside | None:
    """Return how this process reaches PBX Admin, None where that is impossible (a trial)."""
    return _outside


def ask_reload(*hooks: str) -> None:
    """Ask PBX Admin to call these hooks of the module again and to apply their new answers.

    Call it when your data changed so that, say, `create_cron_tasks` would now answer something
    else; without names, all hooks whose answers are stored are called. It returns at once; wishes
    of the same second are carried out together, and it survives a crash. Raises `ValueError` for a
    name that is no such hook, `modules_app.sdk.Refused` when the module asks far too often.
    """
    facts = current_module()
    reached = outside()
    if reached is not None:
        reached.ask_reload(facts.id, hooks)
