"""What stands around every request of web."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user_model, logout
from django.http import HttpRequest, HttpResponseBase

from modules_app.views.errors import error_page

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
_SEEN = "seen_at"
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
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware


def first_run(get_response: GetResponse) -> GetResponse:
    """Answer 503 "setup needed" to everything until there is a user (reference R6.5)."""
    ready = False

    def middleware(request: HttpRequest) -> HttpResponseBase:
        nonlocal ready
        if not ready:
            ready = get_user_model().objects.exists()
        if ready or request.path_info.startswith(_OPEN_BEFORE_SETUP):
            return get_response(request)
        return error_page(503, setup_needed=True)

    return middleware


def idle_logout(get_response: GetResponse) -> GetResponse:
    """Log out a person who did nothing for ``PBX_IDLE_SECONDS``; the view then asks for a login.

    A page that asks for news by itself (header X-Poll) is not the person.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = int(time.time())
            seen = request.session.get(_SEEN)
            if seen is not None and abs(now - seen) > settings.PBX_IDLE_SECONDS:
                logout(request)
            elif seen is None or (
                abs(now - seen) >= _SEEN_STEP and _POLL not in request.headers
            ):
                request.session[_SEEN] = now
        return get_response(request)

    return middleware
