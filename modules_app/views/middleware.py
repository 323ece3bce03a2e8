"""What stands around every request of web."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.contrib.auth import get_user_model, logout
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from modules_app.bridge.languages import languages
from modules_app.selectors.languages import packs_in_use
from modules_app.selectors.registry import current_sequence
from modules_app.selectors.safe_mode import safe_mode
from modules_app.selectors.sessions import SEEN, is_too_old
from modules_app.views.errors import answer

GetResponse = Callable[[HttpRequest], HttpResponseBase]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "manifest-src 'self'",
        "worker-src 'none'",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_OPEN_BEFORE_SETUP = ("/setup/", "/static/", "/healthz", "/language/", "/theme/")
_SEEN_STEP = 60
_POLL = "X-Poll"


def security_headers(get_response: GetResponse) -> GetResponse:
    """Set the headers of reference R6.2 on every answer, errors and static files included.

    A view may set a stricter policy of its own. HTML is never stored by a cache (W24).
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if "html" in response.headers.get("Content-Type", "").lower():
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def language_packs(get_response: GetResponse) -> GetResponse:
    """Offer the languages of enabled packs; rows are looked at once a second at most."""
    looked, known = float("-inf"), -1

    def middleware(request: HttpRequest) -> HttpResponseBase:
        nonlocal looked, known
        if time.monotonic() - looked >= 1:
            looked = time.monotonic()
            with suppress(DatabaseError):  # login works beside a database that cannot be read
                known = _use_packs(known)
        return get_response(request)

    return middleware


def _use_packs(known: int) -> int:
    sequence = -2 if safe_mode() else current_sequence()
    if sequence != known:
        languages.use(packs_in_use())
    return sequence


def first_run(get_response: GetResponse) -> GetResponse:
    """Answer 503 "setup needed" to everything until there is a user (reference R6.5)."""
    ready = False

    def middleware(request: HttpRequest) -> HttpResponseBase:
        nonlocal ready
        if not ready:
            ready = get_user_model().objects.exists()
        if ready or request.path_info.startswith(_OPEN_BEFORE_SETUP):
            return get_response(request)
        return answer(request, 503, setup_needed=True)

    return middleware


class Sessions(SessionMiddleware):
    """Django's sessions, but an unknown key does not take the browser's cookie away.

    The key changes when the password is typed again. A page that asked for news a moment earlier
    still carries the old one; its answer must not end the new session.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Store the session; delete the cookie only of a session that this request ended.

        A key that changed must reach the browser also with an answer of 500.
        """
        status = response.status_code
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME) != request.session.session_key:
            response.status_code = min(status, 499)
        response = super().process_response(request, response)
        response.status_code = status
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and not cookie.value and not request.session.was_ended:
            del response.cookies[settings.SESSION_COOKIE_NAME]
        return response


def session_limits(get_response: GetResponse) -> GetResponse:
    """End a session after ``PBX_IDLE_SECONDS`` without a click and ``PBX_SESSION_SECONDS`` in all.

    The view then asks for a login. A page that asks for news by itself (header X-Poll) is not the
    person.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get(SEEN)
            if is_too_old(request.session):
                _end(request, "too-old")
            elif seen is not None and abs(now - seen) > settings.PBX_IDLE_SECONDS:
                _end(request, "idle")
            elif seen is None or (abs(now - seen) >= _SEEN_STEP and _POLL not in request.headers):
                request.session[SEEN] = now
        return get_response(request)

    return middleware


def _end(request: HttpRequest, reason: str) -> None:
    """Log out; ``reason`` is for the audit."""
    request.logout_reason = reason  # type: ignore[attr-defined]
    logout(request)
