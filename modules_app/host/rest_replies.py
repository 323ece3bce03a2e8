"""What a module answers, as HTTP: the envelope, or one of the seeds' special replies (M6.4)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from modules_app.packages.fsops import FsOps
from modules_app.sdk.context import ModuleFacts, current_module
from modules_app.sdk.rest import RestError, RestResult
from modules_app.sdk.rest.results import envelope

_BLOCK = 64 * 1024
_FILE_KINDS = ("fpassthru", "echo_file")


def reply(
    request: HttpRequest, found: Any, *, function: str, processor: str, whole: bool = False
) -> HttpResponseBase:
    """Return what is sent for what a module's function returned.

    A dict is the data, or with ``whole`` the seeds' whole result. Raises `RestError` for special
    replies that are not allowed.
    """
    if isinstance(found, HttpResponseBase):
        return found
    result = _result(found, whole=whole)
    if isinstance(result.data, Mapping) and (special := _special(request, result.data)):
        return special
    body = envelope(result, function=function, processor=processor)
    response = JsonResponse(body, status=result.http_status)
    for name, value in result.headers.items():
        response[name] = str(value)
    return response


def refused(status: int, messages: Iterable[str], *, data: Any = None) -> JsonResponse:
    """Return an error in the envelope."""
    result = RestResult(False, data, [str(one) for one in messages], status)
    body = envelope(result, function="", processor="")
    return JsonResponse(body, status=status)


def _result(found: Any, *, whole: bool) -> RestResult:
    if isinstance(found, RestResult):
        return found
    if whole and isinstance(found, Mapping):
        return RestResult(
            success=bool(found.get("result", found.get("success", False))),
            data=found.get("data"),
            messages=found.get("messages") or (),
            status=int(found.get("httpCode") or 0),
        )
    if whole:
        return RestResult(success=bool(found))
    return RestResult(data=found)


def _special(request: HttpRequest, data: Mapping[str, Any]) -> HttpResponseBase | None:
    for kind in _FILE_KINDS:
        if isinstance(data.get(kind), Mapping):
            return _file(current_module(), data[kind])
    if "html" in data:
        return HttpResponse(str(data["html"]))
    if "redirect" in data:
        return _redirect(str(data["redirect"]))
    if "echo" in data:
        return _echo(data)
    return None


def _redirect(address: str) -> HttpResponseBase:
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        raise RestError(500, _("The module wanted to lead to another site."))
    return HttpResponseRedirect(address)


def _echo(data: Mapping[str, Any]) -> HttpResponseBase:
    response = HttpResponse(str(data["echo"]), content_type="text/plain; charset=utf-8")
    headers = data.get("headers")
    for name, value in headers.items() if isinstance(headers, Mapping) else ():
        response[str(name)] = str(value)
    return response


def _file(module: ModuleFacts, said: Mapping[str, Any]) -> HttpResponseBase:
    """Send a file of the module itself, and delete it afterwards if asked to."""
    path = Path(os.path.realpath(str(said.get("filename", ""))))
    homes = _homes(module)
    home = next((one for one in homes if path.is_relative_to(one)), None)
    if home is None:
        raise RestError(403, _("The module may send only files of its own."))
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise RestError(404, _("The file is gone.")) from None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise RestError(403, _("The module may send only files of its own."))
    deletes = bool(said.get("need_delete")) and home != homes[0]
    name = Path(str(said.get("download_name") or path.name)).name
    kind = str(said.get("content_type") or "application/octet-stream")
    parts = _parts(fd, path if deletes else None)
    response = StreamingHttpResponse(parts, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Length"] = str(os.fstat(fd).st_size)
    extra = said.get("additional_headers")
    for header, value in extra.items() if isinstance(extra, Mapping) else ():
        response[str(header)] = str(value)
    return response


def _homes(module: ModuleFacts) -> list[Path]:
    """Return the folders that are the module's own: its code first, its data, its logs."""
    homes = [module.code, Path(settings.PBX_DATA_DIR) / "log" / module.id]
    if module.label in connections.databases:
        homes.append(Path(str(connections.databases[module.label]["NAME"])).parent)
    return [Path(os.path.realpath(home)) for home in homes]


def _parts(fd: int, delete: Path | None) -> Iterator[bytes]:
    with os.fdopen(fd, "rb") as file:
        while part := file.read(_BLOCK):
            yield part
    if delete is not None:
        fsops = FsOps()
        with fsops.directory(delete.parent) as folder:
            fsops.unlink(delete.name, folder)
