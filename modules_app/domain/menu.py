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
    """One of PBX Admin's own entries; ``key`` names its page, ``right`` what it takes to see it.

    ``setting`` is a switch without which there is no entry; ``page`` is the seeds' name of the page
    and of those below it; ``others`` are further addresses that belong to the entry.
    """

    group: str
    key: str
    caption: str
    icon: str
    right: str = "install"
    setting: str = ""
    page: str = ""
    others: tuple[str, ...] = ()

    @property
    def href(self) -> str:
        """Return the address of the page."""
        return f"/{self.key}/"

    def holds(self, path: str) -> bool:
        """Tell whether the page at ``path`` belongs to this entry."""
        return path.startswith((self.href, *self.others))


_TELEPHONY = "view_telephony"

CORE_ITEMS = (
    CoreItem(
        SETUP, "extensions", _("Extensions"), "user-round", right=_TELEPHONY, page="Extensions"
    ),
    CoreItem(ROUTING, "providers", _("Providers"), "server", right=_TELEPHONY, page="Providers"),
    CoreItem(
        ROUTING,
        "incoming-routes",
        _("Incoming routes"),
        "log-in",
        right=_TELEPHONY,
        page="IncomingRoutes",
    ),
    CoreItem(
        ROUTING,
        "outgoing-routes",
        _("Outgoing routes"),
        "log-out",
        right=_TELEPHONY,
        page="OutboundRoutes",
    ),
    CoreItem(
        MODULES,
        "dialplan-applications",
        _("Dialplan applications"),
        "file-code",
        right=_TELEPHONY,
        page="DialplanApplications",
    ),
    CoreItem(
        MAINTENANCE,
        "telephony/status",
        _("Telephone status"),
        "activity",
        right=_TELEPHONY,
        others=("/telephony/",),
    ),
    CoreItem(MAINTENANCE, "configuration", _("Generated configuration"), "file-cog"),
    CoreItem(MAINTENANCE, "hooks", _("Hooks"), "plug", right="operate"),
    CoreItem(MAINTENANCE, "events", _("Events"), "radio"),
    CoreItem(MAINTENANCE, "audit", _("Audit"), "scroll-text"),
    CoreItem(NETWORK, "firewall", _("Firewall"), "brick-wall-shield", right="view"),
    CoreItem(NETWORK, "fail2ban", "fail2ban", "ban", right="view"),
    CoreItem(SERVER, "settings", _("Settings"), "settings", others=("/codecs/",)),
    CoreItem(
        SERVER,
        "ami-users",
        _("AMI users"),
        "asterisk",
        right=_TELEPHONY,
        setting="AMIEnabled",
        page="AsteriskManagers",
    ),
    CoreItem(
        SERVER,
        "ari-users",
        _("ARI users"),
        "git-branch",
        right=_TELEPHONY,
        setting="ARIEnabled",
        page="AsteriskRestUsers",
    ),
)
"""What stands in the sidebar before the entries of modules (reference M8.1)."""
