"""What a module may do only if it asks for it and an administrator grants it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modules_app.domain.menu_items import is_public
from modules_app.exceptions import gettext_noop as _


class Grant(StrEnum):
    """The things that are granted, as the manifest's field ``grants`` names them."""

    AUTHENTICATE = "authenticate"
    CORE_ASSETS = "core-assets"
    PUBLIC_ROUTES = "public-routes"
    PUBLIC_PAGES = "public-pages"


@dataclass(frozen=True, slots=True)
class GrantWords:
    """What a grant means, for the person who decides; English, to be translated."""

    label: str
    warning: str


GRANT_WORDS: dict[Grant, GrantWords] = {
    Grant.AUTHENTICATE: GrantWords(
        _("Sign people in"),
        _(
            "The module is asked when a name is not known here, and sees the password that was "
            "typed. Its people get the groups that you choose, and nothing else."
        ),
    ),
    Grant.CORE_ASSETS: GrantWords(
        _("Scripts and styles on pages of PBX Admin"),
        _(
            "What the module's scripts do on these pages happens in the name of whoever looks at "
            "them."
        ),
    ),
    Grant.PUBLIC_ROUTES: GrantWords(
        _("Requests without a login"),
        _("Anybody who reaches this server can send requests to these addresses of the module."),
    ),
    Grant.PUBLIC_PAGES: GrantWords(
        _("Pages without a login"),
        _(
            "Anybody who reaches this server can look at the pages that module.xml marks "
            "requires_auth=false. Forms on them still need a login."
        ),
    ),
}

_BY_HOOK = {"authenticate_user": Grant.AUTHENTICATE}


def asked_grants(manifest: Mapping[str, Any], hooks: Iterable[str]) -> tuple[Grant, ...]:
    """Return what a module asks for: by the manifest, or by a hook that needs it.

    The manifest names ``grants``, or marks menu items ``requires_auth="false"`` (reference F1.3).

    ``manifest`` is the stored form of a `Manifest`.
    """
    named = (manifest.get("facts") or {}).get("grants") or ()
    asked = {Grant(name) for name in named if name in list(Grant)}
    asked |= {_BY_HOOK[hook] for hook in hooks if hook in _BY_HOOK}
    if any(is_public(entry.get("facts") or {}) for entry in manifest.get("menu") or ()):
        asked.add(Grant.PUBLIC_PAGES)
    return tuple(grant for grant in Grant if grant in asked)
