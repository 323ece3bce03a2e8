"""A stand-in for the host, so that an operation goes all of its way without one."""

from __future__ import annotations

from typing import Any

from modules_app.domain.states import Wanted
from modules_app.models import Module
from modules_app.operator.host_link import HostLink
from modules_app.packages.datadir import DataDir


class HostOfWord(HostLink):
    """Says of every enabled module that it is loaded, or that it is not."""

    loads: bool

    def __init__(self, data_dir: DataDir, loads: bool) -> None:
        super().__init__(data_dir)
        self.loads = loads

    def wake(self) -> None:
        """Nobody sleeps."""

    def is_running(self) -> bool:
        """Say yes."""
        return True

    def ended(self, sequence: int) -> bool:
        """Say that no older host is left."""
        return True

    def wait_until_ended(self, sequence: int, **_options: Any) -> bool:
        """Say so at once."""
        return True

    def health(self, sequence: int, *, seconds: float = 0) -> dict[str, Any]:
        """Give the same verdict on every enabled module."""
        verdict = {"ok": self.loads, "error": "" if self.loads else "no", "traceback": ""}
        enabled = Module.objects.filter(wanted=Wanted.ON).values_list("id", flat=True)
        return {
            "sequence": sequence,
            "modules": {name: dict(verdict) for name in enabled},
            "safe_mode": False,
            "settled": [],
        }
