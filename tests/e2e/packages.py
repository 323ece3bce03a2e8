"""The packages that the tests upload."""

from __future__ import annotations

import io
import json
import os
import zipfile
from typing import Any

from modules_app.packages.pack import build_package
from tests.e2e.site import EXAMPLES


def black_list(version: str = "1.0.0", **files: str | bytes) -> bytes:
    """Return examples/ModuleBlackList as a package, with another version and more files."""
    manifest = json.loads((EXAMPLES / "ModuleBlackList" / "module.json").read_text())
    changed = {"module.json": json.dumps({**manifest, "version": version}), **files}
    source = zipfile.ZipFile(io.BytesIO(build_package(EXAMPLES / "ModuleBlackList")))
    buffer = io.BytesIO()
    with source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            if name not in changed:
                package.writestr(name, source.read(name))
        for name, content in changed.items():
            package.writestr(name, content)
    return buffer.getvalue()


def hello() -> bytes:
    """Return examples/hellopbx as a tar.gz."""
    return build_package(EXAMPLES / "hellopbx", kind="tar.gz")


def file(name: str, content: bytes) -> Any:
    """Return a file for a file input."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def ballast(size: int) -> bytes:
    """Return bytes that do not compress."""
    return os.urandom(size)
