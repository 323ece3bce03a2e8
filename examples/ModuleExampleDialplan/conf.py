"""What PBX Admin asks the module."""

from __future__ import annotations

from typing import Any

from modules_app.sdk import ConfigClass

from .models import DialplanSettings
from .workers import CallCounter

CONTEXT = "module-example-dialplan"


class ExampleDialplanConf(ConfigClass):
    """The hooks of the module."""

    def extension_gen_internal(self) -> str:
        """Add two numbers that every telephone can call."""
        return f"exten => 5555,1,Goto({CONTEXT},count,1)\nexten => 5556,1,Goto({CONTEXT},last,1)\n"

    def extension_gen_contexts(self) -> str:
        """Add what they lead to: the one asks a worker, the other runs a script."""
        return (
            f"[{CONTEXT}]\n"
            "exten => count,1,Answer()\n"
            f"same => n,AGI(agi://127.0.0.1:{CallCounter.port}/count)\n"
            "same => n,SayNumber(${MODULE_EXAMPLE_COUNT})\n"
            "same => n,Hangup()\n"
            "exten => last,1,Answer()\n"
            "same => n,AGI(module-example-dialplan.py)\n"
            "same => n,SayDigits(${FILTER(0-9,${MODULE_EXAMPLE_LAST})})\n"
            "same => n,Hangup()\n"
        )

    def generate_incoming_rout_before_dial(self, rout_number: str) -> str:
        """Show with each incoming call which number was called; "X!" stands for any."""
        return "same => n,Set(CALLERID(name)=${FROM_DID}: ${CALLERID(name)})"

    def override_pjsip_options(
        self, extension: str, options: dict[str, str]
    ) -> dict[str, Any] | None:
        """Let one telephone be registered on more devices, or on fewer."""
        settings = DialplanSettings.current()
        if extension != settings.number or options.get("type") != "aor":
            return None
        return {**options, "max_contacts": settings.devices}

    def get_module_workers(self) -> list[dict[str, Any]]:
        """Let the server for 5555 run."""
        return [{"worker": "CallCounter", "type": "check_worker_heartbeat"}]
