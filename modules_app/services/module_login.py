"""Signing in people whom a module knows (reference M6.5 authenticateUser).

A module is asked only if an administrator granted it, only for names that are not ours, and only
after our own check has refused. What comes of it is a user without a password of its own, who
belongs to that module for ever and has the groups that the administrator allowed, and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AbstractUser, Group, User
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from modules_app import audit
from modules_app.domain.grants import Grant
from modules_app.models import ModuleAccount, ModuleGrant
from modules_app.permissions import Actor
from modules_app.selectors.answers import implementers
from modules_app.selectors.rights import granted_modules
from modules_app.services.callers import count_for_a_minute
from modules_app.services.hook_calls import ask_modules
from modules_app.services.signing_in import address_of

log = logging.getLogger("pbxadmin.audit")

AUTHENTICATE = "authenticate_user"
SECONDS = 2.0
"""How long a module may think about a name and a password; it may have to ask another server."""
TOTAL_SECONDS = 4.0
ASKS_PER_ADDRESS = 20
ASKS_PER_MINUTE = 120
"""How often modules are asked within a minute, for one address and for all together."""
_LONGEST = 150


class ModuleLogin(BaseBackend):
    """Stands behind Django's own backend, which has refused already, and behind the lock-out."""

    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_more: Any,
    ) -> AbstractUser | None:
        """Return the person whom a module signs in with this name and password, or None."""
        name = User.normalize_username((username or "").strip())
        if request is None or not password or not _can_be_a_name(name):
            return None
        modules = _asked_about(name)
        if not modules or not _within_limits(request):
            return None
        for module_id in modules:
            answers = ask_modules(
                AUTHENTICATE,
                {"login": name, "password": password},
                modules=[module_id],
                seconds=SECONDS,
                total_seconds=TOTAL_SECONDS,
            )
            for answer in answers:
                if answer.ok and isinstance(answer.value, dict) and answer.value:
                    return _person(module_id, name, answer.value)
        return None

    def get_user(self, user_id: Any) -> AbstractUser | None:
        """Return the person of a session; None, which ends it, once the module may no more."""
        account = ModuleAccount.objects.select_related("user").filter(user_id=user_id).first()
        if account is None or not account.user.is_active or not _may_sign_in(account.module_id):
            return None
        return account.user


def _asked_about(name: str) -> list[str]:
    """Return the modules that may be asked about ``name``, in their order.

    No module learns what was typed for a name of ours: neither a superuser's nor anybody else's
    that was not made by this very module.
    """
    granted = [one for one in implementers(AUTHENTICATE) if _may_sign_in(one)]
    if not granted:
        return []
    user = _user_called(name)
    if user is None:
        return granted
    account = ModuleAccount.objects.filter(user=user).first()
    if account is None or not _is_only_of_a_module(user):
        return []
    return [one for one in granted if one == account.module_id]


def _can_be_a_name(name: str) -> bool:
    """Tell whether Django would take it for a person; so no one is called like a key, or a line."""
    try:
        User.username_validator(name)
    except ValidationError:
        return False
    return len(name) <= _LONGEST


def _user_called(name: str) -> User | None:
    """Return who has this name in whatever case; SQLite by itself compares only a to z so."""
    wanted = name.casefold()
    names = User.objects.values_list("pk", "username").iterator()
    found = (pk for pk, known in names if User.normalize_username(known).casefold() == wanted)
    return User.objects.filter(pk=next(found, None)).first()


def _within_limits(request: HttpRequest) -> bool:
    """Count this attempt; strangers must not keep the modules busy with names that do not exist.

    The lock-out counts by name, so it does not hold up whoever makes up new names.
    """
    own = count_for_a_minute(f"module login {address_of(request)}", ASKS_PER_ADDRESS)
    return own and count_for_a_minute("module login", ASKS_PER_MINUTE)


def _may_sign_in(module_id: str) -> bool:
    in_use = module_id in implementers(AUTHENTICATE)
    return in_use and module_id in granted_modules(Grant.AUTHENTICATE)


def _is_only_of_a_module(user: User) -> bool:
    """Tell whether nobody gave the user a password of its own, or a right beyond groups."""
    return not (user.is_superuser or user.is_staff or user.has_usable_password())


def _person(module_id: str, name: str, answer: Mapping[str, Any]) -> AbstractUser | None:
    """Find or make the user; None if that is not possible, which is no wrong password."""
    try:
        with transaction.atomic():
            user = _user(module_id, name, answer)
            if user is None or not user.is_active:
                return None
            user.groups.set(_groups(module_id, answer))
    except DatabaseError:
        log.exception("%s signed a person in who could not be stored", module_id)
        return None
    return user


def _user(module_id: str, name: str, answer: Mapping[str, Any]) -> User | None:
    known = _user_called(name)
    account = ModuleAccount.objects.select_related("user").filter(user=known).first()
    if known is None:
        user = User(username=name)
        user.set_unusable_password()
        _describe(user, answer)
        user.save(force_insert=True)
        account = ModuleAccount(user=user, module_id=module_id, login=name)
        actor = Actor(module_id, "web", frozenset())
        audit.record(actor=actor, action="user-add", target=name, outcome="done")
    elif (
        account is None or account.module_id != module_id or not _is_only_of_a_module(account.user)
    ):
        return None
    else:
        _describe(account.user, answer)
        account.user.save(update_fields=["first_name"])
    account.home_page = _home_page(module_id, answer)
    account.signed_in_at = timezone.now()
    account.save()
    return account.user


def _describe(user: User, answer: Mapping[str, Any]) -> None:
    shown = str(answer.get("userName") or "")
    user.first_name = shown[:_LONGEST] if shown.isprintable() else ""


def _home_page(module_id: str, answer: Mapping[str, Any]) -> str:
    """Return the first page that the module asks for, if it is one of its own."""
    own, page = f"/m/{module_id}/", str(answer.get("homePage") or "")
    plain = page.isprintable() and not any(part in page for part in ("..", "\\", "//", "%"))
    return page[:200] if plain and page.startswith(own) else ""


def _groups(module_id: str, answer: Mapping[str, Any]) -> list[Group]:
    """Return the groups that the module names, as far as the administrator allowed them.

    A module that names none gets all that were allowed.
    """
    grant = ModuleGrant.objects.filter(module_id=module_id, right=Grant.AUTHENTICATE).first()
    allowed = list(grant.groups.all()) if grant else []
    raw = answer.get("groups") if isinstance(answer.get("groups"), list) else None
    named = {str(one) for one in raw} if raw is not None else {str(answer.get("role") or "")}
    if named == {""}:
        return allowed
    return [group for group in allowed if group.name in named]
