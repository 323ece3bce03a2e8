"""What PBX Admin asks the module."""

from __future__ import annotations

from typing import Any

from modules_app.sdk import ConfigClass

from .models import ProgramAccess

USER = "module-example-ami"


class ExampleAmiConf(ConfigClass):
    """The hooks of the module."""

    def generate_manager_conf(self) -> str | None:
        """Add a user that may listen from this machine, and do nothing."""
        access = ProgramAccess.objects.first()
        if access is None:
            return None
        return (
            f"[{USER}]\nsecret = {access.secret}\n"
            "deny = 0.0.0.0/0.0.0.0\npermit = 127.0.0.1/255.255.255.255\n"
            "read = call,cdr,user\n"
        )

    def get_module_workers(self) -> list[dict[str, Any]]:
        """Let the listener run."""
        return [{"worker": "CallListener", "type": "check_worker_ami"}]
