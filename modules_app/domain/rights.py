"""Rights that modules name for their own pages (reference M6.5 onAfterACLPrepared, M12.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}", re.ASCII)
MOST_RIGHTS = 50
"""Rights that one module may name; real ones name one per page."""


@dataclass(frozen=True, slots=True)
class PageRight:
    """A right of a module: its name, and the addresses below the module's own that need it.

    ``pages`` are beginnings of addresses, as ``reports/``; ``""`` stands for all of them.
    """

    name: str
    pages: tuple[str, ...]


def is_right_name(text: str) -> bool:
    """Say whether ``text`` can name a right: a small letter, then up to 29 of ``a-z 0-9 _``."""
    return _NAME.fullmatch(text) is not None


def codename_of(module_id: str, name: str) -> str:
    """Return the codename of the permission, such as ``ModuleBlackList:reports``."""
    return f"{module_id}:{name}"


def permission_of(module_id: str, name: str) -> str:
    """Return the permission as ``has_perm`` takes it."""
    return f"modules_app.{codename_of(module_id, name)}"


def right_for(rights: Iterable[PageRight], address: str) -> str:
    """Return the name of the right that an address below the module's own needs, "" for none.

    The longest beginning that fits decides.

    >>> right_for([PageRight("all", ("",)), PageRight("read", ("reports/",))], "reports/3/")
    'read'
    """
    fitting = [
        (len(page), right.name)
        for right in rights
        for page in right.pages
        if address.startswith(page) or address == page.rstrip("/")
    ]
    return max(fitting)[1] if fitting else ""
