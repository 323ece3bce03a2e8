"""The class of the module, FreePBX contract."""

from __future__ import annotations

from modules_app.sdk import FreePbxModule


class Oldpbx(FreePbxModule):
    """Hello PBX names this module as replaced: both cannot be enabled together."""

    def install(self) -> None:
        """Say where to go."""
        self.messages.append(self.translation("oldpbx_Replaced"))
