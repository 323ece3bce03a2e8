"""Which program tests and which one reloads each surface: the whole list, and nothing from outside.

A check gets the folder of the staged files, which no other process can write. What has no entry
is installed without a test or a reload.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from modules_app.applier import cron, fail2ban, firewall, nginx
from modules_app.applier.report import Report

GUARDS: dict[str, Callable[[Path], None]] = {"cron": cron.guard, "nginx": nginx.guard}
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
}
"""Surface -> tell the program; it gets the stable path of the applied files."""
