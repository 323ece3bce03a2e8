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

    def get_config(self, engine: str) -> str:
        """Make a context of the dialplan: *43 plays a greeting."""
        self.pbx.dialplan.add("internal", "*43", "Goto(hellopbx,*43,1)")
        steps = ("exten => *43,1,Answer()", "same => n,Playback(hello-world)", "same => n,Hangup()")
        return "\n".join(("[hellopbx]", *steps))

    def my_dialplan_hooks(self) -> bool:
        """Ask for `do_dialplan_hook`."""
        return True

    def do_dialplan_hook(self, engine: str, priority: int) -> None:
        """Note in Asterisk's log when somebody calls the greeting."""
        self.pbx.dialplan.splice("hellopbx", "*43", 1, "Log(NOTICE,Somebody wants to be greeted)")

    def gen_config(self) -> dict[str, str]:
        """Make a file in Asterisk's folder, for programs that look there."""
        return {"hellopbx.conf": "[general]\ngreeting = hello-world\n"}

    def module_install_check_callback(self, modules: Mapping[str, Any]) -> str | None:
        """Refuse oldpbx, because two modules would greet; ``--force`` overrides that."""
        if "oldpbx" in modules:
            return self.translation("hellopbx_NotBoth")
        return None
