"""The gate before the first byte of an upload (reference R0.3, W18).

Django parses a request's body, and spools its files to disk, before any view or check of a
token: CsrfViewMiddleware reads ``request.POST``. Upload handlers are asked earlier.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from modules_app import audit
from modules_app.domain.api_keys import Scope
from modules_app.permissions import Right
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


@dataclass(frozen=True, slots=True)
class Place:
    """An address that takes files: who may send them, how large, and what the audit says of it."""

    right: Right
    action: str
    most_bytes: int
    too_large: str


TABLES = {
    "/extensions/import/": Place(
        Right.CHANGE_TELEPHONY, "extensions-import", 4 * 1024 * 1024, "table-too-large"
    ),
}
"""Addresses that take other files than packages."""


class UploadTooLarge(PermissionDenied):
    """The upload says that it is larger than any package may be."""

    status = 413


class UploadGate(FileUploadHandler):
    """Let only the addresses that take files, a person who may send them, and a fair size pass."""

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
        place = None if request is None else _place(request)
        if request is None or place is None:
            raise PermissionDenied("no uploads here")
        if not _may_send(request, place.right):
            _record(request, place.action, "denied", "not-allowed")
            raise PermissionDenied("no right to send files here")
        if content_length > place.most_bytes + _FORM_BYTES:
            _record(request, place.action, "refused", place.too_large)
            raise UploadTooLarge("larger than a file may be here")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Leave the data to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        return None


def _record(request: HttpRequest, action: str, outcome: str, reason: str) -> None:
    """Write the attempt of a known person to the audit; strangers are sent to the login."""
    user = get_user(request)
    if user.is_authenticated:
        audit.try_record(
            actor=actor_of(request, user),
            action=action,
            target="",
            outcome=outcome,
            reason=reason,
        )


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def _place(request: HttpRequest) -> Place | None:
    """Return what is known of the address, None where no file belongs."""
    address = request.path_info
    limit = settings.PBX_ARCHIVE_LIMITS["packed_bytes"]
    if address == reverse("import-new"):
        return Place(Right.INSTALL, "module-import", limit, "archive-too-large")
    if address in (reverse("upload-new"), reverse("api:packages")):
        return Place(Right.INSTALL, "package-upload", limit, "archive-too-large")
    return TABLES.get(address)


def _is_known(request: HttpRequest) -> bool:
    """Ask the key where programs ask, and the session everywhere else."""
    if is_for_programs(request) and has_key(request):
        return key_caller(request) is not None
    return bool(get_user(request).is_active)


def _may_send(request: HttpRequest, right: Right) -> bool:
    """Ask key or session: the authentication middleware has not run yet."""
    if is_for_programs(request) and has_key(request):
        caller = key_caller(request)
        return caller is not None and Scope.INSTALL in caller.scopes
    user = get_user(request)
    return bool(user.is_active and user.has_perm(right.permission))
