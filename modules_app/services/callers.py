"""Who asks over REST: a person with a session, or a program with an API key (Bearer).

A key in the Authorization header always counts alone: a wrong one is refused even when the browser
is logged in, and a right one needs no CSRF token, because no other site can make a browser send it.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from modules_app import audit
from modules_app.domain.api_keys import Scope, holds_key, is_inside, is_same, public_part
from modules_app.domain.attacks import WRONG_KEY
from modules_app.exceptions import ModuleError, NotAllowed
from modules_app.exceptions import gettext_noop as _
from modules_app.models import ApiToken
from modules_app.permissions import Actor, Right
from modules_app.selectors.api_keys import scopes_of, scopes_within
from modules_app.services.attacks import note_attack
from modules_app.services.signing_in import actor_of, address_of, worth_a_row

log = logging.getLogger("pbxadmin.audit")

CHANNEL = "api"
KEY_NAME = "key:{name}"
"""How the audit names a key; no person's name can hold a colon."""

_SEEN_STEP = timedelta(seconds=60)
_NOBODY = "0" * 64


class NotSignedIn(ModuleError):
    """Nobody is logged in, or the key is wrong. All of it looks alike to whoever asks."""

    http_status = 401


class TooMany(ModuleError):
    """Too many requests, or too many wrong keys; ``context["seconds"]`` is how long to wait."""

    http_status = 429


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and with which scopes; ``key`` is the name of an API key, "" for a person."""

    actor: Actor
    user: Any
    scopes: frozenset[str]
    key: str = ""

    def acting_in(self, scope: str) -> Actor:
        """Return the actor for something that this scope allows. Raises ``NotAllowed``.

        The scope "settings" lends the right that writing settings takes, and for nothing else.
        """
        if scope not in self.scopes:
            raise NotAllowed(
                "scope-missing",
                _("“{actor}” may not do this: the scope “{scope}” is missing."),
                context={"actor": self.actor.name, "scope": scope},
                hint=_("Use a key with this scope, or ask an administrator for the right."),
            )
        if scope == Scope.SETTINGS:
            return replace(self.actor, rights=self.actor.rights | {Right.INSTALL})
        return self.actor


class Program:
    """Stands for a key, or for nobody, where the host is told of a person.

    It has what the key's owner has of the rights that modules named; a key of the command line has
    all of them, nobody none.
    """

    pk = None
    is_superuser = False
    is_authenticated = False

    def __init__(self, name: str = "", owner: Any = None) -> None:
        self._name = name
        self._owner = owner

    def get_username(self) -> str:
        """Return how the audit calls it."""
        return self._name

    get_full_name = get_username

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Tell whether the owner has a permission."""
        return bool(self._name) and (self._owner is None or self._owner.has_perm(perm))

    def get_all_permissions(self) -> set[str]:
        """Return the permissions of the owner."""
        return set() if self._owner is None else set(self._owner.get_all_permissions())


def has_key(request: HttpRequest) -> bool:
    """Tell whether the request brings an Authorization header of the kind Bearer."""
    return _authorization(request)[0] == "bearer"


def caller_of(request: HttpRequest) -> Caller:
    """Return who asks. Raises `NotSignedIn`, `TooMany` or, for a key in the address, `ModuleError`.

    Asked twice for one request, it looks once.
    """
    known = getattr(request, "pbx_caller", None)
    if known is None:
        try:
            known = _look(request)
        except ModuleError as error:
            known = error
        request.pbx_caller = known  # type: ignore[attr-defined]
    if isinstance(known, ModuleError):
        raise known
    return known


def key_caller(request: HttpRequest) -> Caller | None:
    """Return the caller of a request with a valid key, else None; for gates that come early."""
    if not has_key(request):
        return None
    try:
        return caller_of(request)
    except ModuleError:
        return None


def count_for_a_minute(name: str, limit: int) -> bool:
    """Count one more under ``name`` in this minute; tell whether that is within the limit."""
    minute = int(timezone.now().timestamp()) // 60
    return _count(f"pbx-minute-{_hash(name)}-{minute}", 120) <= limit


