"""Writing settings."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from modules_app import audit
from modules_app.domain.settings import SETTINGS, Kind, SettingSpec
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import PbxSetting
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.firewall import SWITCH
from modules_app.selectors.settings import all_settings
from modules_app.services.firewall import Caution, refuse_shutting_out
from modules_app.services.surfaces import ask_refresh


def write_settings(*, actor: Actor, values: Mapping[str, str], address: str = "") -> list[str]:
    """Store the values that differ and return their keys.

    Raises ``Refused`` for a wrong value, and when the firewall is switched on in a way that shuts
    out the browser at ``address``, by default the actor's own.
    """
    require(actor, Right.INSTALL)
    for key, value in values.items():
        _check(key, value)
    with transaction.atomic():
        current = all_settings()
        changed = [key for key, value in values.items() if current.get(key, "") != value]
        for key in changed:
            PbxSetting.objects.update_or_create(key=key, defaults={"value": values[key]})
        if SWITCH in changed:
            refuse_shutting_out(Caution(address or actor.address))
        if changed:
            ask_refresh()
            audit.record(
                actor=actor,
                action="settings-change",
                target=", ".join(changed)[:150],
                outcome="done",
                detail={"keys": changed},
            )
    return changed


def _check(key: str, value: str) -> None:
    spec = SETTINGS.get(key)
    if spec is None:
        raise Refused("setting-unknown", _("There is no setting “{key}”."), context={"key": key})
    if not _fits(spec, value):
        raise Refused(
            "setting-invalid",
            _("“{value}” does not fit the setting “{key}”."),
            context={"key": key, "value": value, "kind": str(spec.kind)},
        )


def _fits(spec: SettingSpec, value: str) -> bool:
    if spec.kind is Kind.BOOL:
        return value in ("0", "1")
    if spec.kind is Kind.CHOICE:
        return value in spec.choices
    if spec.kind is Kind.INT:
        return value.isascii() and value.isdigit() and spec.low <= int(value) <= spec.high
    return len(value) <= 500 and value.isprintable()
