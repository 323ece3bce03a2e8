"""The page that stands where a module's page should be."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html

_log = logging.getLogger("pbx.host")


def module_problem(
    request: HttpRequest,
    *,
    module_id: str,
    heading: str,
    sentence: str,
    details: str,
    status: int,
) -> HttpResponse:
    """Answer ``status`` with a page that names the module.

    ``details``, a traceback, is shown to people who may install modules, to nobody else.
    """
    allowed = request.user.has_perm("modules_app.install_module")
    context = {
        "module_id": module_id,
        "heading": heading or module_id,
        "sentence": sentence,
        "details": details if allowed else "",
    }
    try:
        text = render_to_string("host/problem.html", context, request)
    # The frame is drawn in a process where foreign code may have replaced anything.
    except Exception:
        _log.exception("the page about module %s could not be drawn", module_id)
        text = format_html("<!doctype html><title>{0}</title><p>{0}: {1}</p>", heading, sentence)
    return HttpResponse(text, status=status)
