"""From what was read and what the installer said to rows of the core database (design 4)."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone

from modules_app.domain.asterisk_files import SCRIPTS, SOUNDS, scripts_of, sounds_of
from modules_app.domain.menu import GROUPS, MODULES
from modules_app.domain.settings import SETTINGS
from modules_app.inspection.capabilities import once_installed
from modules_app.models import KeptData, MenuItem, Module, PbxSetting
from modules_app.packages.store import Record
from modules_app.services.menu import clean_icon, menu_setting_key, write_menu_setting

_SWITCHES = ("everyone", "own_right", "public", "needs_engine", "beta")
_DECLARED = ("link", "target", *_SWITCHES)
_PLACED = ("placed_group", "placed_caption", "placed_order", "placed_shown")
_SETTING_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,100}")
_MAX_ITEMS = 50


def describe(
    module: Module, report: dict[str, Any], answer: dict[str, Any], record: Record
) -> None:
    """Fill the descriptive fields of the row from the report and the installer's answer."""
    module.contract = report["contract"]
    module.language = report["language"]
    module.version = report["version"]
    module.publisher = str(report.get("publisher", ""))[:200]
    module.license = str(report.get("license", ""))[:100]
    module.category = str(report.get("category", ""))[:100]
    module.titles = report.get("titles") or {}
    module.descriptions = report.get("descriptions") or {}
    module.translations = report.get("translations") or {}
    module.facts = _facts(report, answer, record)
    module.digest = record.digest
    module.file_count = record.count
    module.file_bytes = record.size
    module.changed_at = timezone.now()


def write_menu(module: Module, wishes: list[dict[str, Any]], kept: KeptData | None) -> None:
    """Replace the module's menu rows by its wishes; where a person placed one, that stays."""
    placed = {item.key: {name: getattr(item, name) for name in _PLACED} for item in _old(module)}
    if not placed and kept:
        placed = kept.placement
    MenuItem.objects.filter(module=module).delete()
    items = [_menu_item(module, wish) for wish in wishes[:_MAX_ITEMS]]
    for item in {item.key: item for item in items}.values():
        item.save()
    place_again(module, placed)


def menu_wishes(module: Module) -> list[dict[str, Any]]:
    """Return the module's menu rows as the wishes they were made of."""
    names = ("key", "group", "icon", "caption", "href", "shown", "order", "missing", *_DECLARED)
    return [
        {name: getattr(item, name) for name in names} for item in module.menu_items.order_by("pk")
    ]


def place_again(module: Module, placed: dict[str, dict[str, Any]]) -> None:
    """Put the menu rows where a person had placed them, and write the setting that says so."""
    for item in _old(module):
        for name, value in placed.get(item.key, {}).items():
            setattr(item, name, value)
        item.save()
    PbxSetting.objects.filter(key=menu_setting_key(module.id)).delete()
    if first := MenuItem.objects.filter(module=module).order_by("pk").first():
        write_menu_setting(first)


def placement_of(module: Module) -> dict[str, dict[str, Any]]:
    """Return what a person placed, by key, to be kept with the data."""
    return {
        item.key: {name: getattr(item, name) for name in _PLACED}
        for item in _old(module)
        if any(getattr(item, name) not in (None, "") for name in _PLACED)
    }


def write_own_settings(module: Module, values: dict[str, Any], kept: KeptData | None) -> list[str]:
    """Store the settings that the installer wrote, if they are the module's own; return the rest.

    A module owns the keys that hold its id and no longer id of another module; anything else of
    the system is not its to write. The keys are remembered, so that removal can delete them.
    """
    written, foreign = [], []
    installed = [*Module.objects.values_list("id", flat=True), module.id]
    for key, value in list(values.items())[:100]:
        if key == menu_setting_key(module.id):
            continue
        if _SETTING_KEY.fullmatch(key) and _owner_of(key, installed) == module.id:
            PbxSetting.objects.update_or_create(key=key, defaults={"value": str(value)[:65536]})
            written.append(key)
        else:
            foreign.append(key)
    before = kept.own_settings if kept else module.own_settings
    module.own_settings = sorted({*before, *written})
    module.save(update_fields=["own_settings"])
    return foreign


def _owner_of(key: str, installed: list[str]) -> str:
    """Return whose setting it is; the system's own are nobody's, whatever a module is called."""
    if key in SETTINGS:
        return ""
    return max((one for one in installed if one in key), key=len, default="")


def _facts(report: dict[str, Any], answer: dict[str, Any], record: Record) -> dict[str, Any]:
    facts = {key: value for key, value in report.items() if key not in ("titles", "translations")}
    for name in ("hooks", "executables"):
        if answer.get(name) is not None:
            facts[name] = [str(value)[:200] for value in answer[name]][:500]
    facts["generators"] = answer.get("generators") or []
    facts["works"] = once_installed(report.get("works", []))
    facts["table_changes"] = answer.get("tables") or {}
    facts["left_over"] = answer.get("left_over") or {}
    facts["placed_files"] = answer.get("placed_files") or {}
    facts[SOUNDS], facts[SCRIPTS] = sounds_of(record.files), scripts_of(record.files)
    return facts


def _old(module: Module) -> list[MenuItem]:
    return list(MenuItem.objects.filter(module_id=module.pk))


def _menu_item(module: Module, wish: dict[str, Any]) -> MenuItem:
    caption = str(wish.get("caption") or f"Breadcrumb{module.id}")[:200]
    group = str(wish.get("group") or MODULES)
    return MenuItem(
        module=module,
        key=str(wish.get("key") or module.id)[:100],
        group=group if group in GROUPS else MODULES,
        caption=caption,
        captions=_captions(module, caption) or _given_captions(wish.get("captions")),
        icon=clean_icon(str(wish.get("icon") or "")),
        href=_address(str(wish.get("href") or "")),
        order=_order(wish.get("order")),
        shown=bool(wish.get("shown", True)),
        missing=bool(wish.get("missing", False)),
        link=str(wish.get("link") or "")[:2000],
        target=str(wish.get("target") or "")[:32],
        **{name: bool(wish.get(name)) for name in _SWITCHES},
    )


def _captions(module: Module, caption: str) -> dict[str, str]:
    found = {
        language: texts[caption]
        for language, texts in module.translations.items()
        if texts.get(caption)
    }
    if found or caption != f"Breadcrumb{module.id}":
        return found
    return dict(module.titles) or {"en": module.id}


def _given_captions(given: Any) -> dict[str, str]:
    """Return what a hook translated itself: the core keeps no keys that only a hook names."""
    pairs = given.items() if isinstance(given, dict) else ()
    return {str(language)[:20]: str(text)[:200] for language, text in pairs}


def _address(href: str) -> str:
    """Return the address as it is stored; what is drawn is decided by `selectors.menu`."""
    return href if len(href) <= 200 and href.isprintable() else ""


def _order(value: Any) -> int:
    return max(-1000, min(1000, value)) if isinstance(value, int) else 0
