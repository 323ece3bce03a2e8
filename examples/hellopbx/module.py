"""The class of the module, FreePBX contract."""

from __future__ import annotations

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
