"""What a module has to say to the installation or removal of another one (reference F9.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modules_app.bridge.registry import RegistryModule
from modules_app.host.loader import import_role
from modules_app.sdk.freepbx import FreePbxModule

INSTALL_CHECK = "module_install_check_callback"
UNINSTALL_CHECK = "module_uninstall_check_callback"

Callback = Callable[[Mapping[str, Any]], Any]


def find_callback(
    module: RegistryModule, owner: FreePbxModule | None, name: str
) -> Callback | None:
    """Return the method ``name`` of the module's class, or ``<raw>_<name>`` of module.py."""
    method = getattr(owner, name, None)
    if callable(method):
        return method  # type: ignore[no-any-return]
    function = getattr(import_role(module, "module"), f"{module.id.replace('-', '_')}_{name}", None)
    return function if callable(function) else None


def callback_names(module: RegistryModule, owner: FreePbxModule | None) -> list[str]:
    """Return which of the two callbacks a module has."""
    names = (INSTALL_CHECK, UNINSTALL_CHECK)
    return [name for name in names if find_callback(module, owner, name) is not None]


def refusals_of(answer: Any) -> list[str] | None:
    """Return the texts of a refusal, None when the callback agrees (None or True).

    False refuses without a text; a text, or a list or dict of them, is why. Nothing in there
    agrees, as an empty list of complaints does.
    """
    if answer is False:
        return []
    if answer is True or not answer:
        return None
    if isinstance(answer, Mapping):
        answer = list(answer.values())
    texts = answer if isinstance(answer, list | tuple) else [answer]
    return [str(text) for text in texts]
