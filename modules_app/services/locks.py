"""Who typed wrong passwords too often, and the way out from the console (reference R6.3)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from axes.helpers import get_client_cache_keys
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.http import HttpRequest

from modules_app import audit
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor

_FIELD = "username"
_REMEMBER_SECONDS = 24 * 3600


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str | None:
    """Return under which name wrong passwords are counted (``AXES_USERNAME_CALLABLE``).

    Behind the typed name stands when the console last unlocked it. So unlocking makes every count
    of before meaningless, from whatever address it came, without a list of addresses.
    """
    name = credentials.get(_FIELD) if credentials else request.POST.get(_FIELD)
    if not name:
        return None
    since = cache.get(_key(str(name)))
    return f"{name}\0{since}" if since else str(name)


def unlock(*, actor: Actor, username: str) -> None:
    """Let a person try again at once, from everywhere. Raises ``NotFound``."""
    if not get_user_model().objects.filter(username=username).exists():
        raise NotFound(
            "user-not-found",
            _("There is no user “{name}”."),
            context={"name": username},
            hint=_("Names are written exactly as at the login."),
        )
    audit.record(actor=actor, action="user-unlock", target=username, outcome="done")
    cache.set(_key(username), time.time_ns(), timeout=_REMEMBER_SECONDS)


def forget_failures(request: HttpRequest, username: str) -> None:
    """Count from zero again after a right password that is no login."""
    cache.delete_many(get_client_cache_keys(request, {_FIELD: username}))


def _key(username: str) -> str:
    return f"pbx-unlocked-{hashlib.sha256(username.encode()).hexdigest()}"
