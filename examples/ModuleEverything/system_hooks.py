"""Hooks of the system: being switched, events, and files of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .main import note

PORT = 8190


class LifeHooks:
    """Called around switching on and off, and after changes of core records."""

    messages: list[str]

    def on_before_module_enable(self) -> bool:
        """Agree, with a message for whoever asked."""
        self.messages.append("ModuleEverything agrees to be enabled.")
        return True

    def on_after_module_enable(self) -> None:
        """Take a note."""
        note("on_after_module_enable")

    def on_before_module_disable(self) -> bool:
        """Agree."""
        return True

    def on_after_module_disable(self) -> None:
        """Take a note; it is there when the module is enabled again."""
        note("on_after_module_disable")

    def models_event_change_data(self, data: dict[str, Any]) -> None:
        """Note which record changed."""
        note("models_event_change_data", f"{data['model']} {data['recordId']}")

    def models_event_need_reload(self, planned_actions: dict[str, Any]) -> None:
        """Note what is made anew."""
        note("models_event_need_reload", ", ".join(sorted(planned_actions)))

    def core_references(self, question: dict[str, Any]) -> list[Any]:
        """Protect what the fields of the module protect, and one made-up kind besides."""
        if question.get("kind") == "everything":
            return [{"model": "HookNote", "text": "A note of ModuleEverything"}]
        return super().core_references(question) or []  # type: ignore[misc]


class SystemHooks:
    """Answers that become parts of generated files."""

    module_dir: Path

    def get_module_workers(self) -> list[dict[str, Any]]:
        """Let one worker run."""
        return [{"worker": "Ticker", "type": "check_worker_heartbeat"}]

    def create_cron_tasks(self, tasks: list[str]) -> None:
        """Run the script of the module each night."""
        tasks.append(f"23 4 * * * {self.module_dir}/bin/everything-nightly\n")

    def get_default_firewall_rules(self) -> dict[str, Any]:
        """Ask for one port."""
        rule = {"name": "EverythingPort", "protocol": "tcp", "portfrom": PORT, "portto": PORT}
        category = {"rules": [rule], "action": "allow", "shortName": "Everything"}
        return {"ModuleEverything": category}

    def on_after_iptables_reload(self) -> str:
        """Drop what comes from a network that exists in documents only."""
        return "ip saddr 203.0.113.0/24 drop"

    def generate_fail2ban_jails(self) -> str:
        """Ask for the usual jail."""
        return "#"

    def generate_fail2ban_filters(self) -> str:
        """Count the lines that `report_attack` writes for this module."""
        return "[Definition]\nfailregex = module_everything: wrong password from <HOST>$\n"

    def create_nginx_locations(self) -> str:
        """Answer one address of the site without asking anybody."""
        return 'location = /everything/ping {\n    return 200 "pong";\n}\n'

    def create_nginx_servers(self) -> str:
        """Answer on a port of the module's own."""
        return (
            f"server {{\n    listen 127.0.0.1:{PORT};\n"
            '    location / {\n        return 200 "everything";\n    }\n}\n'
        )
