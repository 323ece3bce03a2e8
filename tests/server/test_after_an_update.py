"""PBX Admin itself was updated, and a module does not fit any more (reference F25)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broken_modules import in_page
from tests.builders import module_json, zip_of
from tests.server.running import Server

pytestmark = pytest.mark.server

NEEDS_THE_OLD = """
import os
if os.environ.get("NEWER_SYSTEM"):
    raise ImportError("cannot import name 'Gone' from 'modules_app.sdk'")
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path, PBX_PROBATION_SECONDS="0")
    running.prepare()
    running.start()
    try:
        running.client.login()
        for name, main in (("ModuleOld", NEEDS_THE_OLD), ("ModuleGood", "")):
            package = tmp_path / f"{name}.zip"
            files = {"main.py": main, **in_page("return HttpResponse('well')")}
            package.write_bytes(zip_of({"module.json": module_json(name), **files}))
            running.manage("module", "install", str(package), "--enable", "--yes")
        yield running
    finally:
        running.stop()


def states(server: Server) -> dict[str, dict[str, str]]:
    found = json.loads(server.manage("module", "list", "--json").stdout)["modules"]
    return {module["id"]: module for module in found}


def test_f25_a_module_that_an_update_broke_is_stopped_with_its_reason(server: Server) -> None:
    server.wait_for(lambda: server.client.get("/m/ModuleOld/").status == 200)
    server.stop()
    server.environment["NEWER_SYSTEM"] = "1"
    server.start()

    server.wait_for(lambda: not states(server)["ModuleOld"]["enabled"])
    assert "Gone" in states(server)["ModuleOld"]["reason"]
    assert server.client.get("/modules/").status == 200
    server.wait_for(lambda: server.client.get("/m/ModuleGood/").status == 200)
    assert states(server)["ModuleGood"]["state"] == "enabled"
