"""Crashes and safe mode on a real server: each door in, each way out (reference R4.8, U2.3)."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.broken_modules import in_page
from tests.builders import module_json, zip_of
from tests.server.running import Browser, Server

pytestmark = [pytest.mark.server, pytest.mark.alone]

CORE_PAGES = ("/healthz", "/", "/modules/", "/operations/", "/settings/", "/safe-mode/")
BODY = """
import ctypes, os, sqlite3
from django.db import OperationalError
what = request.GET.get("do", "")
if what == "segfault":
    ctypes.string_at(0)
if what == "exit":
    os._exit(0)
if what == "locked":
    raise OperationalError("database is locked")
return HttpResponse("well")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two modules whose probation ends after a moment."""
    running = Server(
        tmp_path_factory.mktemp("server"),
        PBX_PROBATION_SECONDS="1",
        PBX_HEALTHY_SECONDS="2",
        PBX_BAD_STARTS="3",
    )
    running.prepare()
    running.start()
    try:
        assert running.client.login().status == 302
        for module_id in ("ModuleGood", "ModuleBad"):
            install(running, module_id)
        yield running
    finally:
        running.stop()


@pytest.fixture(autouse=True)
def all_run(server: Server) -> Iterator[None]:
    """Each test begins and ends with all modules enabled and safe mode off."""
    yield
    (server.data_dir / "safe-mode").unlink(missing_ok=True)
    server.wait_for(lambda: all_are_on(server))


def all_are_on(server: Server) -> bool:
    """Enable what is off, also what is stopped only now for a crash in the test before."""
    for record in listed(server):
        if not record["enabled"]:
            server.manage("module", "enable", record["id"], "--yes", check=False)
    return all(status(server, module_id) == 200 for module_id in ("ModuleGood", "ModuleBad"))


def install(server: Server, module_id: str) -> None:
    path = server.data_dir / f"{module_id}.zip"
    files = in_page(BODY)
    path.write_bytes(zip_of({"module.json": module_json(module_id), **files}))
    server.manage("module", "install", str(path), "--enable", "--yes")


def listed(server: Server) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(server.manage("module", "list", "--json").stdout)[
        "modules"
    ]
    return found


def state(server: Server, module_id: str) -> dict[str, Any]:
    return next(one for one in listed(server) if one["id"] == module_id)


def status(server: Server, module_id: str) -> int:
    return server.client.get(f"/m/{module_id}/").status


def wait_until_all_run(server: Server) -> None:
    for module_id in ("ModuleGood", "ModuleBad"):
        server.wait_for(lambda name=module_id: status(server, name) == 200)


def wait_until_settled(server: Server) -> None:
    health = server.data_dir / "run" / "host-health.json"

    def settled() -> bool:
        try:
            return len(json.loads(health.read_text())["settled"]) == 2
        except (OSError, ValueError, KeyError):
            return False

    server.wait_for(settled)
    time.sleep(2.5)  # the operator looks once a second


def strikes(server: Server) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((server.data_dir / "run" / "strikes.json").read_text())
    except FileNotFoundError:
        return {}
    return found


def host_pid(server: Server) -> int:
    return int(json.loads((server.data_dir / "run" / "host.lock").read_text())["pid"])


def core_pages_answer(server: Server) -> None:
    for path in CORE_PAGES:
        answer = server.client.get(path)
        assert answer.status == 200, path
        assert answer.seconds < 5, path


def test_s7_a_module_that_crashes_twice_is_paused_and_the_others_run_on(server: Server) -> None:
    wait_until_settled(server)
    assert server.client.get("/m/ModuleBad/?do=segfault").status == 502
    server.wait_for(lambda: status(server, "ModuleGood") == 200)
    server.wait_for(lambda: len(strikes(server).get("ModuleBad", {}).get("strikes", [])) == 1)
    assert state(server, "ModuleBad")["state"] == "enabled"
    assert server.client.get("/m/ModuleBad/?do=exit").status == 502
    server.wait_for(lambda: state(server, "ModuleBad")["state"] == "paused")

    found = state(server, "ModuleBad")
    assert "status 0" in found["reason"] and "Crashes counted: 2" in found["reason"]
    assert "crashed again and again" in found["reason"]
    assert status(server, "ModuleGood") == 200
    core_pages_answer(server)
    audit = server.manage("module", "audit", "--json", "--action", "module-pause").stdout
    assert "DisabledByCrashLoop" in audit and "SIGSEGV" in audit
    server.manage("module", "enable", "ModuleBad", "--yes")
    server.wait_for(lambda: status(server, "ModuleBad") == 200)
    assert "ModuleBad" not in strikes(server)


def test_r48_a_locked_database_answers_503_and_never_counts(server: Server) -> None:
    for _ in range(4):
        answer = server.client.get("/m/ModuleGood/?do=locked")
        assert answer.status == 503
        assert "in use right now" in answer.text
    assert "ModuleGood" not in strikes(server)
    assert state(server, "ModuleGood")["state"] == "enabled"


def test_s9_the_page_is_a_door(server: Server) -> None:
    server.client.get("/safe-mode/")
    server.client.post("/safe-mode/on/", {"reason": "drill"})
    server.wait_for(lambda: no_module_is_loaded(server))
    core_pages_answer(server)
    assert status(server, "ModuleGood") == 503
    assert "root" not in server.client.get("/safe-mode/").text
    assert "drill" in server.client.get("/modules/").text
    assert Browser(server.port).login().status == 302
    server.client.post("/safe-mode/off/")
    wait_until_all_run(server)


def test_s9_the_command_is_a_door(server: Server) -> None:
    said = json.loads(server.manage("module", "safe-mode", "on", "--json").stdout)
    assert said["safe_mode"] is True
    assert set(said["enabled"]) == {"ModuleGood", "ModuleBad"}
    server.wait_for(lambda: no_module_is_loaded(server))
    assert "ModuleGood" in server.manage("module", "safe-mode").stdout
    server.manage("module", "safe-mode", "off")
    wait_until_all_run(server)


def test_s9_an_empty_file_is_a_door_and_the_audit_knows(server: Server) -> None:
    wait_until_settled(server)  # also until the operator has seen that safe mode is off
    (server.data_dir / "safe-mode").touch()
    server.wait_for(lambda: no_module_is_loaded(server))
    server.wait_for(lambda: audited(server, "safe-mode-on") == "file")
    server.client.get("/safe-mode/")
    server.client.post("/safe-mode/off/")
    wait_until_all_run(server)


def test_r12_a_module_can_be_disabled_and_enabled_in_safe_mode(server: Server) -> None:
    server.manage("module", "safe-mode", "on")
    server.wait_for(lambda: no_module_is_loaded(server))
    server.manage("module", "disable", "ModuleBad", "--yes")
    done = server.manage("module", "enable", "ModuleBad", "--yes")
    assert "Safe mode is on; the module starts when it ends." in done.stderr
    server.manage("module", "safe-mode", "off")
    wait_until_all_run(server)


def test_one_module_is_tried_and_a_crash_brings_safe_mode_back(server: Server) -> None:
    wait_until_settled(server)
    server.client.get("/safe-mode/")
    server.client.post("/safe-mode/on/")
    server.wait_for(lambda: no_module_is_loaded(server))
    server.client.post("/safe-mode/try/", {"module": "ModuleBad"})
    server.wait_for(lambda: status(server, "ModuleBad") == 200)
    assert status(server, "ModuleGood") == 503
    server.client.get("/m/ModuleBad/?do=segfault")
    server.wait_for(lambda: no_module_is_loaded(server))

    shown = server.client.get("/safe-mode/").text
    assert "The fault was there while these modules ran" in shown
    assert "SIGSEGV" in shown
    assert state(server, "ModuleBad")["state"] == "enabled"


def test_all_modules_are_tried_and_safe_mode_ends_by_itself(server: Server) -> None:
    server.client.get("/safe-mode/")
    server.client.post("/safe-mode/on/")
    server.wait_for(lambda: no_module_is_loaded(server))
    server.client.post("/safe-mode/try/")
    server.wait_for(lambda: not (server.data_dir / "safe-mode").exists())
    wait_until_all_run(server)


def test_three_bad_starts_bring_safe_mode_and_a_good_one_resets(server: Server) -> None:
    boots = server.data_dir / "run" / "boots.json"
    server.wait_for(lambda: json.loads(boots.read_text())["bad"] == 0)
    for count in (1, 2, 3):
        pid = host_pid(server)
        os.kill(pid, signal.SIGKILL)
        server.wait_for(lambda old=pid: host_pid(server) != old)
        server.wait_for(lambda bad=count: json.loads(boots.read_text())["bad"] >= bad)
    server.wait_for(lambda: no_module_is_loaded(server))

    found = json.loads((server.data_dir / "safe-mode").read_text())
    assert (found["why"], found["actor"]) == ("bad-starts", "host")
    core_pages_answer(server)
    assert "bad starts in a row" in server.client.get("/").text
    assert strikes(server).keys() <= {"ModuleBad"}
    server.client.post("/safe-mode/off/")
    wait_until_all_run(server)
    server.wait_for(lambda: json.loads(boots.read_text())["bad"] == 0)


def no_module_is_loaded(server: Server) -> bool:
    try:
        health = json.loads((server.data_dir / "run" / "host-health.json").read_text())
    except (OSError, ValueError):
        return False
    return health["safe_mode"] is True and health["modules"] == {}


def audited(server: Server, action: str) -> str:
    found = json.loads(server.manage("module", "audit", "--json", "--action", action).stdout)
    events = found.get("events", [])
    return str(events[0]["actor"]) if events else ""
