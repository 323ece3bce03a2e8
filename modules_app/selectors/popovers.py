"""Pages of enabled modules that make a new destination (reference F1.3, popovers)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from modules_app.domain.popovers import Popover, popovers_of
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.permissions import Actor
from modules_app.selectors.modules import find_module, pick
from modules_app.selectors.registry import modules_in_use
from modules_app.selectors.rights import access_to
from modules_app.selectors.safe_mode import safe_mode


def find_popover(module_id: str, key: str) -> Popover:
    """Return one of them. Raises ``NotFound``."""
    module = find_module(module_id)
    manifest = module.facts.get("manifest") or {}
    declared = (manifest.get("facts") or {}).get("popovers") or ()
    for one in popovers_of(module.id, declared):
        if one.key == key:
            return one
    raise NotFound(
        "popover-not-found",
        _("“{id}” names no page “{key}” for a new destination."),
        context={"id": module.id, "key": key[:60]},
    )


def list_popovers(user: Any, language: str = "en") -> list[tuple[Popover, str]]:
    """Return those of modules in use that ``user`` may open, each with the module's name.

    A page written in PHP makes nothing here and is left out; in safe mode there are none.
    """
    if safe_mode():
        return []
    rows = modules_in_use().filter(contract="freepbx", language="python")
    rows = rows.annotate(popovers=F("facts__manifest__facts__popovers")).order_by("id")
    actor = Actor.of_user(user)
    return [
        (one, pick(titles, language, module_id))
        for module_id, titles, declared in rows.values_list("id", "titles", "popovers")
        for one in popovers_of(module_id, declared or ())
        if access_to(user, actor, module_id, one.page).may
    ]


def titles_of(ids: Iterable[str], language: str) -> dict[str, str]:
    """Return the names of modules, the id of one that is not there."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = dict(Module.objects.filter(pk__in=wanted).values_list("id", "titles"))
    return {one: pick(rows.get(one) or {}, language, one) for one in wanted}
