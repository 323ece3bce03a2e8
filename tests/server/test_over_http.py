"""The proxy between real processes: memory, slow browsers, and who imports module code."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.broken_modules import in_page
from tests.builders import module_json, zip_of
from tests.server.running import Browser, Server

pytestmark = pytest.mark.server

MIB = 1024 * 1024
GROWTH = 40 * MIB
SECONDS = 4
PAGE = """
from django.http import StreamingHttpResponse
size = int(request.GET.get("size", "0"))
if request.method == "POST":
    count = 0
    while block := request.read(65536):
        count += len(block)
    return HttpResponse(str(count))
if size:
    return StreamingHttpResponse((b"x" * 65536 for _ in range(size // 65536)))
return HttpResponse("well")
"""
WITNESS = """
import json, os
from pathlib import Path
with Path({path!r}).open("a") as file:
    said = {{"pid": os.getpid(), "settings": os.environ.get("DJANGO_SETTINGS_MODULE")}}
    file.write(json.dumps(said) + "\\n")
"""


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a short deadline and a module that streams."""
    folder = tmp_path_factory.mktemp("impatient")
    running = Server(folder, PBX_PROXY_SECONDS=str(SECONDS))
    running.prepare()
    running.start()
    package = folder / "ModuleStream.zip"
    witness = WITNESS.format(path=str(folder / "witness"))
    files = {**in_page(PAGE), "main.py": witness}
    package.write_bytes(zip_of({"module.json": module_json("ModuleStream"), **files}))
    try:
        running.client.login()
        running.manage("module", "install", str(package), "--enable", "--yes")
        running.wait_for(lambda: running.client.get("/m/ModuleStream/").status == 200)
        yield running
    finally:
        running.stop()


def processes_of(server: Server, *words: str) -> list[int]:
    """Return the processes whose command line holds one of the words."""
    return [
        pid for pid, command in server.commands().items() if any(word in command for word in words)
    ]


def peak(pids: list[int]) -> int:
    """Return the largest memory that one of the processes ever had, in bytes."""
    lines = [
        line
        for pid in pids
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmHWM")
    ]
    return max(int(line.split()[1]) * 1024 for line in lines)


def test_web_host_parent_and_operator_never_import_module_code(impatient: Server) -> None:
    lines = (impatient.data_dir / "witness").read_text().splitlines()
    witnesses = [json.loads(line) for line in lines]
    keepers = processes_of(impatient, "gunicorn", "manage.py", "supervisord")

    assert len(witnesses) >= 2, "the host and the installation have both imported it"
    assert {said["settings"] for said in witnesses} == {"pbxadmin.settings.host"}
    assert len(keepers) >= 5
    assert not {said["pid"] for said in witnesses} & set(keepers)


@pytest.mark.alone  # the proxy's deadline is short here
def test_a_large_download_takes_little_memory(impatient: Server) -> None:
    web = processes_of(impatient, "gunicorn")
    before = peak(web)
    answer = impatient.client.get(f"/m/ModuleStream/?size={100 * MIB}")

    assert (answer.status, len(answer.body)) == (200, 100 * MIB)
    assert peak(web) - before < GROWTH


@pytest.mark.alone
def test_a_large_upload_takes_little_memory(impatient: Server) -> None:
    pids = impatient.processes()
    before = peak(pids)
    answer = impatient.client.request(
        "POST",
        "/m/ModuleStream/",
        body=b"y" * (60 * MIB),
        headers={
            "Content-Type": "application/octet-stream",
            "Origin": impatient.base_url,
            "X-CSRFToken": impatient.client.cookies["csrftoken"],
        },
    )

    assert (answer.status, answer.text) == (200, str(60 * MIB))
    assert peak(pids) - before < GROWTH


def test_the_host_checks_the_token(impatient: Server) -> None:
    answer = impatient.client.post("/m/ModuleStream/", headers={"X-CSRFToken": "wrong" * 8})

    assert answer.status == 403


def test_a_browser_that_sends_slowly_loses_its_place_at_the_deadline(impatient: Server) -> None:
    cookies = "; ".join(f"{k}={v}" for k, v in impatient.client.cookies.items())
    head = (
        "POST /m/ModuleStream/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: {cookies}\r\nContent-Length: 100000\r\n\r\n0123"
    ).encode()
    slow: list[socket.socket] = []

    def every_place_is_taken() -> bool:
        """One more slow browser each time: one that came while we asked found no place."""
        slow.append(socket.create_connection(("127.0.0.1", impatient.port)))
        slow[-1].sendall(head)
        return impatient.client.get("/m/ModuleStream/").status == 503

    impatient.wait_for(every_place_is_taken, 10)

    impatient.wait_for(lambda: impatient.client.get("/m/ModuleStream/").status == 200)
    answers = []
    for connection in slow:
        connection.settimeout(30)
        answers.append(connection.recv(12)[-3:])
        connection.close()
    assert set(answers) <= {b"408", b"503"}
    assert answers.count(b"408") >= 2


def test_while_the_enabled_set_changes_requests_wait_and_succeed(impatient: Server) -> None:
    """Every request during three switches of the sequence is answered by one of the two hosts."""
    folder = impatient.data_dir
    package = folder / "ModuleOther.zip"
    files = in_page('return HttpResponse("well")')
    package.write_bytes(zip_of({"module.json": module_json("ModuleOther"), **files}))
    statuses: list[int] = []
    done = threading.Event()

    def keep_asking() -> None:
        browser = Browser(impatient.port)
        browser.cookies = dict(impatient.client.cookies)
        while not done.is_set():
            statuses.append(browser.get("/m/ModuleStream/").status)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        impatient.manage("module", "install", str(package), "--enable", "--yes")
        impatient.manage("module", "disable", "ModuleOther", "--yes")
        impatient.manage("module", "enable", "ModuleOther", "--yes")
    finally:
        done.set()
        asking.join()

    assert len(statuses) > 20
    assert set(statuses) == {200}


def test_other_users_of_the_machine_reach_neither_secrets_nor_sockets(
    impatient: Server, as_nobody: Callable[[Callable[[], object]], str]
) -> None:
    run = impatient.data_dir / "run"
    for folder in (run, *list(run.parents)[:4]):
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    files = [impatient.data_dir / "secret.key", run / "statement.key", run / "host-secret.key"]
    sockets = list(run.glob("*.sock"))

    assert sockets
    for path in files:
        assert as_nobody(path.read_text) == "PermissionError"
    for path in sockets:
        sock = socket.socket(socket.AF_UNIX)
        assert as_nobody(lambda path=path, sock=sock: sock.connect(str(path))) == "PermissionError"
        sock.close()
