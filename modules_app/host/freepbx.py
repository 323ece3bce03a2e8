"""The object of a module of the FreePBX contract, in a process that has loaded it (F3.9)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.db import DatabaseError

from modules_app.bridge.registry import RegistryModule
from modules_app.domain.destinations import DESTINATIONS
from modules_app.domain.settings import SETTINGS
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.host.classes import freepbx_class
from modules_app.models import PbxSetting
from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.freepbx import FreePbxModule
from modules_app.sdk.records import Records, Settings

_log = logging.getLogger("pbx.host")
_LIFECYCLE = {
    "on_before_module_enable": "enable",
    "on_after_module_disable": "disable",
    DESTINATIONS: DESTINATIONS,
}
"""Under which hook the operator notes how a method ran, or that the module has it."""


class LiveSettings(Settings):
    """The settings of the PBX as they are now; nothing outside of an operation may write them."""

    def __init__(self) -> None:
        super().__init__({})

    def get(self, key: str, default: str = "") -> str:
        """Return the stored value of a setting; its default while the core cannot be read."""
        spec = SETTINGS.get(key)
        fallback = spec.default if spec else default
        try:
            stored = PbxSetting.objects.filter(key=key).values_list("value", flat=True).first()
        except DatabaseError as error:
            _log.warning("the setting %s could not be read: %s", key, error)
            return fallback
        return fallback if stored is None else str(stored)

    def set(self, key: str, value: object) -> bool:
        """Refuse: settings change with an operation or by a person."""
        raise Refused(
            "settings-read-only",
            _("Settings can be written while the module is installed or enabled, not here."),
            context={"key": str(key)},
            hint=_("Keep what changes in the module's own tables."),
        )


def make_freepbx(module: RegistryModule, facts: ModuleFacts) -> FreePbxModule | None:
    """Return the object of ``module.py`` as pages and hooks meet it; None without such a class."""
    kind = freepbx_class(module) if module.contract == "freepbx" else None
    if kind is None:
        return None
    logs = Path(django_settings.PBX_DATA_DIR) / "log" / module.id
    return kind(facts, _manifest(module), Records(LiveSettings(), logs))


def overrides(kind: type | None, method: str) -> bool:
    """Tell whether a module's class has a method of its own."""
    standard = getattr(FreePbxModule, method, None)
    return kind is not None and getattr(kind, method, standard) is not standard


def own_hooks(module: FreePbxModule | None) -> list[str]:
    """Return under which names the operator asks for methods that the module's class has."""
    kind = type(module) if module is not None else None
    return [hook for hook, method in _LIFECYCLE.items() if overrides(kind, method)]


def _manifest(module: RegistryModule) -> Mapping[str, Any]:
    return {"id": module.id, "version": module.version, "facts": module.declared}
