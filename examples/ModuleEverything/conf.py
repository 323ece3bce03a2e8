"""Every hook that PBX Admin calls, in classes by what they are about."""

from __future__ import annotations

from modules_app.sdk import ConfigClass

from .asterisk_hooks import DialplanHooks, FileHooks, RouteHooks, StatusHooks
from .system_hooks import LifeHooks, SystemHooks
from .web_hooks import PageHooks, RestHooks


class EverythingConf(
    LifeHooks,
    SystemHooks,
    PageHooks,
    RestHooks,
    DialplanHooks,
    RouteHooks,
    FileHooks,
    StatusHooks,
    ConfigClass,
):
    """What PBX Admin asks the module."""

    def get_method_priority(self, method_name: str) -> int:
        """Come before modules that say nothing about their place in the crontab."""
        return 100 if method_name == "create_cron_tasks" else self.DEFAULT_PRIORITY

    def self_test(self) -> list[str]:
        """Nothing is wrong with a module that only takes notes."""
        return []
