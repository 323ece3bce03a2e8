"""The sidebar as a module sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.translations import captions


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
        right: str = "",
    ) -> None:
        """Add an item; ``href`` is a path below the module's own address, as ``reports/``.

        ``right``, a right that the module names, hides it from people without; a page that needs
        a right needs none here. Raises `ValueError` for any other address. ``caption`` is a key of
        messages/ or a text.
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
                "right": str(right),
            }
        )
        if texts := captions(str(caption)):
            self.added[-1]["captions"] = texts
