"""Menu items of a module.xml as the rows of the sidebar take them (reference F1.3, menuitems)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modules_app.domain.ids import fold_id

Attributes = Mapping[str, str]
_NOT_IN_NAMES = re.compile(r"[^a-z0-9_]", re.ASCII)


def declared_menu(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the menu items of a stored report as wishes for rows of the sidebar.

    A FreePBX item leads to ``/m/<id>/<display>/``, or to the first page where ``display`` is the
    module's own name; ``href`` makes it a link to another site instead.
    """
    entries = [dict(entry) for entry in report.get("menu") or ()]
    if report.get("contract") != "freepbx":
        return [{**entry, "shown": not entry.get("hidden")} for entry in entries]
    runs = report.get("language") == "python"
    return [_wish(entry, str(report["id"]), runs=runs) for entry in entries]


def page_of(module_id: str, display: str) -> str:
    """Return the address of a page below the module's own, "" for the first page.

    >>> page_of("hellopbx", "hellopbx"), page_of("hellopbx", "reports")
    ('', 'reports/')
    """
    return "" if fold_id(display) == fold_id(module_id) else f"{display}/"


def display_of(module_id: str, address: str) -> str:
    """Return the name of the page at an address below the module's own, as FreePBX calls it.

    >>> display_of("hellopbx", ""), display_of("hellopbx", "reports/7/")
    ('hellopbx', 'reports')
    """
    return address.partition("/")[0] or module_id


def right_name_of(key: str) -> str:
    """Return how the right of a menu item is called: its key in the letters that rights have."""
    return _NOT_IN_NAMES.sub("_", key.lower())[:30]


def is_public(attributes: Attributes) -> bool:
    """Tell whether the item asks to be open without a login; nothing but a grant opens it."""
    return attributes.get("requires_auth", "").strip().lower() == "false"


def needs_engine(attributes: Attributes) -> bool:
    """Tell whether the page needs a live connection to Asterisk or its database."""
    names = ("needsenginedb", "needsenginerunning")
    return any(attributes.get(name, "").strip().lower() == "yes" for name in names)


def _wish(entry: dict[str, Any], module_id: str, *, runs: bool) -> dict[str, Any]:
    """``runs``: the module's code runs here, so that what its pages need matters."""
    facts: Attributes = entry.get("facts") or {}
    link = str(entry.get("href") or "")
    display = facts.get("display") or str(entry["key"])
    everyone = facts.get("access", "").strip().lower() == "all"
    return {
        "key": entry["key"],
        "caption": entry["caption"],
        "group": entry.get("group"),
        "icon": entry.get("icon") or ("external-link" if link else ""),
        "order": entry.get("order"),
        "shown": not entry.get("hidden"),
        "href": "" if link else f"/m/{module_id}/{page_of(module_id, display)}",
        "link": link,
        "target": str(entry.get("target") or "") if link else "",
        "everyone": everyone,
        "own_right": runs and not everyone and not link,
        "public": runs and not link and is_public(facts),
        "needs_engine": runs and not link and needs_engine(facts),
        "beta": facts.get("beta", "").strip().lower() == "yes",
    }
