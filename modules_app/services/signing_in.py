"""What happens around logging in and out: facts for the list of sessions, events for the audit.

Nothing here may stop a login: it works on a full disk and beside a locked database (design 4).
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest

from modules_app import audit
from modules_app.permissions import Actor
from modules_app.processes.clock import stamp
from modules_app.selectors.sessions import (
    ADDRESS,
    BEGAN,
    BROWSER,
    NAME,
    PROOF,
    SEEN,
    proof_age,
    short_browser,
)
from modules_app.services.attacks import note_attack
from modules_app.services.sudo import forget_session

log = logging.getLogger("pbxadmin.audit")

FAILURES_PER_MINUTE = 30
"""More failed logins than that are counted, not listed: a stranger must not fill the disk."""

_SHOWN_OF_UNKNOWN_NAMES = 2


def connect() -> None:
    """Listen to Django's signals."""
    user_logged_in.connect(_logged_in, dispatch_uid="pbx-logged-in")
    user_logged_out.connect(_logged_out, dispatch_uid="pbx-logged-out")
    user_login_failed.connect(_login_failed, dispatch_uid="pbx-login-failed")


def actor_of(request: HttpRequest, user: Any = None) -> Actor:
    """Return who sent the request, with the facts about address and session for the audit.

    Name the ``user`` where the authentication middleware has not run yet.
    """
    return Actor.of_user(user or request.user, **_facts(request))


def _logged_in(request: HttpRequest, user: Any, **_more: Any) -> None:
    """Describe the new session to itself; typing the password is the first proof."""
    session = request.session
    now = stamp()
    session[NAME] = secrets.token_hex(6)
    session[BEGAN] = now
    session[PROOF] = now
    session[SEEN] = int(time.time())
    session[ADDRESS] = address_of(request)
    session[BROWSER] = short_browser(request.META.get("HTTP_USER_AGENT", ""))
    _tell(request, user.get_username(), "login", "done")


def _logged_out(request: HttpRequest, user: Any, **_more: Any) -> None:
    if user is None:
        return
    with suppress(DatabaseError):  # what waits there can be taken by nobody anyway
        forget_session(request.session.get(NAME, ""))
    reason = getattr(request, "logout_reason", "")
    _tell(request, user.get_username(), "logout", "done", reason=reason)


def _login_failed(
    credentials: Mapping[str, Any], request: HttpRequest | None = None, **_more: Any
) -> None:
    if request is None:
        return
    note_attack(request)
    if not worth_a_row():
        return
    typed = str(credentials.get(get_user_model().USERNAME_FIELD, ""))
    locked = not AxesProxyHandler.is_allowed(request, dict(credentials))
    action = "sudo" if getattr(request, "is_sudo", False) else "login"
    reason = "locked-out" if locked else "wrong-password"
    _tell(request, shortened(typed), action, "failed", reason=reason)


def shortened(username: str) -> str:
    """Return the name of a person we know; of any other text only its start.

    People type their password into the wrong field.
    """
    try:
        known = get_user_model().objects.filter(username=username[:150]).exists()
    except (DatabaseError, ValueError):
        known = False
    return username if known else f"{username[:_SHOWN_OF_UNKNOWN_NAMES]}…"


def address_of(request: HttpRequest) -> str:
    """Return the address that the connection came from."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _facts(request: HttpRequest) -> dict[str, Any]:
    session: SessionBase | dict[str, Any] = getattr(request, "session", {})
    return {
        "address": address_of(request),
        "session": str(session.get(NAME, "")),
        "proof_age": proof_age(session),
    }


def _tell(request: HttpRequest, username: str, action: str, outcome: str, reason: str = "") -> None:
    actor = Actor(username, "web", frozenset(), **_facts(request))
    target = username if action != "sudo" else request.path[:150]
    audit.try_record(actor=actor, action=action, target=target, outcome=outcome, reason=reason)


def worth_a_row() -> bool:
    """Count the failures of this minute; where even that is impossible, say so in the log."""
    key = f"pbx-failed-logins-{int(time.time()) // 60}"
    try:
        cache.add(key, 0, timeout=120)
        count = cache.incr(key)
    except (OSError, ValueError):
        count = 1
    if count == FAILURES_PER_MINUTE + 1:
        log.warning("more failed logins in this minute than the audit lists")
    return count <= FAILURES_PER_MINUTE
