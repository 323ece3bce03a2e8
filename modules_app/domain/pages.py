"""Whether a module has a page of its own to open, by what its package says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PAGES = "works-pages"


def has_page(facts: Mapping[str, Any]) -> bool:
    """Tell whether there is something to see below ``/m/<id>/``; ``facts`` is the stored report.

    A module without pages has at least our own about its tables. A language pack has nothing. What
    is not known counts as a page: a way too many is better than one that is missing.
    """
    if not facts or facts.get("language") == "php" or facts.get("contract") == "freepbx":
        return True
    works = {one.get("slug") for one in facts.get("works") or () if isinstance(one, Mapping)}
    shown = [one for one in facts.get("menu") or () if not one.get("hidden")]
    return bool(_PAGES in works or shown or facts.get("tables") or facts.get("models"))
