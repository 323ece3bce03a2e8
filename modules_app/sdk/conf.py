"""The hooks of a module, called by PBX Admin (the seeds' ``Lib/<Short>Conf``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.translations import translate


class Menu:
    """The sidebar as `ConfigClass.on_before_header_menu_show` sees it.

    ``groups`` is plain data to read: each has ``key``, ``caption``, ``icon`` and ``items``.
    """

    def __init__(self, facts: ModuleFacts, groups: Sequence[Mapping[str, Any]]) -> None:
        self.groups = tuple(groups)
        self.added: list[dict[str, Any]] = []
        self._facts = facts

    def add(
        self,
        caption: str,
        *,
        href: str = "",
        group: str = "modules",
        icon: str = "",
        order: int = 0,
    ) -> None:
        """Add an item; ``href`` is a path below the module's own address, as ``reports/``.

        Raises `ValueError` for any other address. ``caption`` is a key of messages/ or a text.
        """
        url = href if href.startswith(self._facts.url) else self._facts.url + href
        if href.startswith("/") and url != href or ".." in href.split("/"):
            raise ValueError(f"{href!r} is not below {self._facts.url}")
        self.added.append(
            {
                "key": f"{self._facts.id}:{href.strip('/') or len(self.added)}",
                "group": str(group),
                "icon": str(icon),
                "caption": str(caption),
                "href": url,
                "shown": True,
                "order": int(order),
            }
        )


class ConfigClass:
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

    def on_before_module_enable(self) -> bool | None:
        """Return False to refuse that the module is enabled, with the reason in ``messages``."""
        return None

    def on_after_module_enable(self) -> None:
        """Do what follows once the module is enabled; it may be called twice."""

    def on_before_module_disable(self) -> bool | None:
        """Return False to refuse that the module is disabled, with the reason in ``messages``."""
        return None

    def on_after_module_disable(self) -> None:
        """Do what follows once the module is disabled; it may be called twice."""

    def on_before_header_menu_show(self, menu: Menu) -> None:
        """Add items to the sidebar with ``menu.add``."""
