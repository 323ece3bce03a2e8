"""Sidebar groups: MikoPBX's keys, and where FreePBX's menu headings go (design 8, M8.1, F1.3)."""

from __future__ import annotations

from dataclasses import dataclass

from modules_app.exceptions import gettext_noop as _

SETUP = "setup"
ROUTING = "routing"
MODULES = "modules"
MAINTENANCE = "maintenance"
NETWORK = "networkSettings"
SERVER = "server"
INTEGRATIONS = "integrations"
SECURITY = "security"
OTHER = "other"

GROUPS = (
    SETUP,
    ROUTING,
    MODULES,
    MAINTENANCE,
    NETWORK,
    SERVER,
    INTEGRATIONS,
    SECURITY,
    OTHER,
)
"""Every group key in the order on screen."""

_CATEGORIES = {
    "applications": SETUP,
    "connectivity": ROUTING,
    "admin": SERVER,
    "settings": SERVER,
    "reports": MAINTENANCE,
}


def group_for_category(category: str) -> str:
    """Return the sidebar group of a FreePBX menu heading, whatever its letter case.

    Headings outside the fixed map of design 8 land in ``other``, as FreePBX itself does it.
    """
    return _CATEGORIES.get(category.strip().casefold(), OTHER)


GROUP_CAPTIONS: dict[str, tuple[str, str]] = {
    SETUP: (_("Telephony"), "phone"),
    ROUTING: (_("Routing"), "route"),
    MODULES: (_("Modules"), "puzzle"),
    MAINTENANCE: (_("Maintenance"), "wrench"),
    NETWORK: (_("Network and firewall"), "globe"),
    SERVER: (_("System"), "settings"),
    INTEGRATIONS: (_("Integrations"), "plug"),
    SECURITY: (_("Security"), "shield"),
    OTHER: (_("Other"), "folder"),
}
"""Caption to be translated and icon of each group."""


@dataclass(frozen=True, slots=True)
class CoreItem:
    """One of PBX Admin's own entries; ``key`` names its page, ``right`` what it takes to see it."""

    group: str
    key: str
    caption: str
    icon: str
    right: str = "install"

    @property
    def href(self) -> str:
        """Return the address of the page."""
        return f"/{self.key}/"


CORE_ITEMS = (
    CoreItem(MAINTENANCE, "configuration", _("Generated configuration"), "file-cog"),
    CoreItem(MAINTENANCE, "hooks", _("Hooks"), "plug", right="operate"),
    CoreItem(MAINTENANCE, "events", _("Events"), "radio"),
    CoreItem(MAINTENANCE, "audit", _("Audit"), "scroll-text"),
    CoreItem(NETWORK, "firewall", _("Firewall"), "brick-wall-shield", right="view"),
    CoreItem(NETWORK, "fail2ban", "fail2ban", "ban", right="view"),
    CoreItem(SERVER, "settings", _("Settings"), "settings"),
)
"""What stands in the sidebar before the entries of modules (reference M8.1)."""
