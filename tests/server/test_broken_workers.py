"""Code that is broken in each way of the table, as a worker: it is started again, later and later,
and neither its neighbours nor the supervisor nor the core notice (R3.4).
"""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broken_modules import TABLE, Broken
from tests.builders import python_module
from tests.workers.module import ID as GOOD
from tests.workers.site import Site

pytestmark = pytest.mark.server

ID = "ModuleBroken"
LIMITED_ONLY = {"eats-memory", "grows", "bomb"}
"""These need limits that the operator's children have and workers have not."""

TRIED = [one for one in TABLE if one.name not in LIMITED_ONLY]
HARMLESS = {
    "daemon",
    "threads",
    "shouts",
    "patches",
    "holds-exit",
    "bends",
    "closes",
    "turns-pipes",
}
"""They may go on working; what they may not do is to hold up others."""


def class_name(one: Broken) -> str:
    return "W" + "".join(part.title() for part in one.title.replace("-", " ").split())


def package() -> bytes:
    """Return a module with a worker for each way to be broken."""
    classes = [
        f"class {class_name(one)}(sdk.LoopWorker):\n    interval = 0.2\n    def step(self):\n"
        + textwrap.indent(f"exec(compile({one.body!r}, 'broken', 'exec'), {{}})", " " * 8)
        for one in TRIED
    ]
    entries = [
        {"type": "check_worker_heartbeat", "worker": class_name(one), "alive_seconds": 3}
        for one in TRIED
    ]
    conf = (
        "from modules_app.sdk import ConfigClass\n\n\nclass BrokenConf(ConfigClass):\n"
        f"    def get_module_workers(self):\n        return {entries!r}\n"
    )
    workers = "from modules_app import sdk\n\n\n" + "\n\n\n".join(classes) + "\n"
    return python_module(ID, files={"conf.py": conf, "workers.py": workers})


pytestmark = [pytest.mark.server, pytest.mark.alone]

UNASKED = ("Steady-1", "background.stubborn.Stubborn-1")
"""Neighbours that answer no pings: with so many on two cores, an answer may come too late."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("broken")
    found = Site(folder, PBX_WORKER_CRASHES="100000")
    path = folder / "broken.zip"
    path.write_bytes(package())
    found.server.manage("module", "install", str(path), "--enable", "--yes")
    found.start_unchecked()
    yield found
    found.stop()


def rows(site: Site, module_id: str) -> dict[str, dict[str, object]]:
    return {
        f"{one['name']}-{one['instance']}": one
        for one in site.workers()
        if one["module_id"] == module_id
    }


def test_every_broken_worker_is_started_again_and_its_neighbours_go_on(site: Site) -> None:
    site.wait_for(lambda: all(one["state"] == "running" for one in rows(site, GOOD).values()))
    assert len(rows(site, GOOD)) == 4
    pids = {name: one["pid"] for name, one in rows(site, GOOD).items()}
    must_end = {class_name(one) for one in TRIED if one.name not in HARMLESS}

    def all_ended() -> bool:
        found = rows(site, ID)
        return all(int(str(found[f"{name}-1"]["restarts"])) >= 1 for name in must_end)

    site.wait_for(all_ended, 120)
    found = rows(site, ID)
    for name in must_end:
        assert found[f"{name}-1"]["last_end"], name
    site.wait_for(lambda: all(one["pid"] for one in rows(site, GOOD).values()))
    now = {name: one["pid"] for name, one in rows(site, GOOD).items()}
    assert {name: now[name] for name in UNASKED} == {name: pids[name] for name in UNASKED}
    assert site.process is not None and site.process.poll() is None
    site.server.manage("module", "list", "--json")


def test_a_worker_that_ends_at_once_is_started_more_and_more_rarely(site: Site) -> None:
    exits = next(one for one in TRIED if one.name == "exits-3")
    name = f"{class_name(exits)}-1"
    site.wait_for(lambda: int(str(rows(site, ID)[name]["restarts"])) >= 3)
    before = int(str(rows(site, ID)[name]["restarts"]))
    time.sleep(10)
    assert int(str(rows(site, ID)[name]["restarts"])) - before <= 6


def test_nothing_of_broken_workers_outlives_the_supervisor(site: Site) -> None:
    pids = [int(str(one["pid"])) for one in rows(site, ID).values() if one["pid"]]
    site.stop()
    site.wait_for(lambda: not [pid for pid in pids if Path(f"/proc/{pid}").exists()], 30)
