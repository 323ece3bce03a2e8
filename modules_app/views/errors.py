"""Pages for answers that no view gave: wrong address, wrong token, locked out, our own fault."""

from __future__ import annotations

import errno
import sys
from typing import Any

from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def error_page(status: int, **context: Any) -> HttpResponse:
    """Return the page of an HTTP status. It needs no session, no database and no user."""
    text = render_to_string(f"errors/{status}.html", {"status": status, **context})
    return HttpResponse(text, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django calls suspicious (400)."""
    return error_page(400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a missing right (403), or what the exception's own ``status`` says (uploads: 413)."""
    return error_page(getattr(exception, "status", 403))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token (403); the reason stays in the log (reference R6.1)."""
    return error_page(403, form_expired=True)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an unknown address (404)."""
    return error_page(404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer our own fault (500) without any detail; a full disk (507) and a database by name."""
    error = sys.exc_info()[1]
    if is_full_disk(error):
        return error_page(507)
    return error_page(500, database=isinstance(error, DatabaseError))


def is_full_disk(error: BaseException | None) -> bool:
    """Tell whether an error comes from a disk without space, as the system or SQLite says it."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return isinstance(error, OperationalError) and "disk is full" in str(error)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer too many wrong passwords (429; reference R6.3)."""
    return error_page(429)
