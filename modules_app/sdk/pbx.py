"""``self.pbx`` of a module of the FreePBX contract: what it reaches around itself (F3.9, F9.1)."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar, Protocol

from django.db import connections

from modules_app.domain.generated_files import is_own_file
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.between import ClassName, Plug
from modules_app.sdk.context import ModuleFacts, current_module
from modules_app.sdk.records import Records


class Owner(Protocol):
    """The module's object, as far as ``self.pbx`` needs it."""

    module_unique_id: str
    namespace: ClassVar[str]


class System(Protocol):
    """What the process that runs module code provides: the modules that are loaded in it."""

    def hooks_of(self, target: ClassName, method: str) -> list[Plug]:
        """Return the hooks that wait for this method, in the order of calling."""

    def call(self, plugs: list[Plug], arguments: tuple[Any, ...]) -> dict[str, Any]:
        """Call them, each with these arguments, and return the answers by module."""

    def module(self, module_id: str) -> Any:
        """Return the object of a loaded module, None for any other."""

    def enabled(self) -> Collection[str]:
        """Return the ids of the modules that are enabled."""


_system: list[System] = []


def use_system(system: System | None) -> None:
    """Say which modules this process has; PBX Admin calls it."""
    _system[:] = [system] if system is not None else []


def current_system() -> System | None:
    """Return what `use_system` was told."""
    return _system[0] if _system else None


def this_module() -> Any:
    """Return the object of the running module's class in module.py, as views need it.

    None for a module without such a class. Raises `RuntimeError` outside of module code.
    """
    system = current_system()
    return system.module(current_module().id) if system else None


class HookCaller:
    """Lets other modules take part: ``self.pbx.hooks.process_hooks(...)``."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def process_hooks(self, *arguments: Any) -> dict[str, Any]:
        """Call the hooks that wait for the method from which this is called.

        The answers come by the hooking modules' names (``Greeter``). Each hook gets the original
        arguments. A hook that raises is noted as a failure of its module and left out. Raises
        ``ModuleError`` outside of a method of the module's class.
        """
        method = _calling_method(self._owner, sys._getframe(1))
        return self._call(self.find_hooks(self._own_class(), method), arguments)

    def process_hooks_by_class_method(
        self, class_name: str, method: str, *arguments: Any
    ) -> dict[str, Any]:
        """Call the hooks that wait for ``method`` of a class, whoever calls this."""
        return self._call(self.find_hooks(class_name, method), arguments)

    def process_hooks_by_module(self, module_id: str, *arguments: Any) -> dict[str, Any]:
        """Do as `process_hooks` does, but call only the hooks of one module."""
        method = _calling_method(self._owner, sys._getframe(1))
        found = self.find_hooks(self._own_class(), method)
        return self._call([plug for plug in found if plug.module_id == module_id], arguments)

    def find_hooks(self, class_name: str, method: str) -> list[Plug]:
        """Return what waits for ``method`` of a class, in the order of calling."""
        system = current_system()
        return system.hooks_of(ClassName.read(class_name), method) if system else []

    def _own_class(self) -> str:
        return f"{self._owner.namespace}\\{type(self._owner).__name__}"

    def _call(self, plugs: list[Plug], arguments: tuple[Any, ...]) -> dict[str, Any]:
        system = current_system()
        return system.call(plugs, arguments) if system and plugs else {}


class Modules:
    """The other modules: ``self.pbx.modules``."""

    def __init__(self, enabled: Collection[str]) -> None:
        self._enabled = enabled

    def __getitem__(self, module_id: str) -> Any:
        """Return the object of another loaded module; `KeyError` when it is not loaded here."""
        found = self.get(module_id)
        if found is None:
            raise KeyError(module_id)
        return found

    def get(self, module_id: str) -> Any:
        """Return the object of another loaded module or None."""
        system = current_system()
        return system.module(module_id) if system else None

    def is_enabled(self, module_id: str) -> bool:
        """Tell whether a module is enabled."""
        system = current_system()
        return module_id in self._enabled or bool(system and module_id in system.enabled())


class Pbx:
    """What a module reaches: hooks, modules, settings, dialplan, its database."""

    def __init__(self, owner: Owner, facts: ModuleFacts, records: Records) -> None:
        self.hooks = HookCaller(owner)
        self.modules = Modules(records.enabled)
        self.settings = records.settings
        self.dialplan = records.dialplan
        self._facts = facts
        self._files = records.config_files

    def write_config(self, files: Mapping[str, str]) -> None:
        """Ask for files in Asterisk's folder; each name begins with the module's own.

        Raises `ValueError` for a name that is not ``<module>….conf``, and for what is not text.
        """
        for name, text in files.items():
            if not is_own_file(self._facts.id, name) or not isinstance(text, str):
                raise ValueError(f"{name!r} is no text file whose name begins with the module's")
            self._files[name] = text

    @property
    def database(self) -> Path:
        """Return where the module's own database lies."""
        return Path(str(connections[self._facts.label].settings_dict["NAME"]))

    @property
    def titles(self) -> Mapping[str, str]:
        """Return the module's name by language."""
        return self._facts.titles


def _calling_method(owner: Owner, frame: FrameType | None) -> str:
    """Return the nearest method of ``owner`` that is running, seen from ``frame``."""
    kind = type(owner)
    while frame is not None:
        code = frame.f_code
        first = code.co_varnames[0] if code.co_argcount else ""
        if first and frame.f_locals.get(first) is owner and hasattr(kind, code.co_name):
            return code.co_name
        frame = frame.f_back
    raise ModuleError(
        "hooks-without-method",
        _("Hooks can be asked for only inside a method of {name}."),
        context={"name": kind.__name__},
        hint=_("Name the class and the method: process_hooks_by_class_method."),
    )
