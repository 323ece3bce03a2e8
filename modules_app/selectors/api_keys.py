"""API keys as people see them, and what one of them may do right now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from modules_app.domain.api_keys import MODULE_SCOPE, Scope, module_scope
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import ApiToken
from modules_app.permissions import Actor, Right
from modules_app.selectors.rest import modules_with_rest

_BEHIND: dict[str, Right] = {
    Scope.VIEW: Right.VIEW,
    Scope.OPERATE: Right.OPERATE,
    Scope.INSTALL: Right.INSTALL,
    Scope.REMOVE: Right.REMOVE,
    Scope.SETTINGS: Right.INSTALL,
    Scope.VIEW_TELEPHONY: Right.VIEW_TELEPHONY,
    Scope.CHANGE_TELEPHONY: Right.CHANGE_TELEPHONY,
}
"""The right that somebody needs to have a scope."""


def scopes_within(scopes: Iterable[str], rights: frozenset[Right]) -> frozenset[str]:
    """Return those of ``scopes`` that somebody with these rights may use or give away."""
    any_page = bool(rights & {Right.VIEW, Right.OPERATE})
    return frozenset(
        scope
        for scope in scopes
        if (any_page if scope.startswith(MODULE_SCOPE) else _BEHIND.get(scope) in rights)
    )


def scopes_of(token: ApiToken) -> frozenset[str]:
    """Return what a key may do now: never more than its owner may do now."""
    if token.owner is None:
        return frozenset(token.scopes)
    return scopes_within(token.scopes, Actor.of_user(token.owner).rights)


def offered_scopes(rights: frozenset[Right]) -> list[str]:
    """Return every scope that a person with these rights can give to a key.

    Of modules only those that answer REST, or did when they were in use last.
    """
    modules = [module_scope(one) for one in modules_with_rest()]
    offered = scopes_within([*Scope, *modules], rights)
    return [str(scope) for scope in (*Scope, *modules) if scope in offered]


def list_keys(*, owner: Any = None) -> QuerySet[ApiToken]:
    """Return keys, the newest first; with ``owner`` only that person's."""
    found = ApiToken.objects.select_related("owner").order_by("-id")
    return found.filter(owner=owner) if owner is not None else found


def find_key(*, key_id: int | None = None, name: str = "", owner: Any = None) -> ApiToken:
    """Return a key that is not revoked, by number or name. Raises ``NotFound``."""
    open_keys = list_keys(owner=owner).filter(revoked_at=None)
    wanted = {"pk": key_id} if key_id is not None else {"name": name}
    found = open_keys.filter(**wanted).first()
    if found is None:
        raise NotFound(
            "key-not-found",
            _("There is no such API key, or it is revoked already."),
            hint=_("Look at the list of keys."),
        )
    return found


def key_state(token: ApiToken) -> str:
    """Return "revoked", "expired" or "open"."""
    if token.revoked_at:
        return "revoked"
    return "expired" if token.expires_at and token.expires_at <= timezone.now() else "open"


def key_record(token: ApiToken) -> dict[str, Any]:
    """Return one key as JSON values; the key itself is nowhere to be had."""
    return {
        "id": token.pk,
        "name": token.name,
        "begins": token.shown,
        "owner": token.owner.get_username() if token.owner else None,
        "scopes": token.scopes,
        "networks": token.networks,
        "state": key_state(token),
        "created_by": token.created_by,
        "created_at": token.created_at.isoformat(),
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
        "last_used_at": token.last_used_at.isoformat() if token.last_used_at else None,
        "last_used_from": token.last_used_from,
    }
