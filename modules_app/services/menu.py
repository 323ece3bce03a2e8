"""Placing a module's sidebar items; the choice outlives upgrades and removal (design 8)."""

from __future__ import annotations

import json
import re

from django.db import transaction

from modules_app import audit
from modules_app.domain.menu import GROUPS
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import MenuItem, PbxSetting
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.menu import find_menu_item, is_shown

_ICON = re.compile(r"[A-Za-z0-9 _-]{0,60}")


def place_menu_item(
    *,
    actor: Actor,
    module_id: str,
    key: str,
    shown: bool,
    group: str,
    caption: str,
    order: int,
) -> MenuItem:
    """Store the administrator's placement. Raises ``NotFound`` or ``Refused`` (group, caption)."""
    require(actor, Right.OPERATE)
    item = find_menu_item(module_id, key)
    if group not in GROUPS:
        raise Refused(
            "menu-group-unknown", _("There is no menu group “{group}”."), context={"group": group}
        )
    caption = caption.strip()
    if len(caption) > 100 or not caption.isprintable():
        raise Refused(
            "menu-caption-invalid",
            _("The caption must be one line of at most 100 characters."),
            context={"length": len(caption)},
        )
    item.placed_shown = shown
    item.placed_group = group
    item.placed_caption = "" if caption in item.captions.values() else caption
    item.placed_order = max(-1000, min(1000, order))
    return _save(actor, item)


def reset_menu_item(*, actor: Actor, module_id: str, key: str) -> MenuItem:
    """Forget the administrator's placement; the module's own wish counts again."""
    require(actor, Right.OPERATE)
    item = find_menu_item(module_id, key)
    item.placed_shown = None
    item.placed_group = ""
    item.placed_caption = ""
    item.placed_order = None
    return _save(actor, item)


def write_menu_setting(item: MenuItem) -> None:
    """Keep the setting ``AdditionalMenuItem<ID>`` in step with the row (reference M8.2)."""
    value = {
        "uniqid": item.module_id,
        "href": item.href,
        "group": item.placed_group or item.group,
        "iconClass": item.icon,
        "caption": item.placed_caption or item.caption,
        "showAtSidebar": is_shown(item),
    }
    PbxSetting.objects.update_or_create(
        key=menu_setting_key(item.module_id),
        defaults={"value": json.dumps(value, ensure_ascii=False)},
    )


def menu_setting_key(module_id: str) -> str:
    """Return the name of the setting that describes a module's sidebar item."""
    return f"AdditionalMenuItem{module_id}"


def clean_icon(icon: str) -> str:
    """Return the icon name if it is harmless, else the default (reference M8.2, R2.1)."""
    return icon if _ICON.fullmatch(icon) and icon else "puzzle"


def _save(actor: Actor, item: MenuItem) -> MenuItem:
    with transaction.atomic():
        item.save()
        first = MenuItem.objects.filter(module_id=item.module_id).order_by("pk").first()
        if first and first.pk == item.pk:
            write_menu_setting(item)
        audit.record(
            actor=actor,
            action="menu-place",
            target=f"{item.module_id}/{item.key}"[:150],
            outcome="done",
            detail={"group": item.placed_group, "shown": item.placed_shown},
        )
    return item
