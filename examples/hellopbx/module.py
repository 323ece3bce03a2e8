"""The class of the module, FreePBX contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules_app.sdk import FreePbxModule

from .models import Greeting


class Hellopbx(FreePbxModule):
    """The tables of module.xml exist before `install` runs."""

    def install(self) -> None:
        """Greet the world once."""
        Greeting.objects.get_or_create(name="world")

    def uninstall(self) -> None:
        """Say good-bye; the table belongs to the module's data and goes or stays with it."""
        self.messages.append(self.translation("hellopbx_Bye"))

    def get_greetings(self, name: str) -> list[str]:
        """Return how modules that hook this method greet ``name``, in the order of priorities."""
        answers = self.pbx.hooks.process_hooks(name)
        return [str(text) for texts in answers.values() for text in texts or ()]

    def module_install_check_callback(self, modules: Mapping[str, Any]) -> str | None:
        """Refuse oldpbx, because two modules would greet; ``--force`` overrides that."""
        if "oldpbx" in modules:
            return self.translation("hellopbx_NotBoth")
        return None
