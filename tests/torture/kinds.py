"""The kinds of torture: which module, and its share of the time."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Kind:
    """``module`` has ``run(budget_seconds, seed) -> Counts`` and ``replay(spec) -> Counts``.

    ``drawn`` says that another seed means other cases, so that several may run at once.
    """

    module: str
    share: float
    drawn: bool = False

    def load(self) -> ModuleType:
        """Import the module."""
        return importlib.import_module(self.module)


KINDS: dict[str, Kind] = {
    "points": Kind("tests.torture.points", 2),
    "random": Kind("tests.torture.instants", 4, drawn=True),
    "syscalls": Kind("tests.torture.syscalls", 2, drawn=True),
    "faults": Kind("tests.torture.environment", 2),
    "server": Kind("tests.torture.living_server", 2),
    "modules": Kind("tests.torture.modules", 2),
    "power-loss": Kind("tests.crash.power_loss", 2),
    "mutants": Kind("tests.crash.mutants", 3),
    "histories": Kind("tests.crash.histories", 5, drawn=True),
}
