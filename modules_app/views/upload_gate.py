"""The gate before the first byte of an upload (reference R0.3, W18).

Django parses a request's body, and spools its files to disk, before any view or check of a
token: CsrfViewMiddleware reads ``request.POST``. Upload handlers are asked earlier.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from modules_app import audit
from modules_app.domain.api_keys import Scope
from modules_app.services.callers import has_key, key_caller
from modules_app.services.signing_in import actor_of
from modules_app.views.errors import answer, is_for_programs

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# What a form adds around the file: boundaries, the token, the file's name.
_FORM_BYTES = 64 * 1024


# A name and a password. web waits for that much without a thread (processes/patient.py).
STRANGERS_BYTES = 16 * 1024


def strangers_send_little(get_response: GetResponse) -> GetResponse:
    """Refuse a long body of somebody who is not signed in, before a thread waits for it (W20)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if _length(request) > STRANGERS_BYTES and not _is_known(request):
            return answer(request, 413)
        return get_response(request)

    return middleware


class UploadTooLarge(PermissionDenied):
    """The upload says that it is larger than any package may be."""

    status = 413


class UploadGate(FileUploadHandler):
    """Let only the upload form's own address, a person who may install, and a fair size pass."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: bytes,
        encoding: str | None = None,
    ) -> None:
        """Raise `PermissionDenied` before a byte of the body is kept."""
        request = self.request
        if request is None or not _takes_files(request):
            raise PermissionDenied("no uploads here")
        if not _may_install(request):
            _record(request, "denied", "not-allowed")
            raise PermissionDenied("no right to install")
        if content_length > settings.PBX_ARCHIVE_LIMITS["packed_bytes"] + _FORM_BYTES:
            _record(request, "refused", "archive-too-large")
            raise UploadTooLarge("larger than a package may be")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave the data to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        return None


def _record(request: HttpRequest, outcome: str, reason: str) -> None:
    """Write the attempt of a known person to the audit; strangers are sent to the login."""
    user = get_user(request)
    if user.is_authenticated:
        audit.try_record(
            actor=actor_of(request, user),
            action="package-upload",
            target="",
            outcome=outcome,
            reason=reason,
        )


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _takes_files(request: HttpRequest) -> bool:
    """Tell whether the address is one of the two that packages are sent to."""
    return request.path_info in (reverse("upload-new"), reverse("api:packages"))


def _is_known(request: HttpRequest) -> bool:
    """Ask the key where programs ask, and the session everywhere else."""
    if is_for_programs(request) and has_key(request):
        return key_caller(request) is not None
    return bool(get_user(request).is_active)


def _may_install(request: HttpRequest) -> bool:
    """Ask key or session: the authentication middleware has not run yet."""
    if is_for_programs(request) and has_key(request):
        caller = key_caller(request)
        return caller is not None and Scope.INSTALL in caller.scopes
    user = get_user(request)
    return bool(user.is_active and user.has_perm("modules_app.install_module"))
