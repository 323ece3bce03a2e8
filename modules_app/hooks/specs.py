"""The one table of hooks: dispatch, the SDK's base class, documentation and tests read it.

A hook is a method of the module's `ConfigClass`. A new hook is one more row here and one more
method there; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from modules_app.exceptions import gettext_noop as _


class HookKind(StrEnum):
    """What the answer of a hook means."""

    VETO = "veto"  # exactly False refuses; everything else lets it go on (reference M3.1)
    NOTIFY = "notify"  # the answer does not matter
    MUTATE = "mutate"  # the hook changes its argument


class Surface(StrEnum):
    """Where a hook's result lands."""

    OPERATION = "operation"
    SIDEBAR = "sidebar"


@dataclass(frozen=True, slots=True)
class HookSpec:
    """One named point where a module plugs in; ``seed_name`` is the seeds' spelling."""

    name: str
    seed_name: str
    kind: HookKind
    surface: Surface
    arguments: tuple[str, ...]
    docs: str


HOOKS: tuple[HookSpec, ...] = (
    HookSpec(
        "on_before_module_enable",
        "onBeforeModuleEnable",
        HookKind.VETO,
        Surface.OPERATION,
        (),
        _("Asked before the module is enabled. False refuses; messages say why."),
    ),
    HookSpec(
        "on_after_module_enable",
        "onAfterModuleEnable",
        HookKind.NOTIFY,
        Surface.OPERATION,
        (),
        _("Called after the module was enabled. It may be called again for the same change."),
    ),
    HookSpec(
        "on_before_module_disable",
        "onBeforeModuleDisable",
        HookKind.VETO,
        Surface.OPERATION,
        (),
        _("Asked before the module is disabled. False refuses; messages say why."),
    ),
    HookSpec(
        "on_after_module_disable",
        "onAfterModuleDisable",
        HookKind.NOTIFY,
        Surface.OPERATION,
        (),
        _("Called after the module was disabled. It may be called again for the same change."),
    ),
    HookSpec(
        "on_before_header_menu_show",
        "onBeforeHeaderMenuShow",
        HookKind.MUTATE,
        Surface.SIDEBAR,
        ("menu",),
        _("Adds items to the sidebar. Asked when the module is installed and enabled."),
    ),
)

_BY_NAME = {spec.name: spec for spec in HOOKS}


def find_hook(name: str) -> HookSpec:
    """Return the hook called ``name``; `KeyError` when there is none."""
    return _BY_NAME[name]
