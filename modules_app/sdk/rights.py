"""The rights of a module's pages, and what the person who looks at one may do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from modules_app.domain.rights import MOST_RIGHTS, is_right_name, permission_of
from modules_app.sdk.context import ModuleFacts, current_module
from modules_app.sdk.translations import captions, translate


class Acl:
    """The rights as `ConfigClass.on_after_acl_prepared` names them."""

    def __init__(self, facts: ModuleFacts) -> None:
        self.rights: list[dict[str, Any]] = []
        self._facts = facts

    def add_right(self, name: str, caption: str = "", *, pages: Iterable[str] = ("",)) -> None:
        """Name a right, and the addresses below the module's own that need it.

        ``pages`` are beginnings, as ``reports/``; ``""`` means all addresses of the module, and
        ``api/…`` its REST addresses. ``caption`` is a key of messages/ or a text; administrators
        read it, each in their language. Raises `ValueError` for a wrong or repeated name and for
        an address elsewhere.
        """
        if not is_right_name(name) or any(right["name"] == name for right in self.rights):
            raise ValueError(f"{name!r} cannot name a right here; use a-z, 0-9 and _, once each.")
        if len(self.rights) >= MOST_RIGHTS:
            raise ValueError(f"A module names at most {MOST_RIGHTS} rights.")
        self.rights.append(
            {
                "name": name,
                "caption": translate(caption) if caption else name,
                "pages": [self._below(page) for page in pages],
            }
        )
        if texts := captions(caption) if caption else {}:
            self.rights[-1]["captions"] = texts

    def _below(self, page: str) -> str:
        address = page.removeprefix(self._facts.url)
        if address.startswith("/") or ".." in address.split("/"):
            raise ValueError(f"{page!r} is not below {self._facts.url}")
        return address


def may(request: HttpRequest, name: str) -> bool:
    """Tell whether the person has the right ``name`` of this module."""
    return request.user.has_perm(permission_of(current_module().id, name))
