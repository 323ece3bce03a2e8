"""What PBX Admin asks the module."""

from __future__ import annotations

from typing import Any

from modules_app.sdk import ConfigClass


class ExampleWorkerConf(ConfigClass):
    """The hooks of the module."""

    def get_module_workers(self) -> list[dict[str, Any]]:
        """Let both workers run, each with the check that fits it."""
        return [
            {"worker": "Clock", "type": "check_worker_heartbeat"},
            {"worker": "Greeter", "type": "check_worker_queue"},
        ]
