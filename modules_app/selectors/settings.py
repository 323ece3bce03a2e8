"""Reading settings: the stored text, else the typed default, else no text (reference M8.3)."""

from __future__ import annotations

from modules_app.domain.settings import SETTINGS, SettingSpec
from modules_app.models import PbxSetting


def read_setting(key: str) -> str:
    """Return the value of ``key`` as text."""
    row = PbxSetting.objects.filter(key=key).values_list("value", flat=True).first()
    return default_of(key) if row is None else row


def default_of(key: str) -> str:
    """Return the default of ``key``; an unknown key has the empty text."""
    spec = SETTINGS.get(key)
    return spec.default if spec else ""


def all_settings() -> dict[str, str]:
    """Return every known or stored setting with its value."""
    values = {key: spec.default for key, spec in SETTINGS.items()}
    values.update(PbxSetting.objects.values_list("key", "value"))
    return values


def settings_by_group() -> dict[str, list[tuple[SettingSpec, str]]]:
    """Return the typed settings with their values under their group headings."""
    values = all_settings()
    groups: dict[str, list[tuple[SettingSpec, str]]] = {}
    for key, spec in SETTINGS.items():
        groups.setdefault(spec.group, []).append((spec, values[key]))
    return groups
