"""Which program tests and which one reloads each surface: the whole list, and nothing from outside.

A check gets the folder of the staged files, which no other process can write. What has no entry
is installed without a test or a reload.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from modules_app.applier import asterisk, cron, fail2ban, firewall, nginx, places
from modules_app.applier.report import Report

log = logging.getLogger("pbxadmin.applier")

GUARDS: dict[str, Callable[[Path], None]] = {
    "cron": cron.guard,
    "nginx": nginx.guard,
    "firewall": firewall.guard,
    "fail2ban": fail2ban.guard,
}
"""Surface -> what no file may say, whoever asks; it raises ``Refused``."""

CHECKS: dict[str, Callable[[Path], Report]] = {
    "cron": cron.check,
    "nginx": nginx.check,
    "firewall": firewall.check,
    "fail2ban": fail2ban.check,
}
"""Surface -> the real program's test of the folder."""

RELOADS: dict[str, Callable[[Path], Report]] = {
    "cron": cron.reload,
    "nginx": nginx.reload,
    "firewall": firewall.load,
    "fail2ban": fail2ban.reload,
    "sounds": asterisk.reload,
    "agi-bin": asterisk.reload,
}
"""Surface -> tell the program; it gets the stable path of the applied files."""

BEGIN = ("firewall", "fail2ban")
"""What is in force only as long as the machine runs, in this order."""


def begin() -> None:
    """Load again what a start of the machine has lost; the files lie there, tested before."""
    for name in BEGIN:
        folder = places.folder_of(name)
        if folder.is_dir():
            _log(name, RELOADS[name](folder))


def end() -> None:
    """End what would run on without the applier. The firewall stays as it is."""
    _log("fail2ban", fail2ban.stop(places.folder_of("fail2ban")))


def _log(name: str, report: Report) -> None:
    if not report.ok:
        log.error("%s: %s", name, report.output)
    elif report.skipped:
        log.info("%s: %s", name, report.skipped)
