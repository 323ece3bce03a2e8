"""The class of the module, FreePBX contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modules_app.sdk import FreePbxModule

WORD = "greeter_word"
"""The setting with the word that greets; its key holds the module's id."""


class Greeter(FreePbxModule):
    """Greets where Hello PBX greets, with a word that is a setting."""

    def install(self) -> None:
        """Choose a word, unless there is one from before."""
        if not self.settings.get(WORD):
            self.settings.set(WORD, self.translation("greeter_Welcome"))

    def enable(self) -> bool:
        """Refuse to be enabled without a word."""
        if self.settings.get(WORD):
            return True
        self.messages.append(self.translation("greeter_NoWord"))
        return False

    def backup(self) -> dict[str, Any]:
        """Add the setting to an export; the database is in there anyway."""
        return {"word": self.settings.get(WORD)}

    def restore(self, data: Mapping[str, Any]) -> None:
        """Take the setting over."""
        self.settings.set(WORD, data["word"])

    def hellopbx_get_greetings(self, name: str) -> list[str]:
        """Greet ``name``: called when ``Hellopbx.get_greetings`` asks (``<hooks>``)."""
        return [self.greet(name)]

    def greet(self, name: str) -> str:
        """Return the greeting for ``name``."""
        return f"{self.pbx.settings.get(WORD)}, {name}!"
