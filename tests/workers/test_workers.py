"""Real workers under a real supervisor: every check, every end, nobody left behind (M13, M3.6)."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from modules_app.bridge.wishes import leave_wish, taken_wishes
from modules_app.workers.endings import MEMORY, NO_PONG, RESTART
from tests.server.running import ROOT
from tests.workers.module import ID, package
from tests.workers.site import PATIENCE, Site

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def whole_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    site.start()
    yield site
    site.stop()


@pytest.fixture
def site(whole_site: Site) -> Iterator[Site]:
    """The site with all workers running; what a test told them is forgotten afterwards."""
    whole_site.wait_for(whole_site.all_run)
    yield whole_site
    for name in ("chatter", "slow"):
        whole_site.untell(name)


def jobs(site: Site) -> list[tuple[Any, ...]]:
    """What is left in the queue: data, tries, whether it is dead, the error."""
    (database,) = (site.data_dir / "data" / ID).glob("*/module.db")
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT data, tries, dead, error FROM pbx_queue ORDER BY id")
        return [(json.loads(data)["word"], *rest) for data, *rest in rows]


def test_all_that_was_asked_for_runs_and_nothing_is_left_out_silently(site: Site) -> None:
    found = {(one["name"], one["instance"], one["check"]) for one in site.workers()}
    assert found == {
        ("Steady", 1, "check_worker_heartbeat"),
        ("Jobs", 1, "check_worker_queue"),
        ("Jobs", 2, "check_worker_queue"),
        ("background.stubborn.Stubborn", 1, "check_pid_not_alert"),
    }
    assert sorted(site.processes()) == sorted(one["pid"] for one in site.workers())
    complaints = {one["worker"]: one["slug"] for one in site.status["complaints"]}
    assert complaints == {"Moon": "worker-type-unknown"}
    assert "steady begins" in site.log().read_text()


def test_an_exception_ends_it_is_counted_and_it_starts_again(site: Site) -> None:
    before = site.worker("Steady")
    site.tell("crash")
    site.wait_for(lambda: site.all_run() and site.worker("Steady")["pid"] != before["pid"])
    after = site.worker("Steady")
    assert after["crashes"] == before["crashes"] + 1
    assert after["restarts"] == before["restarts"] + 1
    assert after["last_end"]["context"] == {"error": "ValueError: the shelf is empty"}
    assert "the shelf is empty" in site.log().read_text()
    counted = json.loads((site.data_dir / "run" / "worker-crashes.json").read_text())[ID]
    assert counted["worker"] == "Steady" and counted["generation"] == after["generation"]


def test_one_that_hangs_misses_its_heartbeat_and_is_replaced(site: Site) -> None:
    before = site.worker("Steady")["pid"]
    site.tell("hang")
    site.wait_for(lambda: site.all_run() and site.worker("Steady")["pid"] != before)
    assert "no sign of life" in site.worker("Steady")["last_end"]["message"]
    assert before not in site.processes()


def test_one_that_stands_still_does_not_answer_its_ping_and_is_replaced(site: Site) -> None:
    before = [one["pid"] for one in site.workers("Jobs")]
    os.kill(before[0], signal.SIGSTOP)
    site.wait_for(lambda: site.all_run() and site.workers("Jobs")[0]["pid"] != before[0])
    found = site.workers("Jobs")
    assert found[0]["last_end"]["message"] == NO_PONG
    assert found[1]["pid"] == before[1]


def test_one_that_is_killed_starts_again(site: Site) -> None:
    before = site.worker("background.stubborn.Stubborn")["pid"]
    os.kill(before, signal.SIGKILL)
    name = "background.stubborn.Stubborn"
    site.wait_for(lambda: site.all_run() and site.worker(name)["pid"] != before)
    assert site.worker(name)["last_end"]["context"] == {"signal": "SIGKILL"}


def test_a_soft_restart_lets_it_finish_what_it_does(site: Site) -> None:
    before = site.worker("Steady")
    site.tell("slow")
    site.wait_for(lambda: site.said("steps"))
    site.server.manage("module", "workers", ID, "--restart", "Steady")
    site.wait_for(lambda: site.all_run() and site.worker("Steady")["pid"] != before["pid"])
    assert site.said("finished") == str(before["pid"])
    after = site.worker("Steady")
    assert after["crashes"] == before["crashes"]
    assert after["last_end"] == RESTART


def test_one_that_holds_too_much_memory_is_restarted_without_blame(site: Site) -> None:
    before = site.worker("Steady")
    site.tell("eat")
    site.wait_for(lambda: site.all_run() and site.worker("Steady")["pid"] != before["pid"])
    after = site.worker("Steady")
    assert after["last_end"] == MEMORY
    assert after["crashes"] == before["crashes"]


def test_a_log_stays_small_while_it_is_written(site: Site) -> None:
    site.tell("chatter")
    site.wait_for(lambda: site.log().with_name("worker-Steady.log.1").exists())
    site.untell("chatter")
    before = site.worker("Steady")["pid"]
    site.tell("crash")
    site.wait_for(lambda: site.all_run() and site.worker("Steady")["pid"] != before)
    assert "the shelf is empty" in site.log().read_text()


def test_jobs_are_done_at_least_once_whoever_dies(site: Site) -> None:
    words = [f"w{number}" for number in range(30)]
    site.tell("slow")
    site.tell("add", " ".join(words))
    site.wait_for(lambda: site.said("done").count("\n") > 3)
    for one in site.workers("Jobs"):
        os.kill(one["pid"], signal.SIGKILL)
    site.untell("slow")
    site.wait_for(lambda: set(site.said("done").split()) >= set(words))
    site.wait_for(lambda: jobs(site) == [])


def test_a_job_that_fails_or_kills_becomes_a_dead_letter_and_stops_no_other(site: Site) -> None:
    site.tell("add", "bad deadly fine")
    site.wait_for(lambda: "fine" in site.said("done").split())
    site.wait_for(lambda: [row[2] for row in jobs(site)] == [1, 1])
    bad, deadly = jobs(site)
    assert bad[:3] == ("bad", 2, 1) and "no such word" in bad[3]
    assert deadly[:3] == ("deadly", 2, 1) and "The process ended each time" in deadly[3]


def test_when_the_supervisor_is_killed_no_worker_lives_on_and_none_starts_twice(
    site: Site,
) -> None:
    before = set(site.processes())
    site.stop(signal.SIGKILL)
    site.start()
    site.wait_for(lambda: not before & set(site.processes()))
    site.wait_for(site.all_run)
    assert sorted(site.processes()) == sorted(one["pid"] for one in site.workers())


def test_a_second_supervisor_says_who_is_there(site: Site) -> None:
    done = site.server.manage("workers", check=False)
    assert done.returncode == 5
    assert "The workers are running already: process" in done.stderr


def test_safe_mode_ends_all_workers_and_leaving_it_starts_them(site: Site) -> None:
    (site.data_dir / "safe-mode").touch()
    site.wait_for(lambda: not site.processes() and not site.workers())
    assert site.status["safe_mode"] is True
    (site.data_dir / "safe-mode").unlink()
    site.wait_for(site.all_run)


def test_an_upgrade_ends_them_before_data_moves_and_starts_the_new_ones(
    site: Site, tmp_path: Path
) -> None:
    before = site.worker("Steady")
    path = tmp_path / "next.zip"
    path.write_bytes(package("2.0.0"))
    site.tell("add", "kept")
    site.wait_for(lambda: "kept" in site.said("done").split())
    site.server.manage("module", "install", str(path), "--yes")
    site.wait_for(
        lambda: site.all_run() and site.worker("Steady")["generation"] != before["generation"]
    )
    assert not {before["pid"]} & set(site.processes())
    assert len(site.processes()) == 4


def test_a_wish_that_was_taken_by_an_operator_that_died_is_carried_out(site: Site) -> None:
    site.tell("fewer")
    leave_wish(site.data_dir, ID, ["get_module_workers"])
    assert operate(site, PBX_FAULT="wishes.taken:kill9").wait(PATIENCE) == -signal.SIGKILL
    assert [wish.module_id for wish in taken_wishes(site.data_dir)] == [ID]
    operator = operate(site)
    site.wait_for(lambda: [one["name"] for one in site.workers()] == ["Steady"])
    site.wait_for(lambda: taken_wishes(site.data_dir) == [])
    site.untell("fewer")
    leave_wish(site.data_dir, ID, [])
    site.wait_for(site.all_run)
    operator.terminate()
    assert operator.wait(PATIENCE) == 0


def operate(site: Site, **environment: str) -> subprocess.Popen[bytes]:
    """Start an operator of our own."""
    command = [sys.executable, "manage.py", "operator"]
    return subprocess.Popen(command, cwd=ROOT, env={**site.server.environment, **environment})


def test_disabling_ends_them_also_those_that_ignore_signals(site: Site) -> None:
    done = site.server.manage("module", "disable", ID, "--yes")
    assert site.processes() == []
    assert "has not ended yet" not in done.stdout
    site.server.manage("module", "enable", ID, "--yes")
    site.wait_for(site.all_run)
