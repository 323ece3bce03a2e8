"""One real server for browser tests, and short ways to bring it into a state over HTTP."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.server.running import ROOT, Answer, Browser, Server

BOUNDARY = "----pbx-admin-tests"
EXAMPLES = ROOT / "examples"
INSTALL_SECONDS, HOOK_SECONDS = 10, 60
PACKED_BYTES = 3 * 1024 * 1024
"""Limits of the server under test: a hanging installer and a too large file must not take long.
Hooks wait there for what people do in several windows.
"""


class Site(Server):
    """A server with an administrator who is logged in at ``client``."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        limits = {
            "PBX_SECONDS_INSTALL": str(INSTALL_SECONDS),
            "PBX_SECONDS_HOOK": str(HOOK_SECONDS),
            "PBX_MAX_PACKED_BYTES": str(PACKED_BYTES),
        }
        super().__init__(data_dir, **limits, **environment)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the core database."""
        uri = f"file:{self.data_dir / 'core.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=20)) as connection:
            return connection.execute(query, values).fetchall()

    def modules(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT id FROM modules_app_module ORDER BY id")]

    def install(self, package: bytes, *, enable: bool = False) -> int:
        """Install a package as the administrator and wait for the end; return the operation."""
        report = upload(self.client, "package.zip", package)
        assert report.status == 302, said(report)
        form = {"enable": "1"} if enable else {}
        return self.follow(self.client.post(f"{report.headers['Location']}install/", form))

    def act(self, module_id: str, verb: str, **form: str) -> int:
        """Post one verb on a module and wait for the end; return the operation."""
        return self.follow(self.client.post(f"/modules/{module_id}/{verb}/", form))

    def follow(self, answer: Answer) -> int:
        """Wait until the operation that ``answer`` leads to, and what it queued, are over."""
        assert answer.status == 302, said(answer)
        operation = int(re.fullmatch(r"/operations/(\d+)/", answer.headers["Location"])[1])
        self.wait_for(lambda: self.outcome(operation) not in ("queued", "running"), 40)
        [(result,)] = self.rows("SELECT result FROM modules_app_operation WHERE id = ?", operation)
        following = json.loads(result or "{}").get("next_operation")
        if following:
            self.wait_for(lambda: self.outcome(following) not in ("queued", "running"), 40)
        return operation

    def outcome(self, operation: int) -> str:
        [(outcome,)] = self.rows(
            "SELECT outcome FROM modules_app_operation WHERE id = ?", operation
        )
        return str(outcome)

    def clear(self) -> None:
        """Remove every module with its data and discard every waiting upload."""
        waiting = [row[0] for row in self.rows("SELECT id FROM modules_app_upload")]
        for upload_id in waiting:
            self.client.post(f"/uploads/{UUID(upload_id)}/discard/")
        self.wait_for(self.is_quiet, 60)
        for module_id in self.modules():
            self.act(module_id, "disable", force="1") if self._is_on(module_id) else None
            self.act(module_id, "remove", data="delete", typed=module_id)
        assert self.modules() == []

    def residue(self, module_id: str) -> list[str]:
        """Return every name below store and data that belongs to the module."""
        folders = [self.data_dir / name / module_id for name in ("store", "data")]
        return [str(path) for folder in folders if folder.exists() for path in folder.rglob("*")]

    def is_quiet(self) -> bool:
        """Tell whether no operation waits or runs."""
        busy = "SELECT 1 FROM modules_app_operation WHERE outcome IN ('queued', 'running')"
        return not self.rows(busy)

    def _is_on(self, module_id: str) -> bool:
        query = "SELECT wanted FROM modules_app_module WHERE id = ?"
        return self.rows(query, module_id) == [("on",)]


def said(answer: Answer) -> str:
    """Return the words of a page without its markup."""
    body = answer.text.partition("<main")[2]
    return f"{answer.status}: " + " ".join(re.sub(r"<[^>]*>", " ", f"<{body}").split())[:1500]


def upload(browser: Browser, name: str, package: bytes, **options: Any) -> Answer:
    """Send a package as the form does."""
    return browser.request(
        "POST",
        "/modules/upload/",
        body=multipart(name, package),
        headers=upload_headers(browser, **options.pop("headers", {})),
        **options,
    )


def upload_headers(browser: Browser, **headers: str) -> dict[str, str]:
    return {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Origin": f"http://127.0.0.1:{browser.port}",
        "X-CSRFToken": browser.cookies.get("csrftoken", ""),
        **headers,
    }


def leftovers(site: Site) -> list[Path]:
    """Return what lies in the folder for uploads; the answer may be a moment ahead of tidying."""
    return list((site.data_dir / "uploads").iterdir())


def multipart(name: str, package: bytes) -> bytes:
    """Return the body of the upload form."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="package"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + package + f"\r\n--{BOUNDARY}--\r\n".encode()

