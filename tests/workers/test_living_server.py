"""Events and wishes on a whole server whose processes are killed meanwhile (M5.5, M3.6)."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from tests.server.running import ROOT
from tests.workers.module import ID
from tests.workers.site import Site

pytestmark = pytest.mark.server

CHANGES = """
import sys, time
import django
django.setup()
from modules_app.permissions import Actor
from modules_app.services.settings import write_settings
for number in range(int(sys.argv[1])):
    write_settings(actor=Actor.system(), values={"Name": f"name {number}"})
    time.sleep(0.1)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    found = Site(
        tmp_path_factory.mktemp("live"),
        PBX_PROBATION_SECONDS="1",
        PBX_HEALTHY_SECONDS="1",
        PBX_WORKER_CRASHES="3",
    )
    found.server.start()
    try:
        found.wait_for(lambda: len(found.workers()) == 4)
        yield found
    finally:
        found.server.stop()


def kill(site: Site, name: str) -> None:
    """Kill the process that holds the lock ``name``; supervisord starts it again."""
    with suppress(OSError, ValueError, KeyError):
        pid = json.loads((site.data_dir / "run" / f"{name}.lock").read_text())["pid"]
        os.kill(pid, signal.SIGKILL)


def module_row(site: Site) -> tuple[str, ...]:
    with closing(sqlite3.connect(site.data_dir / "core.sqlite3", timeout=30)) as connection:
        columns = "phase, fault, reason_code, reason_text"
        row = connection.execute(f"SELECT {columns} FROM modules_app_module").fetchone()
        return tuple(row)


def test_no_event_is_lost_and_none_overtakes_another_whoever_is_killed(site: Site) -> None:
    count = 25
    environment = {**site.server.environment, "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.web"}
    changing = subprocess.Popen(
        [sys.executable, "-c", CHANGES, str(count)], cwd=ROOT, env=environment
    )
    for name in ("workers", "host", "workers"):
        site.wait_for(lambda: site.said("heard"))
        time.sleep(0.4)
        kill(site, name)
    assert changing.wait(60) == 0
    site.wait_for(lambda: f"name {count - 1}" in site.said("heard"))

    heard = [int(line.split()[1]) for line in site.said("heard").splitlines()]
    assert sorted(set(heard)) == list(range(count))
    assert heard == sorted(heard), "what is told twice is told twice in a row"


def test_a_batch_is_told_what_is_made_anew(site: Site) -> None:
    environment = {**site.server.environment, "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.web"}
    script = CHANGES.replace('"Name": f"name {number}"', '"WEBPort": str(8000 + number)')
    subprocess.run([sys.executable, "-c", script, "3"], cwd=ROOT, env=environment, check=True)
    site.wait_for(lambda: "Firewall Nginx" in site.said("planned").splitlines())


def test_a_wish_is_carried_out_although_the_operator_is_killed(site: Site) -> None:
    site.tell("fewer")
    site.tell("wish")
    wishes = site.data_dir / "run" / "wishes"
    site.wait_for(lambda: any(wishes.iterdir()) or len(site.workers()) == 1)
    kill(site, "operator")
    site.wait_for(lambda: [one["name"] for one in site.workers()] == ["Steady"])
    site.wait_for(lambda: not any(wishes.iterdir()))


def test_m36_a_crash_loop_of_workers_pauses_the_module_and_says_why(site: Site) -> None:
    site.wait_for(lambda: module_row(site)[0] == "ready")

    def crash_until_paused() -> bool:
        site.tell("crash")
        return module_row(site)[1] == "paused"

    site.wait_for(crash_until_paused)
    _phase, _fault, code, text = module_row(site)
    assert code == "DisabledByCrashLoop"
    assert "Steady" in text and "the shelf is empty" in text and "3" in text
    site.wait_for(lambda: not site.processes())
    counted = site.data_dir / "run" / "worker-crashes.json"
    site.wait_for(lambda: ID not in json.loads(counted.read_text()))
