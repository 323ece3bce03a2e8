"""The dashboard, and the two switches that every page carries: language and theme."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, get_language

from modules_app.permissions import Right
from modules_app.selectors.modules import ModuleRow, count_states, list_modules
from modules_app.selectors.operations import list_operations
from modules_app.selectors.packages import list_kept, list_uploads
from modules_app.views.context import THEME_COOKIE, THEMES
from modules_app.views.first_run import steps_for
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.rows import Around, ListRow, list_row, state_chips

YEAR = 365 * 24 * 3600


@methods("GET")
@page()
def dashboard(request: PageRequest) -> HttpResponse:
    """Tell in ten seconds whether the modules are healthy (reference U4.2 S1)."""
    rows = list_modules(language=get_language() or "en")
    return render(
        request,
        "pages/dashboard.html",
        {
            "chips": state_chips(count_states(rows), state=None),
            "attention": _attention(rows, request.actor.rights),
            "steps": steps_for(request),
            "modules": len(rows),
            "operations": list_operations(limit=8),
            "uploads": list_uploads()[:5],
            "kept": list_kept()[:5],
        },
    )


def _attention(rows: list[ModuleRow], rights: frozenset[Right]) -> list[ListRow]:
    around = Around.now(rows)
    return [
        list_row(row, rights, around) for row in rows if row.needs_a_person or around.lacking(row)
    ]


@methods("POST")
@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and go back."""
    response = HttpResponseRedirect(_back(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax",
            secure=settings.HTTPS,
        )  # fmt: skip
    return response


@methods("POST")
@login_not_required
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme in a cookie that the blocking script may read, and go back."""
    response = HttpResponseRedirect(_back(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.HTTPS
        )
    return response


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if inside and not urlsplit(target).netloc and target.startswith("/") else "/"
