"""A module of the FreePBX contract, written in Python (seed 002, reference F3)."""

from __future__ import annotations

from modules_app.sdk.base import Recorded


class FreePbxModule(Recorded):
    """The class of ``module.py``, named after the module: ``hellopbx`` has ``class Hellopbx``.

    The tables of ``<database>`` and of the module's models exist before `install` runs.
    """

    def install(self) -> bool | None:
        """Prepare the module, also on upgrade. Answer False or raise to refuse."""
        return None

    def uninstall(self) -> bool | None:
        """Undo what `install` did outside the module's own data."""
        return None

    def self_test(self) -> bool | str | list[str] | None:
        """Say whether the module is well, as `ConfigClass.self_test` does."""
        return None


def class_name_of(module_id: str) -> str:
    """Return the name of a module's class: ``asterisk-cli`` gives ``Asteriskdashcli`` (F1.5)."""
    return module_id.replace("-", "dash").lower().capitalize()
