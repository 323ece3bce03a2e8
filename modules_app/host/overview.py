"""The page of a module that brings none of its own, and its tables to read."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from modules_app.host.browse import list_tables, read_page
from modules_app.host.loader import LoadedModule, current_result
from modules_app.sdk.context import current_module
from modules_app.sdk.pages import render_page


def overview(request: HttpRequest) -> HttpResponse:
    """Say what the module is written in, what of it works here, and which tables it has."""
    loaded = _loaded()
    context = {
        "language": loaded.module.language,
        "version": loaded.module.version,
        "works": _what_works(loaded.module.language),
        "does_not": _what_does_not(loaded.module.language),
        "tables": list_tables(loaded.module.database),
        "admin_url": _admin_url(loaded),
    }
    return render_page(request, "host/overview.html", context)


def table_page(request: HttpRequest, table: str) -> HttpResponse:
    """Show the rows of one table, a page at a time (``?page=``), without a way to change them."""
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
    rows = read_page(_loaded().module.database, table, number)
    if rows is None:
        raise Http404
    return render_page(request, "host/table.html", {"table": rows})


def _loaded() -> LoadedModule:
    return current_result().loaded[current_module().id]


def _admin_url(loaded: LoadedModule) -> str:
    has_models = loaded.config is not None and any(loaded.config.get_models())
    return reverse("admin:index") if has_models else ""


def _what_works(language: str) -> list[str]:
    if language == "python":
        return []
    return [
        _("its description, translations and sidebar items"),
        _("its tables, made and altered on each upgrade, with their rows kept"),
        _("its pictures, styles and scripts, sounds and programs as files"),
    ]


def _what_does_not(language: str) -> list[str]:
    if language != "php":
        return []
    return [
        _("its pages and forms"),
        _("its hooks, background processes and REST requests"),
        _("its own installer: what it would have written is not there"),
    ]