def refuse_key_in_address(request: HttpRequest) -> None:
    """Raise `KeyInAddress` when the query holds something that looks like a key."""
    if holds_key(request.META.get("QUERY_STRING", "")):
        raise KeyInAddress(
            "key-in-address",
            _("An API key must never stand in an address: addresses are written to logs."),
            hint=_("Revoke that key, and send the new one as “Authorization: Bearer …”."),
        )


def slow_down(seconds: int) -> TooMany:
    """Return the error for too many requests."""
    return TooMany(
        "too-many-requests",
        _("Too many requests. Try again in {seconds} seconds."),
        context={"seconds": seconds},
    )


def _look(request: HttpRequest) -> Caller:
    refuse_key_in_address(request)
    if has_key(request):
        return _by_key(request)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        raise _unknown()
    actor = replace(actor_of(request), channel=CHANNEL)
    return Caller(actor, user, scopes_within(Scope, actor.rights))


class KeyInAddress(ModuleError):
    """The key stands where everybody who reads a log sees it."""

    http_status = 400


def _by_key(request: HttpRequest) -> Caller:
    address = address_of(request)
    key = _authorization(request)[1]
    public = public_part(key)
    failures = f"pbx-key-failures-{_hash(f'{address} {public}')}"
    if int(_cached(failures) or 0) >= settings.AXES_FAILURE_LIMIT:
        raise slow_down(int(settings.AXES_COOLOFF_TIME * 3600))
    token = ApiToken.objects.select_related("owner").filter(public=public).first()
    reason = _fault(key, token, address)
    if token is None or reason:
        _count(failures, int(settings.AXES_COOLOFF_TIME * 3600))
        note_attack(request, WRONG_KEY)
        _tell_failure(address, token, public, reason or "wrong-key")
        raise _unknown()
    if not count_for_a_minute(f"key {token.pk}", settings.PBX_API_PER_MINUTE["key"]):
        raise slow_down(60)
    _note_use(token, address)
    scopes = scopes_of(token)
    rights = frozenset(right for right in Right if right in scopes)
    name = KEY_NAME.format(name=token.name)
    return Caller(Actor(name, CHANNEL, rights, address), token.owner, scopes, token.name)


def _fault(key: str, token: ApiToken | None, address: str) -> str:
    """Return why a key does not count, for the audit; whoever sent it does not learn that."""
    same = is_same(key, token.digest if token else _NOBODY)
    if token is None or not same:
        return "wrong-key"
    if token.revoked_at:
        return "revoked"
    if token.expires_at and token.expires_at <= timezone.now():
        return "expired"
    if token.owner and not token.owner.is_active:
        return "owner-inactive"
    return "" if is_inside(address, token.networks) else "wrong-network"


def _note_use(token: ApiToken, address: str) -> None:
    """Write the last use, at most once a minute; a locked database does not stop a request."""
    now = timezone.now()
    if token.last_used_at and now - token.last_used_at < _SEEN_STEP:
        return
    try:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now, last_used_from=address[:45])
    except DatabaseError as error:
        log.warning("the last use of the key %s was not written: %s", token.name, error)


def _tell_failure(address: str, token: ApiToken | None, public: str, reason: str) -> None:
    if not worth_a_row():
        return
    name = KEY_NAME.format(name=token.name) if token else "?"
    shown = f"pbx_{public}_…" if public else "?"
    audit.try_record(
        actor=Actor(name, CHANNEL, frozenset(), address),
        action="api-key",
        target=shown,
        outcome="failed",
        reason=reason,
    )


def _authorization(request: HttpRequest) -> tuple[str, str]:
    scheme, _space, rest = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return scheme.lower(), rest.strip()


def _unknown() -> NotSignedIn:
    return NotSignedIn(
        "not-signed-in",
        _("Nobody is logged in here, or the API key is wrong."),
        hint=_("Send a valid key as “Authorization: Bearer …”."),
    )


def _count(name: str, seconds: int) -> int:
    """Count in the cache; where even that is impossible, as on a full disk, nothing is counted."""
    try:
        cache.add(name, 0, timeout=seconds)
        return int(cache.incr(name))
    except (OSError, ValueError):
        return 1


def _cached(name: str) -> Any:
    try:
        return cache.get(name)
    except OSError:
        return None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
