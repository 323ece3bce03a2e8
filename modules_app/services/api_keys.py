"""Making and revoking API keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from modules_app import audit
from modules_app.domain.api_keys import digest, is_scope, new_key, read_networks
from modules_app.exceptions import NotAllowed, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import ApiToken
from modules_app.permissions import Actor
from modules_app.selectors.api_keys import find_key, scopes_within

MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; ``key`` is shown to its maker once and is nowhere else."""

    token: ApiToken
    key: str


def create_key(
    *,
    actor: Actor,
    owner: Any | None,
    name: str,
    scopes: Iterable[str],
    networks: Iterable[str] = (),
    days: int | None = None,
) -> NewKey:
    """Make a key and return it; it can do no more than ``actor`` and, later, than ``owner``.

    ``networks`` are addresses or CIDR blocks that it works from (none: everywhere), ``days`` how
    long it lives (None: until revoked). Raises ``NotAllowed`` or ``Refused``.
    """
    wanted = list(dict.fromkeys(scopes))
    _check(actor, name.strip(), wanted, days)
    key, public = new_key()
    now = timezone.now()
    try:
        with transaction.atomic():
            token = ApiToken.objects.create(
                name=name.strip(),
                public=public,
                digest=digest(key),
                owner=owner,
                scopes=wanted,
                networks=_networks(networks),
                created_by=actor.name,
                created_at=now,
                expires_at=now + timedelta(days=days) if days else None,
            )
            _tell(actor, "api-key-create", token)
    except IntegrityError:
        raise Refused(
            "key-name-taken",
            _("There is a key called “{name}” already."),
            context={"name": name.strip()},
            hint=_("Choose another name, or revoke that key first."),
        ) from None
    return NewKey(token, key)


def revoke_key(
    *, actor: Actor, key_id: int | None = None, name: str = "", owner: Any = None
) -> ApiToken:
    """End a key at once, found by number or name; with ``owner`` only one of that person's.

    Raises ``NotFound``.
    """
    with transaction.atomic():
        token = find_key(key_id=key_id, name=name, owner=owner)
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        _tell(actor, "api-key-revoke", token)
    return token


def _check(actor: Actor, name: str, scopes: list[str], days: int | None) -> None:
    if not name or len(name) > 80 or not name.isprintable():
        raise Refused(
            "key-name-invalid",
            _("A key needs a name of up to 80 printable characters."),
            hint=_("Name it after the program that will use it."),
        )
    unknown = [scope for scope in scopes if not is_scope(scope)]
    if unknown or not scopes:
        raise Refused(
            "key-scope-unknown",
            _("A key needs at least one scope, and only known ones: {unknown}."),
            context={"unknown": ", ".join(unknown) or "-"},
            hint=_("Scopes are view, operate, install, remove, settings and modules:<id>."),
        )
    beyond = sorted(set(scopes) - scopes_within(scopes, actor.rights))
    if beyond:
        raise NotAllowed(
            "key-beyond-rights",
            _("You cannot give a key more than you may do yourself: {scopes}."),
            context={"scopes": ", ".join(beyond)},
        )
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Refused(
            "key-days-invalid",
            _("A key lives between 1 and {most} days."),
            context={"most": MOST_DAYS},
        )


def _networks(texts: Iterable[str]) -> list[str]:
    try:
        return read_networks(texts)
    except ValueError as error:
        raise Refused(
            "key-network-invalid",
            _("“{text}” is no network."),
            context={"text": str(error)[:120]},
            hint=_("Write addresses such as 192.0.2.7 or blocks such as 192.0.2.0/24."),
        ) from None


def _tell(actor: Actor, action: str, token: ApiToken) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=token.name,
        outcome="done",
        detail={
            "begins": token.shown,
            "scopes": token.scopes,
            "networks": token.networks,
            "owner": token.owner.get_username() if token.owner else "",
            "ends": token.expires_at.isoformat() if token.expires_at else "",
        },
    )
