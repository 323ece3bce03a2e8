"""The sidebar from rows: one query, whatever the number of items (design 8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from modules_app.domain.menu import GROUP_CAPTIONS, GROUPS, OTHER
from modules_app.domain.states import Fault, Wanted
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import MenuItem
from modules_app.selectors.modules import find_module, pick

_COLUMNS = (
    "id",
    "module_id",
    "group",
    "caption",
    "captions",
    "icon",
    "href",
    "order",
    "shown",
    "placed_group",
    "placed_caption",
    "placed_order",
    "placed_shown",
)


@dataclass(frozen=True, slots=True)
class MenuLink:
    """One entry: caption in the reader's language, icon name, address, whose it is."""

    caption: str
    icon: str
    url: str
    module_id: str


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """One heading with its entries; ``caption`` is English and to be translated."""

    key: str
    caption: str
    icon: str
    items: list[MenuLink] = field(default_factory=list)


def sidebar(language: str = "en") -> list[MenuGroup]:
    """Return the groups that hold entries of enabled modules, in the order on screen."""
    groups = {key: MenuGroup(key, *GROUP_CAPTIONS[key]) for key in GROUPS}
    for item in sorted(_shown_items(), key=_place):
        groups.get(_group(item), groups[OTHER]).items.append(_link(item, language))
    return [group for group in groups.values() if group.items]


def find_menu_item(module_id: str, key: str | None = None) -> MenuItem:
    """Return one sidebar entry of a module, its first without ``key``. Raises ``NotFound``."""
    module = find_module(module_id)
    items = module.menu_items.order_by("pk")
    item = (items if key is None else items.filter(key=key)).first()
    if item is None:
        raise NotFound(
            "menu-item-not-found",
            _("“{id}” has no menu item “{key}”."),
            context={"id": module.id, "key": key or ""},
        )
    return item


def caption_of(item: MenuItem, language: str) -> str:
    """Return what stands in the sidebar: the placed caption, else the translated one."""
    return item.placed_caption or pick(item.captions, language, item.caption)


def is_shown(item: MenuItem) -> bool:
    """Return the administrator's choice, else the module's wish."""
    return item.shown if item.placed_shown is None else item.placed_shown


def _shown_items() -> list[Any]:
    """Return rows with the attributes of menu items; plain rows, as every page reads all."""
    items = MenuItem.objects.filter(module__wanted=Wanted.ON, module__fault=Fault.NONE)
    rows = items.order_by().values_list(*_COLUMNS, named=True)
    return [item for item in rows if is_shown(item)]


def _place(item: MenuItem) -> tuple[int, str, int]:
    order = item.order if item.placed_order is None else item.placed_order
    return (order, item.module_id.casefold(), item.id)


def _group(item: MenuItem) -> str:
    return item.placed_group or item.group


def _link(item: MenuItem, language: str) -> MenuLink:
    return MenuLink(caption_of(item, language), item.icon, _address(item), item.module_id)


def _address(item: MenuItem) -> str:
    """Draw an explicit address only below the module's own pages (design 6; reference M19)."""
    own = f"/m/{item.module_id}/"
    leads_out = any(part in item.href for part in ("..", "//", "\\", "%"))
    return item.href if item.href.startswith(own) and not leads_out else own
