"""Pages of enabled modules that make a new destination (reference F1.3, popovers)."""

from __future__ import annotations

from modules_app.domain.popovers import Popover, popovers_of
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.modules import find_module


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
