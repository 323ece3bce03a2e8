"""The pages that a module.xml puts into the menu (reference F1.3, menuitems)."""

from __future__ import annotations

import re

from modules_app.domain.manifest import MenuEntry
from modules_app.domain.menu import group_for_category
from modules_app.exceptions import gettext_noop as _
from modules_app.manifests import values
from modules_app.manifests.faults import Spot
from modules_app.manifests.xml_nodes import (
    Element,
    attributes_of,
    children_of,
    line_of_text,
    whole_number,
)

_WORDS = {
    "needsenginedb": ("yes", "no"),
    "needsenginerunning": ("yes", "no"),
    "access": ("all",),
    "hidden": ("true", "false"),
    "requires_auth": ("true", "false"),
    "beta": ("yes", "no"),
    "type": ("setup", "tool"),
}
"""The attributes that are one of some words."""

_FACTS = frozenset({"category", "display", "order", *_WORDS}) - {"hidden"}
_ATTRIBUTES = _FACTS | {"sort", "href", "target", "hidden"}
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}", re.ASCII)
_TARGET = re.compile(r"[A-Za-z0-9_-]{1,32}", re.ASCII)
_FURTHEST = 10


def read_menuitems(blocks: list[Element], category: str) -> tuple[MenuEntry, ...]:
    """Return the menu items; ``category`` is the module's, for items that name none."""
    entries: dict[str, MenuEntry] = {}
    for block in blocks:
        for name in block.given:
            block.note(
                "attribute-without-effect",
                _("The attribute {attribute} has no effect here."),
                attribute=values.shown(name),
            )
        for element in children_of(block):
            entry = _entry(element, category)
            if entry is None:
                continue
            if entry.key in entries:
                element.warning(
                    "menu-item-repeated",
                    _("The menu item {item} is given twice; the first one counts."),
                    item=entry.key,
                )
            entries.setdefault(entry.key, entry)
    return tuple(entries.values())


def _entry(element: Element, category: str) -> MenuEntry | None:
    key = element.tag
    if not _KEY.fullmatch(key):
        element.warning(
            "menu-key-invalid",
            _("{item} cannot name a menu item and is left out."),
            item=values.shown(key),
        )
        return None
    attributes = attributes_of(element, _ATTRIBUTES)
    _say_odd_words(attributes, element)
    heading = attributes.get("category", "").strip() or category
    return MenuEntry(
        key=key,
        caption=_caption(element),
        group=group_for_category(heading),
        order=_order(attributes, element),
        hidden=attributes.get("hidden", "").strip().lower() == "true",
        href=_href(attributes, element),
        target=_target(attributes, element),
        facts=_facts(attributes, key, element),
    )


def _caption(element: Element) -> str:
    caption = line_of_text(element)
    if not caption:
        element.warning(
            "menu-caption-missing",
            _("The menu item {item} has no caption; its name is shown."),
            item=element.name,
        )
    return caption or element.tag


def _order(attributes: dict[str, str], spot: Spot) -> int:
    """FreePBX clamps ``sort`` to -10…10; what is no number counts as 0."""
    if "sort" not in attributes:
        return 0
    order = whole_number(attributes["sort"], 0, spot, what="sort")
    clamped = max(-_FURTHEST, min(_FURTHEST, order))
    if clamped != order:
        spot.warning(
            "menu-sort-out-of-range",
            _("sort is {value}; the range is -10 to 10, so {clamped} is used."),
            value=order,
            clamped=clamped,
        )
    return clamped


def _href(attributes: dict[str, str], spot: Spot) -> str:
    """Keep links to other hosts; a path would lead into PBX Admin itself (R2.3 M19)."""
    href = attributes.get("href", "").strip()
    if href.startswith("/") and not href.startswith("//"):
        spot.warning(
            "menu-path-foreign",
            _("The menu item leads to {path} of a FreePBX web server; here it has its own page."),
            rule="M19",
            path=values.shown(href),
        )
        return ""
    return values.clean_link(href, spot)


def _target(attributes: dict[str, str], spot: Spot) -> str:
    target = attributes.get("target", "").strip()
    if target and not _TARGET.fullmatch(target):
        spot.warning(
            "menu-target-invalid",
            _("{target} cannot be the target of a link and is left out."),
            target=values.shown(target),
        )
        return ""
    return target


def _facts(attributes: dict[str, str], key: str, spot: Spot) -> dict[str, str]:
    facts = {
        name: values.clean_line(text, spot) for name, text in attributes.items() if name in _FACTS
    }
    if "display" in facts and not _KEY.fullmatch(facts["display"]):
        spot.warning(
            "menu-display-invalid",
            _("{page} cannot be the name of a page; {item} is used."),
            rule="M19",
            page=values.shown(facts.pop("display")),
            item=key,
        )
    return facts


def _say_odd_words(attributes: dict[str, str], spot: Spot) -> None:
    for name, words in _WORDS.items():
        if name in attributes and attributes[name].strip().lower() not in words:
            spot.warning(
                "menu-attribute-odd",
                _("{attribute} is {value}; only these words have a meaning: {words}."),
                attribute=name,
                value=values.shown(attributes[name]),
                words=", ".join(words),
            )
    if "order" in attributes:
        spot.note(
            "attribute-without-effect",
            _("The attribute {attribute} has no effect here."),
            attribute="order",
        )
