"""The classes that a module's files define for us."""

from __future__ import annotations

from types import ModuleType
from typing import TypeVar

from modules_app.bridge.registry import RegistryModule
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.between import class_name_of
from modules_app.host.loader import import_role
from modules_app.sdk.conf import ConfigClass
from modules_app.sdk.freepbx import FreePbxModule
from modules_app.sdk.setup import PbxExtensionSetupBase

T = TypeVar("T")


def setup_class(module: RegistryModule) -> type[PbxExtensionSetupBase]:
    """Return the class of ``installer.py``, the base class when there is none."""
    found = _find(module, "installer", PbxExtensionSetupBase, "PbxExtensionSetup")
    return found or PbxExtensionSetupBase


def config_class(module: RegistryModule) -> type[ConfigClass] | None:
    """Return the class of ``conf.py``: ``<Short>Conf``, or the only `ConfigClass` (M1.4)."""
    short = module.id.replace("Module", "")
    return _find(module, "conf", ConfigClass, f"{short}Conf")


def freepbx_class(module: RegistryModule) -> type[FreePbxModule] | None:
    """Return the class of ``module.py``: by name (F1.5), or the only `FreePbxModule`."""
    return _find(module, "module", FreePbxModule, class_name_of(module.id))


def _find(module: RegistryModule, role: str, base: type[T], name: str) -> type[T] | None:
    file = import_role(module, role)
    if file is None:
        return None
    named = getattr(file, name, None)
    if isinstance(named, type) and issubclass(named, base):
        return named
    own = _own_classes(file, base)
    if len(own) > 1:
        raise Refused(
            "module-class-unclear",
            _("{file}.py defines several classes and none is called {name}."),
            context={"file": role, "name": name},
        )
    return own[0] if own else None


def _own_classes(file: ModuleType, base: type[T]) -> list[type[T]]:
    return [
        value
        for value in vars(file).values()
        if isinstance(value, type) and issubclass(value, base) and value.__module__ == file.__name__
    ]
