"""The hooks of a module, called by PBX Admin (the seeds' ``Lib/<Short>Conf``)."""

from __future__ import annotations

from typing import Any

from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.hooks.asterisk import AsteriskHooks
from modules_app.sdk.hooks.rest import RestHooks
from modules_app.sdk.hooks.system import SystemHooks
from modules_app.sdk.hooks.web import WebHooks
from modules_app.sdk.translations import translate


class ConfigClass(SystemHooks, RestHooks, WebHooks, AsteriskHooks):
    """Override the hooks you need. One object is made per process: keep no state between calls.

    What you add to ``messages`` is shown to the person who asked.
    """

    DEFAULT_PRIORITY = 10000

    def __init__(self, facts: ModuleFacts) -> None:
        self.module_unique_id = facts.id
        self.module_dir = facts.code
        self.messages: list[str] = []

    def translation(self, key: str, **values: Any) -> str:
        """Return a text of the module in the language of the reader."""
        return translate(key, **values)

    def get_method_priority(self, method_name: str) -> int:
        """Return where this module stands among others for one hook; low numbers come first."""
        return self.DEFAULT_PRIORITY

    def self_test(self) -> bool | str | list[str] | None:
        """Say whether the module is well: None or True, else False or what is wrong.

        Asked with the new version before an installation, upgrade or enabling counts; a sentence,
        or a list of them, stops it and is shown. It works on a copy of the module's data and has
        no network, so look at what the package itself needs: tables, files, programs, settings.
        """
        return None
