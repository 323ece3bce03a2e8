"""A module of the FreePBX contract, written in Python (seed 002, reference F3.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from modules_app.hooks.between import NAMESPACE
from modules_app.sdk.base import Recorded
from modules_app.sdk.freepbx_pages import PageMethods
from modules_app.sdk.pbx import Pbx


class FreePbxModule(PageMethods, Recorded):
    """The class of ``module.py``, named after the module: ``hellopbx`` has ``class Hellopbx``.

    The tables of ``<database>`` and of the module's models exist before `install` runs. What other
    modules hook is asked for with ``self.pbx.hooks.process_hooks(...)``.
    """

    namespace: ClassVar[str] = NAMESPACE
    """The namespace under which other modules name this class in their ``<hooks>``."""

    @property
    def pbx(self) -> Pbx:
        """What the module reaches around itself: hooks, other modules, settings, database."""
        return Pbx(self, self._facts, self._records)

    def install(self) -> bool | None:
        """Prepare the module, also on upgrade. Answer False or raise to refuse."""
        return None

    def uninstall(self) -> bool | None:
        """Undo what `install` did outside the module's own data."""
        return None

    def enable(self) -> bool | None:
        """Prepare to be used. Answer False or raise to refuse; nothing has changed then."""
        return None

    def disable(self) -> None:
        """Tidy up after the module was switched off; what it answers does not matter (F3.5)."""

    def backup(self) -> Mapping[str, Any] | None:
        """Return what an export holds beside the module's database: values that JSON knows."""
        return None

    def restore(self, data: Mapping[str, Any]) -> bool | None:
        """Take over what `backup` returned; the database is back already. False refuses."""
        return None

    def get_config(self, engine: str) -> str | None:
        """Return contexts of the dialplan; ``engine`` is "asterisk".

        Called at the priority of ``<methods>``, else at 100; PBX Admin's own contexts stand at
        480 (reference F9.4). ``self.pbx.dialplan`` can be used as well. What is returned is
        stored: call `ask_reload("get_config")` when it would now be something else.
        """
        return None

    def hook_get_config(self, engine: str) -> str | None:
        """Do as `get_config` does, at the priority 600: after PBX Admin's own contexts."""
        return None

    def my_dialplan_hooks(self) -> bool | int:
        """Say whether `do_dialplan_hook` is wanted: True stands for the priority 500 (F9.2)."""
        return False

    def do_dialplan_hook(self, engine: str, priority: int) -> str | None:
        """Change the dialplan of others through ``self.pbx.dialplan``."""
        return None

    def gen_config(self) -> Mapping[str, str] | None:
        """Return files for Asterisk's folder, by name; each name begins with the module's own."""
        return None

    def write_config(self, conf: Mapping[str, str]) -> None:
        """Have the files of `gen_config` written; override it to change them once more."""
        self.pbx.write_config(conf)

    def destinations(self) -> Sequence[Mapping[str, str]]:
        """Return where calls can go that this module takes, asked for by forms (reference F9.6).

        Each is a mapping: "destination" (``context,extension,priority``), "description", which
        people read, and perhaps "category"; without one it is the module's name.
        """
        return ()

    def destination_popovers(self) -> Mapping[str, str]:
        """Return what each page of ``<popovers>`` makes, by its key: ``{"bell": "Bell"}``."""
        return {}

    def self_test(self) -> bool | str | list[str] | None:
        """Say whether the module is well, as `ConfigClass.self_test` does."""
        return None
