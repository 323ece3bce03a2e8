"""The program that runs as long as the module is enabled."""

from __future__ import annotations

from modules_app.sdk import LoopWorker

from .main import note


class Ticker(LoopWorker):
    """Takes a note every few seconds."""

    interval = 5.0

    def step(self) -> None:
        """Do one round."""
        note("get_module_workers", "tick")
