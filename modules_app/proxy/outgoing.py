"""What goes from a browser's request to the host. What is not named here stays behind."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.translation import get_language

from modules_app.bridge.address import browser_address
from modules_app.bridge.statement import HEADER, sign
from modules_app.permissions import Actor
from modules_app.selectors.reader import statement_about

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

_PASSED = (
    "Accept",
    "Content-Type",
    "Content-Language",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Range",
    "X-CSRFToken",
    "X-Requested-With",
    "HX-Boosted",
    "HX-Current-URL",
    "HX-History-Restore-Request",
    "HX-Prompt",
    "HX-Request",
    "HX-Target",
    "HX-Trigger",
    "HX-Trigger-Name",
)
# The look of a page: the module's pages wear the same frame as ours.
_LOOK_COOKIES = ("pbx_theme",)


def comes_from_this_site(request: HttpRequest) -> bool:
    """Tell whether a request that may change something was made by a page of this site.

    Browsers send Origin with each such request; the host checks the CSRF token besides.
    """
    if request.method in SAFE_METHODS:
        return True
    own = site_origin(request)
    origin = request.META.get("HTTP_ORIGIN")
    if origin is not None:
        return origin == own or origin in settings.CSRF_TRUSTED_ORIGINS
    if request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") not in ("same-origin", "none"):
        return False
    referer = request.META.get("HTTP_REFERER")
    return referer is None or "{0.scheme}://{0.netloc}".format(urlsplit(referer)) == own


def site_origin(request: HttpRequest) -> str:
    """Return scheme, name and port of this site as the browser sees it."""
    return f"{request.scheme}://{request.get_host()}"


def cookie_prefix(module_id: str) -> str:
    """Return how the names of a module's cookies begin."""
    return f"m_{module_id}_"


def headers_for_host(
    request: HttpRequest,
    *,
    module_id: str,
    sequence: int,
    actor: Actor,
    covered: bool,
    key: str,
    length: int,
    channel: str = "",
) -> list[tuple[str, str]]:
    """Return all headers of the request to the host; ``key`` signs the statement.

    Cookies go only with requests of a logged-in person, who has no ``channel``.
    """
    language = get_language() or settings.LANGUAGE_CODE
    said = statement_about(
        request.user,
        module_id=module_id,
        language=language,
        sequence=sequence,
        covered=covered,
        actor=actor,
    )
    said["address"] = browser_address(request)
    if channel:
        said["channel"] = channel
    headers = [
        ("Host", request.get_host()),
        ("X-Forwarded-Proto", str(request.scheme)),
        ("Accept-Language", language),
        (HEADER, sign(said, key)),
    ]
    headers += [(name, request.headers[name]) for name in _PASSED if name in request.headers]
    cookies = "" if channel else _cookies(request, module_id)
    if cookies:
        headers.append(("Cookie", cookies))
    if request.method not in SAFE_METHODS:
        headers.append(("Origin", site_origin(request)))
        headers.append(("Content-Length", str(length)))
    return headers


def _cookies(request: HttpRequest, module_id: str) -> str:
    """Return the module's own cookies as they came, the language, the look and the CSRF secret."""
    passed = []
    for pair in request.META.get("HTTP_COOKIE", "").split(";"):
        name = pair.partition("=")[0].strip()
        own = name.startswith(cookie_prefix(module_id))
        if own or name == settings.LANGUAGE_COOKIE_NAME or name in _LOOK_COOKIES:
            passed.append(pair.strip())
    if request.method in SAFE_METHODS and "CSRF_COOKIE" not in request.META:
        get_token(request)  # the page that comes back may hold a form, so there must be a secret
    secret = request.META.get("CSRF_COOKIE")
    if secret:
        passed.append(f"{settings.CSRF_COOKIE_NAME}={secret}")
    return "; ".join(passed)
