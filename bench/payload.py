"""Packages to measure with: always the same bytes, about half of which compress."""

from __future__ import annotations

import io
import json
import random
import zipfile
from dataclasses import dataclass

_INSTALLER = """\
from modules_app.sdk import PbxExtensionSetupBase


class PbxExtensionSetup(PbxExtensionSetupBase):
    pass
"""
_VIEWS = """\
from django.http import HttpResponse


def index(request):
    return HttpResponse("here")
"""
_URLS = """\
from django.urls import path

from . import views

urlpatterns = [path("", views.index)]
"""
_FOLDERS = 20
_TEXT = b"The quick brown fox jumps over the lazy dog. "


@dataclass(frozen=True, slots=True)
class Size:
    """One kind of package: its name, number of files and bytes in each of the filling ones."""

    name: str
    files: int
    bytes_each: int

    @property
    def module_id(self) -> str:
        """Return the id of the module in packages of this size."""
        return f"ModuleBench{self.name.capitalize()}"


SMALL = Size("small", 10, 8_500)
MEDIUM = Size("medium", 300, 16_600)
LARGE = Size("large", 3_000, 20_000)
TINY = Size("tiny", 7, 200)
SIZES = (SMALL, MEDIUM, LARGE)


def package(size: Size, version: str = "1.0.0") -> bytes:
    """Return the zip of a module in Python with ``size.files`` files, most of them assets."""
    files: dict[str, bytes] = {
        "module.json": _manifest(size.module_id, version),
        "installer.py": _INSTALLER.encode(),
        "views.py": _VIEWS.encode(),
        "urls.py": _URLS.encode(),
        "messages/en.json": json.dumps({f"Breadcrumb{size.module_id}": size.name}).encode(),
    }
    source = random.Random(f"{size.name} {version}")  # noqa: S311 - filling, not a secret
    for number in range(size.files - len(files)):
        folder = f"public/assets/js/part{number % _FOLDERS:02}"
        files[f"{folder}/file{number:04}.js"] = _filling(source, size.bytes_each)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _manifest(module_id: str, version: str) -> bytes:
    fields = {
        "moduleUniqueID": module_id,
        "developer": "Bench",
        "support_email": "bench@example.org",
        "version": version,
        "min_pbx_version": "2025.1.1",
    }
    return json.dumps(fields).encode()


def _filling(source: random.Random, length: int) -> bytes:
    half = length // 2
    return source.randbytes(half) + (_TEXT * (half // len(_TEXT) + 1))[: length - half]
