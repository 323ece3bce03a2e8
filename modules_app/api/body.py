"""Reading what a program sends, before anything believes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError
from ninja.parser import Parser

from modules_app.domain.json_text import TooDeep, read_json_text
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _

LONGEST = 256 * 1024
"""Bytes of JSON that any request may hold; packages go another way."""


_BLOCK = 64 * 1024
_ARCHIVES = (
    "application/zip",
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
)


class BadBody(ModuleError):
    """The body is no JSON that could be meant."""

    http_status = 400


class BodyTooLarge(ModuleError):
    """The body is larger than any request needs to be."""

    http_status = 413


class WrongType(ModuleError):
    """The body says that it is something else."""

    http_status = 415


class StrictParser(Parser):
    """Takes short and shallow JSON that says so; its errors wait in ``request.pbx_body_error``."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the JSON of the body. Raises what `read_json` raises."""
        try:
            return read_json(request)
        except ModuleError as error:
            request.pbx_body_error = error  # type: ignore[attr-defined]
            raise


def read_json(request: HttpRequest) -> Any:
    """Return the body as JSON values. Raises `BadBody`, `BodyTooLarge` or `WrongType`."""
    if request.content_type != "application/json":
        raise WrongType(
            "body-not-json",
            _("The body must be JSON, sent as Content-Type: application/json."),
            context={"sent": request.content_type[:80]},
        )
    body = _body(request)
    if len(body) > LONGEST:
        raise too_large()
    try:
        return read_json_text(body)
    except TooDeep as error:
        raise _bad(_("The JSON is nested too deeply.")) from error
    except ValueError as error:
        raise _bad(_("The body is no JSON: {cause}."), cause=str(error)[:120]) from error


def too_large() -> BodyTooLarge:
    """Return the error for a body that is too long."""
    return BodyTooLarge(
        "body-too-large",
        _("The body is longer than {most} bytes."),
        context={"most": LONGEST},
    )


def read_archive(request: HttpRequest) -> Iterator[bytes]:
    """Return the whole body, an archive, block by block, without keeping it in memory.

    Raises `WrongType`, `BodyTooLarge`, and `BadBody` while it is read when its end does not come.
    """
    if request.content_type not in _ARCHIVES:
        raise WrongType(
            "package-type-unknown",
            _("Send the file as the whole body of type application/zip; packages also as a form."),
            context={"sent": request.content_type[:80]},
        )
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > settings.PBX_ARCHIVE_LIMITS["packed_bytes"]:
        raise too_large()
    return _blocks(request)


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    try:
        while block := request.read(_BLOCK):
            yield block
    except (UnreadablePostError, OSError) as error:
        raise BadBody("body-incomplete", _("The file did not arrive completely.")) from error


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig as error:
        raise too_large() from error


def _bad(message: str, **context: Any) -> BadBody:
    return BadBody("body-invalid", message, context=context)
