"""What every page shows around its content. Used by the web and the host process alike."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import get_language

from modules_app.bridge.safe_mode import SafeMode
from modules_app.domain.menu import CORE_ITEMS
from modules_app.domain.popovers import MARK
from modules_app.permissions import Right
from modules_app.selectors.menu import MenuGroup, page_facts, sidebar, with_core_items
from modules_app.selectors.safe_mode import safe_mode
from modules_app.selectors.waiting import waiting_surfaces
from modules_app.surfaces.names import title_of

logger = logging.getLogger(__name__)

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "pbx_theme"
LINKS = {
    "dashboard": "/",
    "modules": "/modules/",
    "upload": "/modules/upload/",
    "operations": "/operations/",
    "settings": "/settings/",
    "audit": "/audit/",
    "hooks": "/hooks/",
    "events": "/events/",
    "firewall": "/firewall/",
    "fail2ban": "/fail2ban/",
    "configuration": "/configuration/",
    "sessions": "/sessions/",
    "password": "/password/",
    "api_keys": "/api-keys/",
    "safe_mode": "/safe-mode/",
    "records": "/admin/",
    "logout": "/logout/",
    "language": "/language/",
    "theme": "/theme/",
}
"""Addresses of the core pages, spelled out because the host cannot reverse them."""
_NAMES = {
    LINKS["dashboard"]: "Dashboard",
    LINKS["modules"]: "PbxExtensionModules",
    LINKS["settings"]: "GeneralSettings",
    LINKS["firewall"]: "Firewall",
    LINKS["fail2ban"]: "Fail2Ban",
}


@dataclass
class Page:
    """Facts about the page being drawn; everything is computed on first use."""

    request: HttpRequest
    links: dict[str, str] = field(default_factory=lambda: LINKS)
    languages: list[tuple[str, str]] = field(default_factory=lambda: list(settings.LANGUAGES))

    @property
    def layout(self) -> str:
        """Return the template around ``base.html``: a dialog gets the content alone."""
        return "dialog.html" if is_for_dialog(self.request) else "layout.html"

    @property
    def path(self) -> str:
        """Return the path of this page, to come back to after switching language or theme."""
        return self.request.path

    @cached_property
    def section(self) -> str:
        """Return which core link is the current one."""
        path = self.request.path
        for name in ("modules", "operations"):
            if path.startswith(LINKS[name]):
                return name
        for item in CORE_ITEMS:
            if item.holds(path):
                return item.key
        if path.startswith("/uploads/"):
            return "modules"
        if path.startswith("/batches/"):
            return "operations"
        return "dashboard" if path == "/" else ""

    @property
    def name(self) -> str:
        """Return the seeds' name of this page, "" where modules know none (`CORE_PAGES`)."""
        path = self.request.path
        return _NAMES.get(path) or next((x.page for x in CORE_ITEMS if x.holds(path)), "")

    @cached_property
    def safe_mode(self) -> SafeMode | None:
        """Return safe mode while it is on: every page says so."""
        return safe_mode()

    @cached_property
    def module_id(self) -> str:
        """Return whose own page this is, or nothing."""
        parts = self.request.path.split("/")
        return parts[2] if len(parts) > 2 and parts[1] == "m" else ""

    @cached_property
    def waiting(self) -> list[str]:
        """Return what is not applied, in English words; nothing for who may not apply it."""
        if not self.can.get(Right.INSTALL) or self.request.path.startswith(LINKS["configuration"]):
            return []
        try:
            return [title_of(name) for name in waiting_surfaces()]
        except (DatabaseError, OSError):  # a page comes out also where nothing can be read
            logger.exception("What waits to be applied could not be read")
            return []

    @cached_property
    def is_beta(self) -> bool:
        """Return whether module.xml calls this page of a module a beta."""
        if not self.module_id:
            return False
        address = self.request.path.removeprefix(f"/m/{self.module_id}/")
        try:
            return page_facts(self.module_id, address).beta
        except DatabaseError:  # a page comes out also where no row can be read
            logger.exception("What module.xml says of the page could not be read")
            return False

    @property
    def theme(self) -> str:
        """Return the chosen theme: light, dark or auto."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "auto"

    @cached_property
    def request_key(self) -> str:
        """Return the key of this page's forms: sending one twice gives the same operation (W10)."""
        return uuid.uuid4().hex

    @cached_property
    def can(self) -> dict[str, bool]:
        """Return which of the rights the person has."""
        return rights_of(getattr(self.request, "user", None))


def is_for_dialog(request: HttpRequest) -> bool:
    """Tell whether a page for a new destination is to stand in a dialog (see destinations.js)."""
    is_popover = MARK in request.GET or request.path.startswith("/popovers/")
    return is_popover and request.headers.get("X-Requested-With") == "dialog"


def rights_of(user: Any) -> dict[str, bool]:
    """Return which of the rights a person has; none without a person."""
    if user is None:
        return {}
    return {str(right): user.has_perm(right.permission) for right in Right}


@dataclass
class Sidebar:
    """The module items of the sidebar for one person, read when a template first asks for them."""

    user: Any = None

    @cached_property
    def groups(self) -> list[MenuGroup]:
        """Return the groups with entries; only our own when the core database cannot be read."""
        groups: list[MenuGroup] = []
        try:
            groups = _without_unloaded(sidebar(get_language() or settings.LANGUAGE_CODE, self.user))
        except DatabaseError:
            logger.exception("The sidebar could not be read")
        return with_core_items(groups, rights_of(self.user))


def _without_unloaded(groups: list[MenuGroup]) -> list[MenuGroup]:
    """Leave out, in safe mode, the entries of modules that do not run (U2.3 rule 8)."""
    found = safe_mode()
    if found is None:
        return groups
    shown = [
        replace(group, items=tuple(x for x in group.items if x.module_id in found.running))
        for group in groups
    ]
    return [group for group in shown if group.items]


def page(request: HttpRequest) -> dict[str, Any]:
    """Give templates ``user``, ``page`` and ``sidebar``."""
    user = getattr(request, "user", None)
    return {"user": user, "page": Page(request), "sidebar": Sidebar(user)}
