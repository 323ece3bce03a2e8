"""Pages for answers that no view gave: wrong address, wrong token, locked out, our own fault."""

from __future__ import annotations

import errno
import sys
from typing import Any

from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

_OF_PROGRAMS = ("/api/", "/pbxcore/api/")


def error_page(status: int, **context: Any) -> HttpResponse:
    """Return the page of an HTTP status. It needs no session, no database and no user."""
    text = render_to_string(f"errors/{status}.html", {"status": status, **context})
    return HttpResponse(text, status=status)


def is_for_programs(request: HttpRequest) -> bool:
    """Tell whether the address is one of the REST interface, whose answers are JSON."""
    return request.path_info.startswith(_OF_PROGRAMS)


def answer(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """Return the page of a status, or the same as JSON where programs ask."""
    if not is_for_programs(request):
        return error_page(status, **context)
    slug, sentence = _said(status)
    error = {"slug": slug, "message": sentence, "hint": "", "context": {}}
    response = JsonResponse({"error": error}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _said(status: int) -> tuple[str, str]:
    known = {
        400: ("bad-request", _("The request cannot be understood.")),
        403: ("not-allowed", _("This is not allowed.")),
        404: ("address-unknown", _("There is nothing at this address.")),
        405: ("method-not-allowed", _("This address does not know that method.")),
        413: ("body-too-large", _("That is more than may be sent here.")),
        503: ("setup-needed", _("This system has no administrator yet.")),
        507: ("disk-full", _("The disk is full.")),
    }
    return known.get(status) or ("our-fault", _("Something went wrong on our side."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django calls suspicious (400)."""
    return answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a missing right (403), or what the exception's own ``status`` says (uploads: 413)."""
    return answer(request, getattr(exception, "status", 403))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token (403); the reason stays in the log (reference R6.1)."""
    return error_page(403, form_expired=True)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an unknown address (404)."""
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer our own fault (500) without any detail; a full disk (507) and a database by name."""
    error = sys.exc_info()[1]
    if is_full_disk(error):
        return answer(request, 507)
    return answer(request, 500, database=isinstance(error, DatabaseError))


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
