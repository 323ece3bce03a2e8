"""One manifest for both contracts: what a package says of itself, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from modules_app.domain.tables import TableSpec


class Contract(StrEnum):
    """Which of the two systems' rules a package speaks."""

    MIKOPBX = "mikopbx"
    FREEPBX = "freepbx"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A page that the manifest wants in the sidebar (reference F1.3 menuitems, M8.2)."""

    key: str
    caption: str
    group: str = ""
    icon: str = ""
    order: int = 0
    hidden: bool = False
    href: str = ""
    target: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What module.json or module.xml says, texts as written; ``facts`` keeps every other field."""

    contract: Contract
    id: str
    version: str
    name: str = ""
    description: str = ""
    publisher: str = ""
    support_email: str = ""
    license: str = ""
    license_link: str = ""
    info_link: str = ""
    changelog: str = ""
    category: str = ""
    module_type: str = "general"
    min_pbx_version: str = ""
    lic_product_id: int = 0
    lic_feature_id: int = 0
    wiki_links: Mapping[str, Any] = field(default_factory=dict)
    menu: tuple[MenuEntry, ...] = ()
    tables: tuple[TableSpec, ...] = ()
    can_disable: bool = True
    can_uninstall: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)
