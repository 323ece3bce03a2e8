"""What comes back from the host: a clean answer for the browser, or `BadAnswer`."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from http.cookies import CookieError, Morsel, SimpleCookie
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from modules_app.proxy.limits import ProxyLimits
from modules_app.proxy.outgoing import cookie_prefix

BLOCK = 64 * 1024

_PASSED = (
    "Accept-Ranges",
    "Allow",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Range",
    "ETag",
    "Expires",
    "HX-Refresh",
    "HX-Reselect",
    "HX-Reswap",
    "HX-Retarget",
    "HX-Trigger",
    "HX-Trigger-After-Settle",
    "HX-Trigger-After-Swap",
    "Last-Modified",
    "Retry-After",
    "Vary",
)
_ADDRESSES = ("Location", "HX-Location", "HX-Push-Url", "HX-Redirect", "HX-Replace-Url")
_COOKIE_FACTS = ("max-age", "expires", "httponly")


class BadAnswer(Exception):
    """The module's answer cannot be passed on; the text says why, for the log."""


class _Body:
    """The body of an answer, block by block, within size and deadline.

    ``finish`` is called once, when everything was read or nobody wants more.
    """

    def __init__(
        self, answer: http.client.HTTPResponse, largest: int, finish: Callable[[], None]
    ) -> None:
        self._answer = answer
        self._expected = answer.length
        self._largest = largest
        self._finish = finish
        self._count = 0

    def read_all(self) -> bytes:
        """Return the whole body."""
        try:
            return b"".join(self)
        finally:
            self.close()

    def __iter__(self) -> Iterator[bytes]:
        while block := self._answer.read1(BLOCK):
            self._count += len(block)
            if self._count > self._largest:
                raise BadAnswer("the body is too large")
            yield block
        if self._expected is not None and self._count < self._expected:
            raise BadAnswer("the body is shorter than it said")

    def close(self) -> None:
        """Stop reading."""
        self._answer.close()
        self._finish()


def pass_on(
    request: HttpRequest,
    answer: http.client.HTTPResponse,
    *,
    module_id: str,
    limits: ProxyLimits,
    finish: Callable[[], None],
) -> HttpResponseBase:
    """Return what the browser gets; raises `BadAnswer`.

    A short body is read at once and ``finish`` called, a long one is streamed. When this raises,
    ``finish`` is left to the caller.
    """
    _check(answer, limits)
    headers = _headers(request, answer)
    cookies = _module_cookies(answer, module_id, limits)
    body = _Body(answer, limits.answer_bytes, finish)
    response: HttpResponseBase
    if _is_short(request, answer, limits):
        response = HttpResponse(body.read_all(), status=answer.status)
    else:
        response = StreamingHttpResponse(body, status=answer.status)
        if answer.length is not None:
            headers["Content-Length"] = str(answer.length)
    _set_content_type(response, answer)
    for name, value in headers.items():
        response[name] = value
    response.cookies.update(cookies)
    return response


def _check(answer: http.client.HTTPResponse, limits: ProxyLimits) -> None:
    if not 200 <= answer.status <= 599:
        raise BadAnswer(f"status {answer.status}")
    size = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
    if size > limits.header_bytes:
        raise BadAnswer("the headers are too large")
    if len(set(answer.headers.get_all("Content-Length", []))) > 1:
        raise BadAnswer("two lengths")
    if answer.length is not None and answer.length > limits.answer_bytes:
        raise BadAnswer("the body is too large")


def _is_short(
    request: HttpRequest, answer: http.client.HTTPResponse, limits: ProxyLimits
) -> bool:
    if request.method == "HEAD" or answer.status in (204, 304):
        return True
    return answer.length is not None and answer.length <= limits.held_bytes


def _set_content_type(response: HttpResponseBase, answer: http.client.HTTPResponse) -> None:
    """Take over the type; an answer without one is not guessed at by the browser (nosniff)."""
    sent = answer.headers.get("Content-Type")
    if answer.status in (204, 304):
        del response["Content-Type"]
    else:
        response["Content-Type"] = sent or "application/octet-stream"


def _headers(request: HttpRequest, answer: http.client.HTTPResponse) -> dict[str, str]:
    found = {name: answer.headers[name] for name in _PASSED if name in answer.headers}
    for name in _ADDRESSES:
        if name in answer.headers:
            found[name] = _inside(request, answer.headers[name])
    return found


def _inside(request: HttpRequest, address: str) -> str:
    """Return an address as a path of this site; `BadAnswer` if it leads anywhere else."""
    plain = address.strip()
    try:
        parts = urlsplit(plain)
    except ValueError as error:
        raise BadAnswer("an address is malformed") from error
    if "\\" in plain or not plain.isprintable() or plain.startswith("//"):
        raise BadAnswer("an address is malformed")
    if not parts.scheme and not parts.netloc:
        return plain
    if parts.scheme in ("http", "https") and parts.netloc == request.get_host():
        path = parts.path if parts.path.startswith("/") else "/"
        if not path.startswith("//"):
            return parts._replace(scheme="", netloc="", path=path).geturl()
    raise BadAnswer("it leads to another site")


def _module_cookies(
    answer: http.client.HTTPResponse, module_id: str, limits: ProxyLimits
) -> dict[str, Morsel[str]]:
    """Return the module's own cookies, bound to its own path; all others are dropped."""
    kept: dict[str, Morsel[str]] = {}
    for line in answer.headers.get_all("Set-Cookie", [])[: limits.cookies]:
        for name, sent in _parse(line).items():
            if name.startswith(cookie_prefix(module_id)):
                kept[name] = _bound(sent, module_id)
    return kept


def _parse(line: str) -> SimpleCookie:
    jar = SimpleCookie()
    try:
        jar.load(line)
    except CookieError:
        return SimpleCookie()
    return jar


def _bound(sent: Morsel[str], module_id: str) -> Morsel[str]:
    cookie: Morsel[str] = Morsel()
    cookie.set(sent.key, sent.value, sent.coded_value)
    for fact in _COOKIE_FACTS:
        if sent[fact]:
            cookie[fact] = sent[fact]
    cookie["path"] = f"/m/{module_id}/"
    cookie["samesite"] = "Strict"
    if settings.SESSION_COOKIE_SECURE:
        cookie["secure"] = True
    return cookie


