"""The faults F03 to F29 of reference R3.3, each once; script/torture plays them at random.

F01, F02 and F30 are in test_kills.py, F15 in tests/operator/test_backups.py, F06 is the work of the
crash-state explorer. What is not possible on an ordinary machine is listed in
`environment.NOT_HERE`.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest

from tests.conftest import missing
from tests.torture import disks, environment, tracing
from tests.torture.harness import ASK, Harness, damage
from tests.torture.packages import BYSTANDER, VICTIM, package
from tests.torture.sites import Site, data_digest, state_of
from tests.torture.warm import ROOT, Warm

T = TypeVar("T")


def share(always: list[T], otherwise: list[T]) -> list[T]:
    """Return the cases to try now; script/torture tries all of them (PBX_ALL_FAULTS=1)."""
    return [*always, *otherwise] if os.environ.get(environment.ALL) else always


VERIFY = "tests.torture.inside:verify"


def play(fault: str, home: Harness, operation: str, parameter: str) -> None:
    if reason := environment.FAULTS[fault].why_not():
        missing(f"{fault}: {reason}")
    environment.FAULTS[fault].play(home, operation, parameter)


@pytest.mark.parametrize(
    ("name", "kib"),
    share(
        [("upgrade", 24), ("upgrade", 200), ("disable", 0)],
        [("upgrade", 0), ("upgrade", 80), ("disable", 24), ("disable", 80), ("install", 40)],
    ),
)
def test_f07_disk_full_at_each_write(home: Harness, name: str, kib: int) -> None:
    play("F07 disk full", home, name, f"{kib}k")


@pytest.mark.parametrize("number", share([4], [1, 2, 9]))
def test_f08_no_inodes_left(home: Harness, number: int) -> None:
    play("F08 no inodes", home, "upgrade", f"{number}i")


def test_f08_quota_is_used_up(home: Harness) -> None:
    play("F08 quota", home, "upgrade", f"{environment.MAKING}:error=EDQUOT:when=12")


@pytest.mark.parametrize("number", share([1, 2], [3, 4, 5]))
def test_f09_an_fsync_that_fails_is_final(home: Harness, number: int) -> None:
    play("F09 fsync fails", home, "install", f"{tracing.SYNCING}:error=EIO:when={number}")


@pytest.mark.parametrize("name", share(["remove, keeping data"], ["remove, deleting data"]))
def test_f09_files_that_cannot_be_deleted_do_not_undo_a_removal(home: Harness, name: str) -> None:
    """The disk fails after the commit; the next start deletes what had to stay."""
    site = home.fresh(name)
    asked = home.ask(site, name)
    every = tracing.inject_once_stopped("unlinkat:error=EIO:when=1+")
    home.operate(site, every, PBX_FAULT="operation.committed:stop")

    (row,) = site.rows("operation", "id = ?", asked.answer["operation"])
    assert row["outcome"] == "done"
    assert "unfinished" in json.loads(row["result"])
    assert list((site.root / "store" / VICTIM).iterdir())
    home.recover_and_check(site, name, home.expectation(name, asked))
    (row,) = site.rows("operation", "id = ?", asked.answer["operation"])
    assert "unfinished" not in json.loads(row["result"])


@pytest.mark.parametrize("folder", share(["store", "data", "run"], ["packages", "uploads", "etc"]))
def test_f10_a_folder_of_somebody_else(home: Harness, folder: str) -> None:
    play("F10 wrong owner", home, "install", folder)


def test_f11_a_read_only_disk_at_the_start(home: Harness) -> None:
    play("F11 read-only at start", home, "upgrade", "ro")


MIDDLE = ["operation.begun", "upgrade.data-copied", "operation.committed", "operation.checked"]


@pytest.mark.parametrize("point", share(MIDDLE[1:3], [MIDDLE[0], MIDDLE[3]]))
def test_f11_a_disk_that_fails_in_the_middle_of_an_operation(home: Harness, point: str) -> None:
    """A real file system, which the kernel makes read-only."""
    play("F11 read-only in the middle", home, "upgrade", point)


def test_f11_a_disk_that_becomes_read_only(home: Harness) -> None:
    play("F11 read-only later", home, "upgrade", f"{environment.MAKING}:error=EROFS:when=30")


@pytest.mark.parametrize("number", share([20], [12, 32]))
def test_f12_no_descriptors_left(home: Harness, number: int) -> None:
    play("F12 no descriptors", home, "upgrade", str(number))


@pytest.mark.parametrize("locked", share(["0.3/1", "3/1"], ["1/5", "60/5"]))
def test_f13_the_core_database_is_locked(home: Harness, locked: str) -> None:
    """For so many seconds, shorter and longer than the operator's patience (second number)."""
    play("F13 core database locked", home, "disable", f"0.05/{locked}")


def test_f14_the_module_holds_its_own_database(home: Harness) -> None:
    play("F14 module database locked", home, "upgrade", "15")


