"""W06, W07, W18: what an upload leaves on the disk, when, under which name, and who may look."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from modules_app.models import AuditEvent, Upload
from modules_app.packages import archive
from modules_app.permissions import Right
from tests.builders import mikopbx
from tests.lifecycle import Life
from tests.pages import administrator, person
from tests.web.crawl import BACKEND, TOKEN
from tests.web.site import Site, cookies_of, raw

LARGE = 3 * 1024 * 1024
_watching: dict[int, list[str]] = {}


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what this thread opens for writing, and which programs it starts."""
    noted = _watching.get(threading.get_ident())
    if noted is None:
        return
    if event == "open" and isinstance(arguments[2], int):
        if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            noted.append(f"open {arguments[0]}")
    elif event in ("subprocess.Popen", "os.exec", "os.system", "os.posix_spawn", "os.spawn"):
        noted.append(f"{event} {arguments}")


sys.addaudithook(_note)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Yield the files that this thread opens for writing and the programs that it starts."""
    noted = _watching[threading.get_ident()] = []
    try:
        yield noted
    finally:
        del _watching[threading.get_ident()]


@pytest.fixture
def spooled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the temporary files that Django opened for uploads."""
    opened: list[str] = []
    plain = uploadhandler.TemporaryFileUploadHandler.new_file

    def new_file(self: Any, *args: Any, **kwargs: Any) -> None:
        plain(self, *args, **kwargs)
        opened.append(self.file.name)

    monkeypatch.setattr(uploadhandler.TemporaryFileUploadHandler, "new_file", new_file)
    return opened


def body(content: bytes = b"PK" + bytes(LARGE), name: str = "package.zip") -> bytes:
    return encode_multipart(BOUNDARY, {"package": SimpleUploadedFile(name, content)})


def send(client: Client, path: str = "/modules/upload/", sent: bytes = b"", **headers: str) -> Any:
    tokens = {"X-CSRFToken": TOKEN, **headers}
    return client.generic("POST", path, sent or body(), MULTIPART_CONTENT, headers=tokens)


def browser(user: Any = None) -> Client:
    """Return a browser with a token cookie of its own making."""
    client = Client(enforce_csrf_checks=True)
    if user is not None:
        client.force_login(user, backend=BACKEND)
    client.cookies["csrftoken"] = TOKEN
    return client


def not_of_sessions(noted: list[str]) -> list[str]:
    return [one for one in noted if "/run/sessions" not in one and "pbx-admin-" not in one]


def without_rights(name: str) -> dict[str, Any]:
    return {
        "stranger": None,
        "nothing": person(name="nothing"),
        "viewer": person(Right.VIEW, name="viewer"),
        "operator": person(Right.VIEW, Right.OPERATE, name="operator"),
        "remover": person(Right.VIEW, Right.REMOVE, name="remover"),
    }[name]


@pytest.mark.parametrize("who", ["stranger", "nothing", "viewer", "operator", "remover"])
@pytest.mark.parametrize("token", [TOKEN, "b" * 32, ""])
def test_w18_no_byte_of_somebody_without_the_right_is_written(
    life: Life, spooled: list[str], who: str, token: str
) -> None:
    client = browser(without_rights(who))
    with watched() as noted:
        short = send(client, sent=body(bytes(5000)), **{"X-CSRFToken": token})
        long = send(client, **{"X-CSRFToken": token})
    assert short.status_code in (302, 403)
    assert long.status_code in (302, 403, 413)
    assert spooled == []
    assert not_of_sessions(noted) == []
    assert life.residue() == []


@pytest.mark.parametrize(
    "path", ["/login/", "/settings/", "/theme/", "/setup/x/", "/modules/x/enable/", "/admin/login/",
             "/logout/", "/admin/auth/user/add/", "/nowhere/", "/"],
)  # fmt: skip
def test_w18_no_other_address_takes_files(life: Life, spooled: list[str], path: str) -> None:
    """CVE-2025-52207: a file goes to one address, and only that."""
    for client in (browser(), browser(administrator())):
        with watched() as noted:
            short, long = send(client, path, body(bytes(5000))), send(client, path)
        assert short.status_code in (302, 403, 404)
        assert long.status_code in (302, 403, 404, 413)
        assert not_of_sessions(noted) == []
    assert spooled == []


