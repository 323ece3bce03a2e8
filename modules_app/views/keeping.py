"""A module's data in one file, and back: export, download, upload, and the page before import."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Module
from modules_app.permissions import Actor, Right
from modules_app.selectors.modules import get_module_row
from modules_app.services.exporting import export_module, open_exported
from modules_app.services.importing import (
    discard_export,
    find_export,
    import_module,
    receive_export,
    why_not,
)
from modules_app.services.plans import plan_operation
from modules_app.views.http import PageRequest, methods, page, request_key
from modules_app.views.modules import language
from modules_app.views.sudo import sudo


@methods("POST")
@page(Right.INSTALL)
@sudo(_("Export the data of “{target}”"))
def export(request: PageRequest, module_id: str) -> HttpResponse:
    """Queue the export and go to its operation, which offers the file when it is written."""
    key = request_key(request, Verb.EXPORT, module_id)
    operation = export_module(actor=request.actor, module_id=module_id, request_key=key)
    return redirect("operation-detail", operation.pk)


@methods("GET")
@page(Right.INSTALL)
@sudo(_("Download the data that operation {target} exported"), methods=("GET",))
def exported(request: PageRequest, operation_id: int) -> HttpResponseBase:
    """Send the file of an export."""
    return export_answer(request.actor, operation_id)


def export_answer(actor: Actor, operation_id: int) -> FileResponse:
    """Return the file of an export as an answer that no cache keeps."""
    fd, name = open_exported(actor=actor, operation_id=operation_id)
    response = FileResponse(os.fdopen(fd, "rb"), as_attachment=True, filename=name)
    response["Content-Type"] = "application/zip"
    response["Cache-Control"] = "no-store"
    return response


@methods("GET", "POST")
@page(Right.INSTALL)
def import_new(request: PageRequest) -> HttpResponse:
    """Take an export (POST) and go to what it would replace; nothing changes by it."""
    if request.method != "POST":
        return render(request, "modules/import.html")
    sent = request.FILES.get("export")
    if sent is None:
        context: dict[str, Any] = {"problem": gettext("Choose a file first.")}
        return render(request, "modules/import.html", context, status=422)
    try:
        received, _about = receive_export(sent.chunks())
    except Refused as error:
        return _refused(request, error)
    return redirect("import-plan", received.name.removesuffix(".part"))


def _refused(request: PageRequest, error: Refused) -> HttpResponse:
    context = {"error": error.as_dict()}
    return render(request, "modules/import.html", context, status=error.http_status)


def _whose(export_id: UUID) -> str:
    return find_export(export_id)[1].id


@methods("GET", "POST")
@page(Right.INSTALL)
@sudo(_("Replace the data of “{target}” by that of an export"), target=_whose)
def import_plan(request: PageRequest, export_id: UUID) -> HttpResponse:
    """Show what an export would replace (GET), or import it and go to the operation (POST)."""
    received, about = find_export(export_id)
    if request.method == "POST":
        operation = import_module(actor=request.actor, received=received, about=about)
        return redirect("operation-detail", operation.pk)
    problem: ModuleError | None = why_not(about)
    installed = Module.objects.filter(pk=about.id).exists()
    context = {
        "about": about,
        "made_at": parse_datetime(about.made_at),
        "size": received.size,
        "export_id": export_id,
        "row": get_module_row(about.id, language()) if installed else None,
        "error": problem.as_dict() if problem else None,
        "plan": plan_operation(
            verb=Verb.IMPORT, module_id=about.id, options={"export": asdict(about)}
        ),
    }
    return render(request, "modules/import_plan.html", context)


@methods("POST")
@page(Right.INSTALL)
def import_discard(request: PageRequest, export_id: UUID) -> HttpResponse:
    """Delete an export that waits."""
    discard_export(actor=request.actor, key=export_id)
    messages.success(request, gettext("The export was discarded."))
    return redirect("import-new")
