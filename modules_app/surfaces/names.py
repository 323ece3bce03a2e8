"""What people call each surface."""

from __future__ import annotations

from modules_app.exceptions import gettext_noop as _

TITLES = {
    "cron": _("Scheduled tasks (cron)"),
    "nginx": _("Web server (nginx)"),
    "firewall": _("Firewall (nftables)"),
    "fail2ban": _("Blocking of attackers (fail2ban)"),
    "sounds": _("Sounds (Asterisk)"),
    "agi-bin": _("AGI scripts (Asterisk)"),
    "asterisk": _("Telephone system (Asterisk)"),
}


def title_of(name: str) -> str:
    """Return the title of a surface, to be translated; its name where there is none."""
    return TITLES.get(name, name)
