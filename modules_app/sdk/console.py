"""Console commands of a module of the FreePBX contract: ``module run ID COMMAND`` (F1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from modules_app.sdk.freepbx import FreePbxModule


class ConsoleCommand:
    """One command: ``console/<name>.py`` holds a class named as ``<console>`` says.

    Print what is to be read; ``self.module`` is the object of the module's class.
    """

    help: ClassVar[str] = ""
    """One line for whoever asks what the command does."""

    def __init__(self, module: FreePbxModule) -> None:
        self.module = module

    def execute(self, arguments: Sequence[str]) -> int | None:
        """Do it. Return the exit status of the command; nothing stands for 0."""
        raise NotImplementedError(f"{type(self).__name__} has no execute()")
