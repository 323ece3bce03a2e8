"""Pages of modules that make a new destination, as ``<popovers>`` names them (reference F1.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from modules_app.domain.menu_items import page_of

MARK = "fw_popover"
"""The argument that tells a module's page that it is opened for another one's form."""


@dataclass(frozen=True, slots=True)
class Popover:
    """One page: ``page`` is its address below the module's own, ``query`` what it is asked with."""

    module_id: str
    key: str
    page: str
    query: str

    @property
    def url(self) -> str:
        """Return the address under which people open it."""
        return f"/popovers/{self.module_id}/{self.key}/"

    @property
    def path(self) -> str:
        """Return the address of the module's page with its arguments."""
        return f"/m/{self.module_id}/{self.page}?{self.query}"


def popovers_of(module_id: str, declared: Iterable[Mapping[str, Any]]) -> tuple[Popover, ...]:
    """Return the pages of one manifest; the argument ``display`` names the page, else the id."""
    found = []
    for one in declared:
        arguments = {str(name): str(value) for name, value in one["arguments"].items()}
        display = arguments.pop("display", "") or str(one["id"])
        query = urlencode({**arguments, MARK: "1"})
        found.append(Popover(module_id, str(one["id"]), page_of(module_id, display), query))
    return tuple(found)
