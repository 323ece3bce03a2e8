"""Packages over REST: upload one, read its report, install it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Status

from modules_app.api.answers import ROOT, ApiRequest, findings_shape
from modules_app.api.body import BadBody, read_archive
from modules_app.api.modules import FOUND_NOTHING, QUEUED, queued
from modules_app.api.schemas import Error, InstallIn, OperationRecord, Package, Packages
from modules_app.domain.api_keys import Scope
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.packages import UploadPage, get_upload, list_uploads
from modules_app.services.lifecycle import install_module
from modules_app.services.uploads import discard_upload, receive_upload

router = Router(tags=["packages"])

_NAME_HEADER = "X-Filename"
_UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["package"],
                    "properties": {"package": {"type": "string", "format": "binary"}},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.get("", url_name="packages", response={200: Packages, 403: Error})
def list_waiting(request: ApiRequest) -> dict[str, Any]:
    """The packages that wait to be installed or discarded, newest first."""
    request.caller.acting_in(Scope.INSTALL)
    return {"packages": [_shape(get_upload(one.pk)) for one in list_uploads()[:100]]}


@router.post(
    "",
    url_name="packages",
    response={201: Package, 403: Error, 413: Error, 415: Error, 422: Error},
    openapi_extra=_UPLOAD_BODY,
)
def upload_package(request: ApiRequest, response: HttpResponse) -> Status:
    """Bring a package, as the form field “package” or as the whole body. Nothing of it runs."""
    actor = request.caller.acting_in(Scope.INSTALL)
    chunks, filename = _sent(request)
    upload = receive_upload(actor=actor, chunks=chunks, filename=filename)
    found = _shape(get_upload(upload.pk))
    response["Location"] = found["url"]
    return Status(201, found)


@router.get("/{uuid:package_id}", url_name="package", response={200: Package, **FOUND_NOTHING})
def show_package(request: ApiRequest, package_id: UUID) -> dict[str, Any]:
    """One package with its validation report."""
    request.caller.acting_in(Scope.INSTALL)
    return _shape(get_upload(package_id))


@router.post(
    "/{uuid:package_id}/install",
    url_name="package-install",
    response={**QUEUED, 202: OperationRecord},
)
def install_package(
    request: ApiRequest,
    response: HttpResponse,
    package_id: UUID,
    asked: InstallIn = InstallIn(),  # noqa: B008 - read as the body's shape
) -> Status:
    """Install the package, or upgrade the module to it."""
    return queued(
        request,
        response,
        Scope.INSTALL,
        install_module,
        proof=True,
        upload_id=package_id,
        enable=asked.enable,
        allow_downgrade=asked.allow_downgrade,
    )


@router.delete("/{uuid:package_id}", url_name="package", response={204: None, **FOUND_NOTHING})
def discard_package(request: ApiRequest, package_id: UUID) -> Status:
    """Forget the package and delete its file."""
    discard_upload(actor=request.caller.acting_in(Scope.INSTALL), upload_id=package_id)
    return Status(204, None)


def _shape(found: UploadPage) -> dict[str, Any]:
    upload = found.upload
    return {
        "package": str(upload.pk),
        "filename": upload.filename,
        "sha256": upload.sha256,
        "size_bytes": upload.size_bytes,
        "module": upload.module_id,
        "uploaded_at": upload.uploaded_at.isoformat(),
        "actor": upload.actor,
        "installed_version": found.installed_version,
        "installable": found.installable,
        "url": f"{ROOT}packages/{upload.pk}",
        "report": findings_shape(found.report),
    }


def _sent(request: ApiRequest) -> tuple[Iterable[bytes], str]:
    """Return the package's bytes and what it calls itself; the form goes through the same gate."""
    if request.content_type == "multipart/form-data":
        file = request.FILES.get("package")
        if file is None:
            raise BadBody("package-missing", _("The form has no file in the field “package”."))
        return file.chunks(), file.name or "package"
    return read_archive(request), request.headers.get(_NAME_HEADER, "package")
