"""Bringing a package: upload it, read its report, install or discard it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.domain.states import Verb
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.selectors.packages import UploadPage, get_upload, list_uploads
from modules_app.services.lifecycle import install_module
from modules_app.services.plans import plan_operation
from modules_app.services.uploads import PackageInvalid, discard_upload, receive_upload
from modules_app.views.http import PageRequest, methods, page, request_key
from modules_app.views.reports import read_report
from modules_app.views.sudo import sudo


def _package(upload_id: UUID) -> str:
    """Return which package would be installed."""
    upload = get_upload(upload_id).upload
    return f"{upload.module_id} {upload.report.get('version', '')} ({upload.filename})"


@methods("GET", "POST")
@page(Right.INSTALL)
def upload_new(request: PageRequest) -> HttpResponse:
    """Show the drop zone (GET), or take the package and go to its report (POST)."""
    if request.method != "POST":
        return _upload_page(request)
    sent = request.FILES.get("package")
    if sent is None:
        return _upload_page(request, problem=gettext("Choose a file first."))
    try:
        upload = receive_upload(
            actor=request.actor, chunks=sent.chunks(), filename=sent.name or "package"
        )
    except Refused as error:
        return _upload_page(request, error=error)
    return redirect("upload-report", upload.pk)


@methods("GET")
@page(Right.INSTALL)
def upload_report(request: PageRequest, upload_id: UUID) -> HttpResponse:
    """Show what the package is and what installing it would do. Nothing of it has run."""
    found = get_upload(upload_id)
    context = {
        "found": found,
        "upload": found.upload,
        "report": read_report(found.report),
        "relation": str(found.relation or ""),
        "plan": _plan(found),
    }
    return render(request, "modules/report.html", context)


@methods("POST")
@page(Right.INSTALL)
@sudo(_("Install the package {target}"), target=_package)
def upload_install(request: PageRequest, upload_id: UUID) -> HttpResponse:
    """Queue the installation and go to its operation."""
    operation = install_module(
        actor=request.actor,
        upload_id=upload_id,
        enable=request.POST.get("enable") == "1",
        allow_downgrade=request.POST.get("allow_downgrade") == "1",
        request_key=request_key(request, "install", str(upload_id)),
    )
    return redirect("operation-detail", operation.pk)


@methods("POST")
@page(Right.INSTALL)
def upload_discard(request: PageRequest, upload_id: UUID) -> HttpResponse:
    """Forget the package and delete its file."""
    discard_upload(actor=request.actor, upload_id=upload_id)
    messages.success(request, gettext("The package was discarded."))
    return redirect("upload-new")


def _plan(found: UploadPage) -> list[dict[str, Any]]:
    verb = Verb.UPGRADE if found.relation else Verb.INSTALL
    options = {"upload": str(found.upload.pk)}
    return plan_operation(verb=verb, module_id=found.upload.module_id, options=options)


def _upload_page(
    request: PageRequest, *, problem: str = "", error: Refused | None = None
) -> HttpResponse:
    context = {
        "problem": problem,
        "error": error.as_dict() if error else None,
        "report": read_report(error.report) if isinstance(error, PackageInvalid) else None,
        "waiting": list_uploads()[:5],
    }
    status = error.http_status if error else 422 if problem else 200
    return render(request, "modules/upload.html", context, status=status)
