"""Extensions as a file: the download, and the upload with a report before anything changes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.exceptions import ModuleError, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo
from telephony_app.forms.imports import ImportForm
from telephony_app.selectors.lists import phones
from telephony_app.services.extension_export import export_extensions
from telephony_app.services.extension_import import (
    COLUMNS,
    Fate,
    ImportRefused,
    ImportReport,
    check_import,
    import_extensions,
)
from telephony_app.views.lists import read_asked

_SHOWN = 50


@methods("GET")
@page(Right.VIEW_TELEPHONY)
@sudo(_("Download the extensions as a table"), methods=("GET",))
def extension_export(request: PageRequest) -> StreamingHttpResponse:
    """Send the extensions that search and filter leave; with ``secrets=1`` their passwords, too."""
    with_secrets = request.GET.get("secrets") == "1"
    found = phones(read_asked(request))
    pieces = export_extensions(actor=request.actor, with_secrets=with_secrets, phones=found)
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="extensions.csv"'
    response["Cache-Control"] = "no-store"
    return response


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Import extensions from a table"), methods=("GET", "POST"))
def extension_import(request: PageRequest) -> HttpResponse:
    """Show the form (GET), say what a table would do, and with ``do`` store it (POST)."""
    if request.method != "POST":
        return _show(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form)
    asked = {"data": form.cleaned_data["data"], "update": form.cleaned_data["update"]}
    try:
        if "do" in request.POST:
            return _imported(request, import_extensions(actor=request.actor, **asked))
        return _show(request, form, check_import(actor=request.actor, **asked))
    except ImportRefused as error:
        return _show(request, form, error.report)
    except ModuleError as error:
        if error.http_status == 403:
            raise
        form.add_error("file", fill(gettext(error.message), error.context))
        return _show(request, form)


def _imported(request: PageRequest, report: ImportReport) -> HttpResponse:
    said = gettext("%(added)d extensions added, %(changed)d changed.")
    messages.success(request, said % {"added": report.added, "changed": report.changed})
    return redirect("extension-list")


def _show(
    request: PageRequest, form: ImportForm, report: ImportReport | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "columns": COLUMNS, "report": report}
    if report is not None:
        faults = report.faults
        context |= {
            "same": report.count(Fate.SAME),
            "faults": [asdict(one) for one in faults[:_SHOWN]],
            "more_faults": max(0, len(faults) - _SHOWN),
            "packed": form.packed(),
            "update": form.cleaned_data["update"],
        }
    wrong = form.errors or (report is not None and report.faults)
    response = render(request, "telephony/import.html", context, status=422 if wrong else 200)
    response["Cache-Control"] = "no-store"
    return response
