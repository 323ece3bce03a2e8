"""The sidebar from rows: one query, whatever the number of items (design 8)."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.db.models import Q

from modules_app.domain.menu import CORE_ITEMS, GROUP_CAPTIONS, GROUPS, OTHER, CoreItem
from modules_app.domain.states import Fault, Wanted
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import MenuItem, PbxSetting
from modules_app.selectors.modules import find_module, pick
from modules_app.selectors.settings import default_of
from modules_app.selectors.stored import Statement, statement_of

logger = logging.getLogger(__name__)

_OPENING = ("modules_app.view_module", "modules_app.operate_module")


class MenuLink(NamedTuple):
    """One entry: caption in the reader's language, icon name, address, whose it is."""

    caption: str
    icon: str
    url: str
    module_id: str
    right: str = ""
    target: str = ""
    leads_out: bool = False
    needs_engine: bool = False


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """One heading with its entries; ``caption`` is English and to be translated."""

    key: str
    caption: str
    icon: str
    items: tuple[MenuLink, ...]
    core: tuple[CoreItem, ...] = ()


def with_core_items(groups: Sequence[MenuGroup], rights: Mapping[str, bool]) -> list[MenuGroup]:
    """Return the groups with PBX Admin's own entries that somebody with ``rights`` may open."""
    found = {group.key: group for group in groups}
    shown = [item for item in CORE_ITEMS if rights.get(item.right)]
    if any(item.setting for item in shown):
        on = _switched_on()
        shown = [item for item in shown if not item.setting or item.setting in on]
    for key in {item.group: None for item in shown}:
        group = found.get(key) or MenuGroup(key, *GROUP_CAPTIONS[key], ())
        found[key] = replace(group, core=tuple(item for item in shown if item.group == key))
    return [found[key] for key in GROUPS if key in found]


_SWITCHES = tuple(item.setting for item in CORE_ITEMS if item.setting)


def _switched_on() -> frozenset[str]:
    """Return the settings that are on, of those without which there is no entry."""
    values = {key: default_of(key) for key in _SWITCHES}
    try:
        values.update(_switches().rows())
    except DatabaseError:
        logger.exception("The settings of the sidebar could not be read")
    return frozenset(key for key, value in values.items() if value == "1")


@functools.cache
def _switches() -> Statement:
    found = PbxSetting.objects.filter(key__in=_SWITCHES).order_by()
    return statement_of(found.values_list("key", "value"))


class _Row(NamedTuple):
    """What the sidebar needs of a menu item, by the same names; ``captions`` is JSON text."""

    id: int
    module_id: str
    group: str
    caption: str
    captions: Any
    icon: str
    href: str
    order: int
    right: str
    link: str
    target: str
    needs_engine: bool
    placed_group: str
    placed_caption: str
    placed_order: int | None


def sidebar(language: str = "en", user: Any = None) -> list[MenuGroup]:
    """Return the groups that hold entries of enabled modules, in the order on screen.

    With a ``user``, only entries that this person may open.
    """
    groups = _grouped(tuple(_shown().rows()), language)
    if user is None or user.is_superuser:
        return list(groups)
    held = frozenset(right for right in _rights_in(groups) if _has(user, right))
    return list(_permitted(groups, held))


def menu_groups() -> list[dict[str, Any]]:
    """Return the sidebar as plain data, as modules read it: key, caption, icon and captions."""
    known = {group.key: group for group in sidebar()}
    return [
        {
            "key": key,
            "caption": GROUP_CAPTIONS[key][0],
            "icon": GROUP_CAPTIONS[key][1],
            "items": [link.caption for link in known[key].items] if key in known else [],
        }
        for key in GROUPS
    ]


def first_entry(user: Any) -> str:
    """Return the first address that the sidebar offers this person, "" for none."""
    links = (link for group in sidebar("en", user) for link in group.items)
    return next((link.url for link in links if not link.leads_out), "")


@functools.cache
def _shown() -> Statement:
    shown = Q(placed_shown=True) | Q(placed_shown=None, shown=True)
    items = MenuItem.objects.filter(
        shown, missing=False, module__wanted=Wanted.ON, module__fault=Fault.NONE
    )
    return statement_of(items.order_by().values_list(*_Row._fields))


@functools.lru_cache(maxsize=16)
def _grouped(rows: tuple[tuple[Any, ...], ...], language: str) -> tuple[MenuGroup, ...]:
    """Put rows into groups; every page asks, mostly with the rows of the page before."""
    items = [row._replace(captions=json.loads(row.captions)) for row in map(_Row._make, rows)]
    found: dict[str, list[MenuLink]] = {key: [] for key in GROUPS}
    for item in sorted(items, key=_place):
        found.get(_group(item), found[OTHER]).append(_link(item, language))
    return tuple(
        MenuGroup(key, *GROUP_CAPTIONS[key], tuple(links)) for key, links in found.items() if links
    )


@functools.lru_cache(maxsize=16)
def _rights_in(groups: tuple[MenuGroup, ...]) -> frozenset[str]:
    return frozenset(link.right for group in groups for link in group.items)


def _has(user: Any, right: str) -> bool:
    """Tell whether a person may open entries that need ``right``, "" being one of our own two."""
    return any(user.has_perm(name) for name in ([right] if right else _OPENING))


@functools.lru_cache(maxsize=64)
def _permitted(groups: tuple[MenuGroup, ...], held: frozenset[str]) -> tuple[MenuGroup, ...]:
    """Leave out the entries that need other rights, and groups without entries."""
    left = (
        replace(group, items=tuple(link for link in group.items if link.right in held))
        for group in groups
    )
    return tuple(group for group in left if group.items)


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


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What module.xml says of the page at an address (reference F1.3, menuitems)."""

    needs_engine: bool = False
    beta: bool = False


def page_facts(module_id: str, address: str) -> PageFacts:
    """Return what the menu item says whose page this is: the longest that begins ``address``."""
    own = f"/m/{module_id}/"
    rows = MenuItem.objects.filter(module_id=module_id, link="").exclude(href="")
    fitting = [
        (len(href), engine, beta)
        for href, engine, beta in rows.values_list("href", "needs_engine", "beta")
        if href == own + address or href != own and f"{own}{address}".startswith(href)
    ]
    return PageFacts(*max(fitting)[1:]) if fitting else PageFacts()


def caption_of(item: MenuItem | _Row, language: str) -> str:
    """Return what stands in the sidebar: the placed caption, else the translated one."""
    return item.placed_caption or pick(item.captions, language, item.caption)


def is_shown(item: MenuItem) -> bool:
    """Return the administrator's choice, else the module's wish."""
    return item.shown if item.placed_shown is None else item.placed_shown


def _place(item: MenuItem | _Row) -> tuple[int, str, int]:
    order = item.order if item.placed_order is None else item.placed_order
    return (order, item.module_id.casefold(), item.id)


def _group(item: MenuItem | _Row) -> str:
    return item.placed_group or item.group


def _link(item: MenuItem | _Row, language: str) -> MenuLink:
    return MenuLink(
        caption_of(item, language),
        item.icon,
        item.link or _address(item),
        item.module_id,
        item.right,
        item.target,
        leads_out=bool(item.link),
        needs_engine=bool(item.needs_engine),
    )


def _address(item: MenuItem | _Row) -> str:
    """Draw an explicit address only below the module's own pages (design 6; reference M19)."""
    own = f"/m/{item.module_id}/"
    leads_out = any(part in item.href for part in ("..", "//", "\\", "%"))
    return item.href if item.href.startswith(own) and not leads_out else own
