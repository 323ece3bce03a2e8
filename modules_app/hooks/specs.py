"""The one table of hooks: dispatch, the SDK's base class, checks, documentation and tests read it.

A hook is a method of the module's `ConfigClass`. A new hook is one more row in
``hooks/catalogue/`` and one more method in ``sdk/hooks/``; a test compares the two.
"""

from __future__ import annotations

from modules_app.hooks.catalogue.asterisk import ASTERISK
from modules_app.hooks.catalogue.rest import REST
from modules_app.hooks.catalogue.system import SYSTEM
from modules_app.hooks.catalogue.web import CDR, WEB
from modules_app.hooks.spec import Argument, HookKind, HookSpec, Interface, Surface, Value

__all__ = [
    "HOOKS",
    "Argument",
    "HookKind",
    "HookSpec",
    "Interface",
    "Surface",
    "Value",
    "find_hook",
]

HOOKS: tuple[HookSpec, ...] = (*SYSTEM, *REST, *WEB, *CDR, *ASTERISK)

_BY_NAME = {spec.name: spec for spec in HOOKS}


def find_hook(name: str) -> HookSpec:
    """Return the hook called ``name``; `KeyError` when there is none."""
    return _BY_NAME[name]
