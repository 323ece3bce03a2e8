"""Bringing a package: upload it, read its report, install or discard it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext

from modules_app.domain.findings import Finding, Severity
from modules_app.domain.states import Verb
from modules_app.exceptions import Refused, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Upload
from modules_app.permissions import Right
from modules_app.selectors.packages import UploadPage, get_upload, list_uploads
from modules_app.selectors.relations import companions, relations_of_upload
from modules_app.services.batches import plan_batch
from modules_app.services.lifecycle import install_module
from modules_app.services.plans import plan_operation
from modules_app.services.uploads import PackageInvalid, discard_upload, receive_upload
from modules_app.surfaces.preview import preview
from modules_app.views.http import PageRequest, methods, page, request_key
from modules_app.views.reports import read_report
from modules_app.views.sudo import sudo
from modules_app.views.ways import told
from modules_app.views.wishes import plan_address


def _package(upload_id: UUID) -> str:
    """Return which package would be installed."""
    upload = get_upload(upload_id).upload
    return f"{upload.module_id} {upload.report.get('version', '')} ({upload.filename})"


@methods("GET", "POST")
@page(Right.INSTALL)
def upload_new(request: PageRequest) -> HttpResponse:
    """Show the drop zone (GET), or take packages and go to the report of one, the plan of several.

    Of several packages those that are refused are named; the others go on.
    """
    if request.method != "POST":
        return _upload_page(request)
    sent = request.FILES.getlist("package")
    if not sent:
        return _upload_page(request, problem=gettext("Choose a file first."))
    taken, refused = _receive(request, sent)
    if len(sent) == 1 and refused:
        return _upload_page(request, error=refused[0][1])
    if not taken:
        return _upload_page(request, refused=refused)
    for name, error in refused:
        messages.error(request, f"{name}: {_told(error)}")
    if len(sent) == 1:
        return redirect("upload-report", taken[0].pk)
    return redirect(plan_address(Verb.INSTALL, uploads=[str(one.pk) for one in taken]))


@methods("GET")
@page(Right.INSTALL)
def upload_report(request: PageRequest, upload_id: UUID) -> HttpResponse:
    """Show what the package is and what installing it would do. Nothing of it has run."""
    found = get_upload(upload_id)
    context = {
        "found": found,
        "upload": found.upload,
        "report": read_report(found.report, found.installed_version),
        "relation": str(found.relation or ""),
        "plan": _plan(found),
        **_among_others(found, request.actor.rights),
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
    module_id, options = found.upload.module_id, {"upload": str(found.upload.pk)}
    files = preview(verb=verb, module_id=module_id, hooks=found.report.get("hooks") or ())
    steps = plan_operation(verb=verb, module_id=module_id, options=options)
    return [*steps, *files.sentences]


def _among_others(found: UploadPage, rights: frozenset[Right]) -> dict[str, Any]:
    """Return what the package needs and does not go with, and what it could bring along."""
    upload_id = str(found.upload.pk)
    waiting = [upload_id, *companions(upload_id)]
    plan = plan_batch(verb=Verb.INSTALL, upload_ids=waiting)
    more = plan.is_possible and len(plan.steps) > 1
    relations = relations_of_upload(upload_id, get_language() or "en")
    return {
        "relations": relations,
        "clashes": told(relations.clashes, rights),
        "problems": told(plan.problems, rights),
        "plan_warnings": told(_fresh(plan.warnings, relations.clashes), rights),
        "together": plan_address(Verb.INSTALL, uploads=waiting) if more else "",
        "others": [step.name or step.id for step in plan.steps if step.reference != upload_id],
    }


def _fresh(warnings: Iterable[Finding], said: Iterable[Finding]) -> list[Finding]:
    """Return the warnings of a plan that are not said already."""
    known = {str(one) for one in said}
    return [one for one in warnings if one.severity is Severity.WARNING and str(one) not in known]


def _receive(
    request: PageRequest, sent: Iterable[UploadedFile]
) -> tuple[list[Upload], list[tuple[str, Refused]]]:
    taken: list[Upload] = []
    refused: list[tuple[str, Refused]] = []
    for file in sent:
        name = file.name or "package"
        try:
            upload = receive_upload(actor=request.actor, chunks=file.chunks(), filename=name)
            taken.append(upload)
        except Refused as error:
            refused.append((name, error))
    return taken, refused


def _told(error: Refused) -> str:
    return fill(gettext(error.message), error.context)


def _upload_page(
    request: PageRequest,
    *,
    problem: str = "",
    error: Refused | None = None,
    refused: Iterable[tuple[str, Refused]] = (),
) -> HttpResponse:
    problems = [f"{name}: {_told(one)}" for name, one in refused]
    context = {
        "problem": problem,
        "problems": problems,
        "error": error.as_dict() if error else None,
        "report": read_report(error.report) if isinstance(error, PackageInvalid) else None,
        "waiting": list_uploads()[:5],
    }
    status = error.http_status if error else 422 if problem or problems else 200
    return render(request, "modules/upload.html", context, status=status)
