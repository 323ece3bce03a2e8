"""What PBX Admin asks the module."""

from __future__ import annotations

from typing import Any

from modules_app.sdk import ConfigClass

from .models import DroppedAddress

PORT = 8180


class ExampleGuardConf(ConfigClass):
    """The hooks of the module."""

    def get_default_firewall_rules(self) -> dict[str, Any]:
        """Ask for one port; administrators decide from which networks it is reached."""
        rule = {"name": "ExampleGuardPort", "protocol": "tcp", "portfrom": PORT, "portto": PORT}
        return {
            "ModuleExampleGuard": {
                "rules": [rule],
                "action": "allow",
                "shortName": self.translation("BreadcrumbModuleExampleGuard"),
            }
        }

    def on_after_iptables_reload(self) -> list[dict[str, Any]]:
        """Drop what comes from the listed addresses, before any network is let in."""
        addresses = [one.address for one in DroppedAddress.objects.all()]
        return [{"action": "drop", "sources": addresses}] if addresses else []

    def generate_fail2ban_jails(self) -> str:
        """Ask for the usual jail, with the numbers that administrators chose."""
        return "#"

    def generate_fail2ban_filters(self) -> str:
        """Count the lines that `report_attack` writes for this module."""
        return "[Definition]\nfailregex = module_example_guard: wrong code from <HOST>$\n"
