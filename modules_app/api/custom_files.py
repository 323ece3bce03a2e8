"""The administrator's own parts of generated files over REST (reference M6.7)."""

from __future__ import annotations

from typing import Any

from ninja import Router, Status

from modules_app.api.answers import ApiRequest
from modules_app.api.gate import proven
from modules_app.api.schemas import CustomFileIn, CustomFileOut, CustomFiles, Error
from modules_app.domain.api_keys import Scope
from modules_app.models import CustomFile
from modules_app.selectors.custom_files import custom_files, find_custom_file
from modules_app.services.surfaces import delete_custom_file, write_custom_file

router = Router(tags=["custom files"])

_REFUSED = {403: Error, 404: Error, 422: Error}


@router.get("", url_name="custom-files", response={200: CustomFiles, 403: Error})
def list_custom_files(request: ApiRequest) -> dict[str, Any]:
    """Every text of your own, by the path of its file."""
    request.caller.acting_in(Scope.INSTALL)
    return {"custom_files": [_shape(row) for row in custom_files()]}


@router.get("/{path:path}", url_name="custom-file", response={200: CustomFileOut, **_REFUSED})
def show_custom_file(request: ApiRequest, path: str) -> dict[str, Any]:
    """Show the text for one file, such as asterisk/extensions.conf."""
    request.caller.acting_in(Scope.INSTALL)
    return _shape(find_custom_file(path))


@router.put("/{path:path}", url_name="custom-file", response={200: CustomFileOut, **_REFUSED})
def put_custom_file(request: ApiRequest, path: str, custom: CustomFileIn) -> dict[str, Any]:
    """Store your text for a generated file; the real program tests it when it is applied."""
    actor = proven(request, Scope.INSTALL)
    row = write_custom_file(actor=actor, path=path, mode=custom.mode, text=custom.text)
    return _shape(row)


@router.delete("/{path:path}", url_name="custom-file", response={204: None, **_REFUSED})
def remove_custom_file(request: ApiRequest, path: str) -> Status:
    """Take your text away; the file is applied without it."""
    delete_custom_file(actor=proven(request, Scope.INSTALL), path=path)
    return Status(204, None)


def _shape(row: CustomFile) -> dict[str, Any]:
    return {
        "path": row.path,
        "mode": row.mode,
        "text": row.text,
        "changed_at": row.changed_at,
        "changed_by": row.changed_by,
    }
