"""What PBX Admin asks the module."""

from __future__ import annotations

from modules_app.sdk import ConfigClass

from .main import BlackListMain


class BlackListConf(ConfigClass):
    """The hooks of the module."""

    def on_after_module_enable(self) -> None:
        """Tell how many numbers are blocked from now on."""
        count = BlackListMain().numbers().count()
        self.messages.append(self.translation("module_black_list_Enabled", count=count))

    def extension_gen_contexts(self) -> str | None:
        """Make one extension for each blocked caller, in a context of the module's own."""
        return BlackListMain().context()

    def generate_incoming_rout_before_dial(self, rout_number: str) -> str:
        """Look for the caller in that context before the call is led anywhere."""
        return BlackListMain().step()