@pytest.mark.parametrize("how", share(["garbage", "missing"], ["first page", "truncated"]))
def test_f16_damaged_data_stops_one_module_and_nothing_else(home: Harness, how: str) -> None:
    site = home.fresh("rollback")
    before = state_of(site)["modules"][BYSTANDER]
    spoil(site.live_database(VICTIM), how)

    assert home.warm.run(site.root, VERIFY).answer == [VICTIM]

    after = state_of(site)["modules"]
    assert after[VICTIM]["fault"] == "damaged" and after[BYSTANDER] == before
    home.do(site, "rollback")
    back = state_of(site)["modules"][VICTIM]
    assert back["version"] == "1.0.0" and back["fault"] == "none" and len(back["data"]) == 64


def spoil(path: Path, how: str) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if how == "missing":
        path.unlink()
    elif how == "truncated":
        os.truncate(path, path.stat().st_size // 2)
    else:
        content = path.read_bytes()
        path.write_bytes(b"garbage" * 500 if how == "garbage" else b"\xff" * 4096 + content[4096:])


@pytest.mark.parametrize("clock", share(["+400d", "-2y"], ["+10y", "+1d x5"]))
def test_f17_the_clock_is_wrong(home: Harness, need_tool: Callable[[str], str], clock: str) -> None:
    """Installed under the true clock, switched off and on and upgraded under a wrong one."""
    site = home.fresh("upgrade")
    prefix = (need_tool("faketime"), "-f", clock)
    with Warm(home.folder / "other-time", prefix) as wrong:
        elsewhere = Harness(home.folder, wrong)
        elsewhere.do(site, "upgrade")
        elsewhere.do(site, "disable")
        elsewhere.do(site, "enable")
    home.operate(site)
    now = state_of(site)["modules"][VICTIM]
    assert (now["version"], now["wanted"], now["fault"]) == ("2.0.0", "on", "none")


def test_f19_an_upload_that_never_ended_goes_within_the_hour(home: Harness) -> None:
    site = home.fresh("disable")
    old, young = (site.root / "uploads" / f"{digit * 36}.part" for digit in "12")
    for path in (old, young):
        path.write_bytes(b"half of a package")
    then = time.time() - 2 * 3600
    os.utime(old, (then, then))
    home.operate(site)
    assert not old.exists() and young.exists()


@pytest.mark.parametrize("how", share(["altered", "all gone"], ["extra", "one gone"]))
def test_f20_files_changed_behind_the_back(home: Harness, how: str) -> None:
    site = home.fresh("disable")
    before = state_of(site)["modules"]
    code = damage(site).parent
    if how == "extra":
        home.fresh("disable")
        (code / "extra.py").write_text("import os\n")
    elif how == "one gone":
        (code / "main.py").unlink()
    elif how == "all gone":
        shutil.rmtree(code.parent)

    assert home.warm.run(site.root, VERIFY).answer == [VICTIM]
    home.do(site, "repair")

    assert state_of(site)["modules"] == before


def test_f21_a_row_removed_behind_the_back_deletes_nothing(home: Harness) -> None:
    site = home.fresh("disable")
    rows = data_digest(site.live_database(VICTIM))
    delete_rows(site)

    home.operate(site)

    (trashed,) = (site.root / "trash").glob(f"data-{VICTIM}-*")
    assert data_digest(trashed / "module.db") == rows
    assert not (site.root / "store" / VICTIM).exists()
    assert home.operate(site).status == 0 and trashed.exists()


def delete_rows(site: Site) -> None:
    with closing(sqlite3.connect(site.core)) as connection, connection:
        connection.execute("DELETE FROM modules_app_menuitem WHERE module_id = ?", (VICTIM,))
        connection.execute("DELETE FROM modules_app_module WHERE id = ?", (VICTIM,))


def test_f22_a_lower_version_is_refused(home: Harness) -> None:
    site = home.fresh("rollback")
    before = state_of(site)
    assert home.ask(site, "install").answer["refused"] == "version-lower"
    home.operate(site)
    assert state_of(site) == before


def test_f23_the_same_version_with_other_content_runs_the_new_code(home: Harness) -> None:
    site = home.fresh("disable")
    before = state_of(site)["modules"][VICTIM]
    other = home.folder / "other.zip"
    other.write_bytes(package(VICTIM, "1.0.0", "# other content\n"))
    payload = {"service": "install_module", "arguments": {}, "package": str(other)}
    assert home.warm.run(site.root, ASK, payload).answer["operation"]
    home.operate(site)
    after = state_of(site)["modules"][VICTIM]
    assert after["code"] != before["code"]
    assert after["data"] == before["data"] and after["wanted"] == "on"


def test_f26_an_older_core_database_is_brought_back(home: Harness) -> None:
    """Rows and folders disagree: the old version runs, and what is newer is not lost."""
    site = home.fresh("upgrade")
    before = state_of(site)
    shutil.copy(site.core, home.folder / "older.sqlite3")
    home.do(site, "upgrade")
    site.write_rows(VICTIM, ["written after the upgrade"])
    newer = data_digest(site.live_database(VICTIM))
    for name in ("core.sqlite3-wal", "core.sqlite3-shm"):
        (site.root / name).unlink(missing_ok=True)
    shutil.copy(home.folder / "older.sqlite3", site.core)

    assert home.operate(site).status == 0

    assert state_of(site)["modules"] == before["modules"]
    (trashed,) = (site.root / "trash").glob(f"data-{VICTIM}-*")
    assert data_digest(trashed / "module.db") == newer
    home.do(site, "upgrade")


TEMPORARY = {
    "as it is": ":",
    "full": "mount -t tmpfs -o noexec,size=8k,nr_inodes=2 tmpfs /tmp;"
    " cat /dev/zero 2> /dev/null > /tmp/a",
    "noexec": "mount -t tmpfs -o noexec,nosuid,nodev tmpfs /tmp",
}


@pytest.mark.parametrize("temporary", share(["full"], ["as it is", "noexec"]))
def test_f27_a_poor_environment_has_no_effect(home: Harness, temporary: str) -> None:
    """No HOME, locale C, a umask that forbids all, a working folder that is gone, a poor /tmp."""
    if temporary != "as it is" and (reason := _why_no_other_tmp(home.folder)):
        missing(f"F27 with a /tmp that is {temporary}: {reason}")
    folder = home.folder / f"poor-{temporary.replace(' ', '-')}"
    gone, site = folder / "gone", folder / "site"
    gone.mkdir(parents=True)
    arguments = ["module", "install", str(home.package_file("victim-1")), "--enable", "--yes"]
    script = f'cd {gone}; rmdir {gone}; {TEMPORARY[temporary]}; umask 777; exec "$@"'
    environment_ = {"PATH": os.defpath, "LC_ALL": "C", "PBX_DATA_DIR": str(site)}
    for command in (["prepare"], arguments):
        done = subprocess.run(
            [
                *([] if temporary == "as it is" else ["unshare", "-m"]),
                "sh",
                "-c",
                script,
                "sh",
                sys.executable,
                str(ROOT / "manage.py"),
                *command,
            ],
            env=environment_,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    assert state_of(Site(site))["modules"][VICTIM]["wanted"] == "on"


def _why_no_other_tmp(folder: Path) -> str:
    if reason := disks.why_not():
        return reason
    inside = [path for path in (ROOT, folder) if path.is_relative_to("/tmp")]
    return f"{inside[0]} lies in the folder to be replaced" if inside else ""


PAIRS = ["upgrade", "disable", "rollback", "remove, keeping data", "remove, deleting data"]


@pytest.mark.parametrize("first", share(["upgrade"], PAIRS[1:]))
def test_f28_two_admins_at_once_are_served_one_after_the_other(home: Harness, first: str) -> None:
    with Warm(home.folder / "second-admin") as other:
        second_home = Harness(home.folder, other)
        for second in PAIRS:
            site = home.fresh("rollback")
            both: list[dict[str, object]] = []
            barrier = threading.Barrier(2)

            def ask(
                who: Harness, what: str, site: Site = site, both: list[dict[str, object]] = both,
                barrier: threading.Barrier = barrier,
            ) -> None:  # fmt: skip
                barrier.wait()
                both.append(who.ask(site, what).answer)

            threads = [
                threading.Thread(target=ask, args=pair)
                for pair in ((home, first), (second_home, second))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            served = [answer for answer in both if answer["operation"]]
            refused = {str(answer["refused"]) for answer in both if answer["refused"]}
            assert len(served) == 1 and refused <= BUSY, (second, both)


BUSY = {"module-busy", "operation-raced", "not-in-this-state"}


def test_f29_a_package_that_is_gone_keeps_nothing_else_from_working(home: Harness) -> None:
    site = home.fresh("repair")
    for path in (site.root / "packages").iterdir():
        path.unlink()
    assert home.ask(site, "repair").answer["refused"] == "package-not-kept"
    home.do(site, "disable")


def test_every_fault_of_the_list_is_tested_or_listed() -> None:
    here = {name[5:8] for name in globals() if name.startswith("test_f")}
    named = {f"f{number:02d}" for number in range(1, 31)}
    assert named - here <= set(ELSEWHERE)


# Where the others are.
ELSEWHERE = {
    "f01": "test_kills.py",
    "f02": "test_kills.py",
    "f03": "test_living_server.py",
    "f04": "test_living_server.py",
    "f05": "test_living_server.py",
    "f06": "tests/crash",
    "f15": "tests/operator/test_backups.py",
    "f18": "test_living_server.py",
    "f24": "not applicable yet: requirements between modules are read, not enforced",
    "f25": "tests/server/test_after_an_update.py",
    "f30": "test_kills.py",
}
