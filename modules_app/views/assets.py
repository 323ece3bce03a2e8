"""Static files of modules: ``/assets/<id>/<digest>/<path>`` (reference W14-W16).

Only files that were recorded at installation below the module's public folder are found, so no
path can lead elsewhere. The address holds the digest (or the name) of the generation: the answer
may be cached for ever, and the address of another generation is not found.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from modules_app.domain.manifest import Contract
from modules_app.domain.states import is_loaded
from modules_app.exceptions import ModuleError
from modules_app.models import Module
from modules_app.packages.datadir import DataDir
from modules_app.packages.fsops import FsOps
from modules_app.packages.records import Record
from modules_app.packages.store import CODE, load_record

PUBLIC_FOLDERS = {Contract.MIKOPBX: "public/assets", Contract.FREEPBX: "assets"}
DIGEST_LENGTH = 12
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".map": "application/json",
    ".json": "application/json",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".svg": "image/svg+xml",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".txt": "text/plain; charset=utf-8",
}
# An asset opened as a page of its own runs nothing and loads nothing.
_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


@require_safe
def asset(request: HttpRequest, module_id: str, digest: str, path: str) -> HttpResponseBase:
    """Answer with one public file of an enabled module; 404 for everything else."""
    row = Module.objects.filter(pk=module_id).values_list(
        "contract", "generation", "digest", "wanted", "fault"
    )
    for contract, generation, known_digest, wanted, fault in row:
        current = digest == generation or _is_short_form(digest, known_digest)
        if not is_loaded(wanted=wanted, fault=fault) or not current:
            break
        return _file(module_id, generation, f"{PUBLIC_FOLDERS[Contract(contract)]}/{path}")
    raise Http404


def _is_short_form(short: str, digest: str) -> bool:
    return len(short) >= DIGEST_LENGTH and digest.startswith(short)


def _file(module_id: str, generation: str, path: str) -> FileResponse:
    content_type = TYPES.get(PurePosixPath(path).suffix.lower())
    if content_type is None or path not in _record(module_id, generation).files:
        raise Http404
    fd = _open(module_id, generation, path)
    response = FileResponse(os.fdopen(fd, "rb"), content_type=content_type)
    response["Content-Length"] = str(os.fstat(fd).st_size)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = _POLICY
    return response


@lru_cache(maxsize=64)
def _record(module_id: str, generation: str) -> Record:
    """Return what was recorded; a generation never changes, so it is read once."""
    try:
        return load_record(_data_dir(), module_id, generation)
    except ModuleError as error:
        raise Http404 from error


def _open(module_id: str, generation: str, path: str) -> int:
    """Open a file of the store, following no link."""
    fsops = FsOps()
    *folders, name = path.split("/")
    root = _data_dir().generation(module_id, generation)
    try:
        with fsops.directory(root, CODE, *folders) as dir_fd:
            return fsops.open_file(name, dir_fd)
    except OSError as error:
        raise Http404 from error


def _data_dir() -> DataDir:
    return DataDir(Path(settings.PBX_DATA_DIR))
