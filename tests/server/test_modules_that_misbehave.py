"""Whatever a module does, every core page answers in less than two seconds (design 2, R3.4)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broken_modules import in_page
from tests.builders import module_json, zip_of
from tests.server.running import Answer, Browser, Server

pytestmark = [pytest.mark.server, pytest.mark.alone]

CORE_PAGES = ("/healthz", "/login/", "/", "/modules/", "/operations/", "/settings/")
PATIENCE = 2.0
BODY = """
import os, time
what = request.GET.get("do", "")
if what == "raise":
    raise ValueError("wrong on purpose")
if what == "hang":
    time.sleep(600)
if what.startswith("exit"):
    os._exit(int(what[4:]))
return HttpResponse("well")
"""
AT_IMPORT = """
import os
from pathlib import Path
flag = Path({flag!r})
if flag.exists():
    os._exit(int(flag.read_text()))
"""


def package(module_id: str, files: dict[str, str]) -> bytes:
    return zip_of({"module.json": module_json(module_id), **files})


def install(server: Server, folder: Path, module_id: str, files: dict[str, str]) -> None:
    path = folder / f"{module_id}.zip"
    path.write_bytes(package(module_id, files))
    server.manage("module", "install", str(path), "--enable", "--yes")
    server.wait_for(lambda: server.client.get(f"/m/{module_id}/").status == 200)


@pytest.fixture(scope="module")
def misbehaving(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("packages")
    install(server, folder, "ModuleGood", in_page('return HttpResponse("well")'))
    install(server, folder, "ModuleBad", in_page(BODY))
    flag = AT_IMPORT.format(flag=str(server.data_dir / "exit-at-import"))
    install(
        server, folder, "ModuleLate", {**in_page('return HttpResponse("well")'), "main.py": flag}
    )
    yield server


def slow_core_pages(server: Server) -> list[tuple[str, int, float]]:
    """Return the core pages that failed or were slow."""
    answers = [(path, server.client.get(path)) for path in CORE_PAGES]
    return [
        (path, answer.status, answer.seconds)
        for path, answer in answers
        if answer.status not in (200, 302) or answer.seconds > PATIENCE
    ]


def test_a_page_that_raises_is_explained_and_the_rest_goes_on(misbehaving: Server) -> None:
    answer = misbehaving.client.get("/m/ModuleBad/?do=raise")

    assert answer.status == 500
    assert "ModuleBad" in answer.text
    assert misbehaving.client.get("/m/ModuleGood/").status == 200
    assert slow_core_pages(misbehaving) == []


@pytest.mark.parametrize("status", range(5))
def test_r04_a_page_that_exits_costs_only_its_own_answer(misbehaving: Server, status: int) -> None:
    answer = misbehaving.client.get(f"/m/ModuleBad/?do=exit{status}")

    assert answer.status == 502
    assert slow_core_pages(misbehaving) == []
    misbehaving.wait_for(lambda: misbehaving.client.get("/m/ModuleGood/").status == 200)
    let_run_again(misbehaving, "ModuleBad")


def let_run_again(server: Server, module_id: str) -> None:
    """Switch a module off and on, so that it starts from zero strikes."""
    server.manage("module", "disable", module_id, "--yes", "--force", check=False)
    server.manage("module", "enable", module_id, "--yes")
    server.wait_for(lambda: server.client.get(f"/m/{module_id}/").status == 200)


def test_fifty_hanging_requests_leave_every_core_page_fast(misbehaving: Server) -> None:
    answers: list[Answer] = []
    cookies = dict(misbehaving.client.cookies)

    def hang() -> None:
        browser = Browser(misbehaving.port)
        browser.cookies = dict(cookies)
        answers.append(browser.get("/m/ModuleBad/?do=hang"))

    threads = [threading.Thread(target=hang) for _ in range(50)]
    for thread in threads:
        thread.start()
    time.sleep(1)

    stranger = Browser(misbehaving.port)
    assert stranger.login().status == 302
    assert slow_core_pages(misbehaving) == []
    for thread in threads:
        thread.join(60)
    statuses = [answer.status for answer in answers]  # two may wait, the others hear so at once
    assert statuses.count(503) == 48
    assert statuses.count(504) == 2
    assert all(answer.seconds < 30 for answer in answers)
    misbehaving.wait_for(lambda: misbehaving.client.get("/m/ModuleGood/").status == 200)


@pytest.mark.parametrize("status", range(5))
def test_r04_a_module_that_exits_at_import_is_left_out(misbehaving: Server, status: int) -> None:
    flag = misbehaving.data_dir / "exit-at-import"
    flag.write_text(str(status))
    try:
        misbehaving.manage("module", "disable", "ModuleGood", "--yes")
        misbehaving.manage("module", "enable", "ModuleGood", "--yes", check=False)
        assert slow_core_pages(misbehaving) == []
        misbehaving.wait_for(lambda: misbehaving.client.get("/m/ModuleGood/").status == 200)
        misbehaving.wait_for(lambda: misbehaving.client.get("/m/ModuleLate/").status == 404)
        listed = json.loads(misbehaving.manage("module", "list", "--json").stdout)["modules"]
        [late] = [one for one in listed if one["id"] == "ModuleLate"]
        assert late["state"] in ("paused", "disabled")  # the latter while it is on probation
        assert "while it was loaded" in late["reason"]
    finally:
        flag.unlink()
        let_run_again(misbehaving, "ModuleLate")


def test_w18_a_strangers_upload_leaves_no_byte_on_disk(server: Server) -> None:
    """An invented token is enough to make a plain Django spool the body (reference R0.3)."""
    uploads = server.data_dir / "uploads"
    boundary = "x" * 20
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="package"; filename="a.zip"\r\n'
        "Content-Type: application/zip\r\n\r\n"
    ).encode()
    stranger = Browser(server.port)
    stranger.cookies = {"csrftoken": "a" * 32}
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.005):
            seen.update(path.name for path in uploads.iterdir())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        answer = stranger.request(
            "POST",
            "/modules/upload/",
            body=head + b"z" * (8 * 1024 * 1024) + f"\r\n--{boundary}--\r\n".encode(),
            headers={
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Origin": server.base_url,
                "X-CSRFToken": "a" * 32,
            },
        )
        assert answer.status == 403
    except (ConnectionResetError, BrokenPipeError):
        pass  # the server hung up before it had read the body: even better
    finally:
        done.set()
        watcher.join()
    assert seen == set()