def test_w18_what_says_that_it_is_too_large_is_not_begun(
    life: Life, spooled: list[str], settings: Any
) -> None:
    settings.PBX_ARCHIVE_LIMITS = {**settings.PBX_ARCHIVE_LIMITS, "packed_bytes": LARGE // 2}
    assert send(browser(administrator())).status_code == 413
    assert spooled == []


def test_w18_who_may_install_is_let_through(life: Life, spooled: list[str]) -> None:
    """The gate is not simply shut."""
    answer = send(browser(administrator()), sent=body(mikopbx()))
    assert answer.status_code == 302
    assert len(spooled) == 1


def test_w06_nobody_else_can_read_what_is_being_uploaded(
    life: Life, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(life.data_dir.uploads)
    seen: dict[str, int] = {}
    plain = archive.open_archive

    def look(*args: Any, **kwargs: Any) -> Any:
        for file in life.data_dir.uploads.iterdir():
            seen[file.suffix] = file.stat().st_mode & 0o777
        return plain(*args, **kwargs)

    monkeypatch.setattr("modules_app.services.uploads.open_archive", look)
    before = os.umask(0)
    try:
        assert send(browser(administrator()), sent=body(mikopbx())).status_code == 302
    finally:
        os.umask(before)
    assert len(seen) == 2, "Django's temporary file and ours"
    assert set(seen.values()) == {0o600}
    assert life.data_dir.uploads.stat().st_mode & 0o077 == 0
    assert [file.suffix for file in life.data_dir.uploads.iterdir()] == [".part"]


NAMES = (
    "../../../../tmp/evil.zip", "/etc/cron.d/evil", "..\\..\\evil.zip", "C:\\evil.zip", "-rf",
    "`id`.gpg", "$(id).zip", ";id;.zip", "| id", "-o x", "a\tb.zip", "\x1b[2J.zip",
    "x\u202epiz.exe",
    "con", ".", "..", "a" * 900, "%00.zip", "{{7*7}}.zip", "<script>.zip", "\ud7ff.zip", "&&id",
    "=cmd|'/C calc'!A0.zip",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_w07_a_file_name_is_text_and_nothing_else(life: Life, name: str) -> None:
    """Also FreePBX 2016: the name of an upload reached a shell."""
    client = browser(administrator())
    outside = set(Path("/tmp").iterdir())
    sent = body(mikopbx()).replace(b'filename="package.zip"', b'filename="%s"' % name.encode())
    with watched() as noted:
        answer = send(client, sent=sent)
    no_name = name in (".", "..")
    assert answer.status_code == (422 if no_name and not Upload.objects.exists() else 302)
    assert not [one for one in noted if not one.startswith("open ")], "no program was started"
    stored = {Path(one.removeprefix("open ")).name for one in noted if "sess" not in one}
    assert not [one for one in stored if len(name) > 3 and name.strip("./\\") in one]
    for waiting in Upload.objects.all():
        assert waiting.file == Path(waiting.file).name and waiting.file.endswith(".part")
        assert len(waiting.filename) <= 200
        assert waiting.filename.isprintable() and "/" not in waiting.filename
    assert all(len(event.target) <= 150 for event in AuditEvent.objects.all())
    assert {one for one in set(Path("/tmp").iterdir()) - outside if "evil" in one.name} == set()


@pytest.mark.parametrize(
    "field", ["path", "name", "resumableFilename", "fwbrand", "dir", "target", "filename"]
)
def test_w07_no_field_of_the_form_says_where_a_file_goes(life: Life, field: str) -> None:
    """CVE-2025-52207, CVE-2025-61678: the upload takes no path from the client."""
    client = browser(administrator())
    content = SimpleUploadedFile("package.zip", mikopbx())
    for path in ("../../x", "/tmp/pbx-evil", "x\0y"):
        form = encode_multipart(BOUNDARY, {field: path, "package": content})
        content.seek(0)
        assert send(client, sent=form).status_code == 302
    assert not Path("/tmp/pbx-evil").exists()
    assert {path.parent for path in life.data_dir.uploads.iterdir()} == {life.data_dir.uploads}


@pytest.mark.server
def test_w06_a_half_sent_upload_of_a_real_server_is_private(
    site: Site, as_nobody: Callable[[Callable[[], object]], str]
) -> None:
    uploads = site.data_dir / "uploads"
    head = (
        f"POST /modules/upload/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
        f"Origin: {site.base_url}\r\nCookie: {cookies_of(site)}\r\n"
        f"X-CSRFToken: {site.client.cookies['csrftoken']}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 2000000\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="package"; filename="a.zip"\r\n\r\n'
    )
    before = set(uploads.iterdir())
    modes: list[int] = []

    def look() -> bool:
        modes.extend(file.stat().st_mode & 0o777 for file in set(uploads.iterdir()) - before)
        return bool(modes)

    sender = threading.Thread(
        target=raw, args=(site, head.encode() + bytes(700_000)), kwargs={"seconds": 8}
    )
    sender.start()
    site.wait_for(look, 20)
    sender.join()
    assert set(modes) == {0o600}
    assert uploads.stat().st_mode & 0o777 == 0o700
    assert as_nobody(lambda: list(uploads.iterdir())) == "PermissionError"
    site.wait_for(lambda: set(uploads.iterdir()) <= before, 60)
