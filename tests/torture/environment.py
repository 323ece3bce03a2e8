"""Faults of the machine: disk, descriptors, rights, locks, system calls (F07 to F14).

A spec is ``fault@operation@parameter``.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from modules_app.packages.faults import declared_fault_points
from tests.torture import disks, tracing
from tests.torture.counts import Counts
from tests.torture.harness import Harness, harness
from tests.torture.operations import OPERATIONS
from tests.torture.sites import Site
from tests.torture.warm import ROOT, Ended

ROOM_AFTER = 1.0
ALL = "PBX_ALL_FAULTS"
WORTH_ALL_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Fault:
    """``play(home, operation, parameter)`` breaks and checks; ``draw`` makes up a parameter."""

    play: Callable[[Harness, str, str], None]
    draw: Callable[[random.Random], str]
    why_not: Callable[[], str] = lambda: ""
    operations: tuple[str, ...] = tuple(sorted(OPERATIONS))


def run(budget_seconds: float, seed: int) -> Counts:
    """Play the faults in turn on random operations while there is time."""
    counts = Counts(listed=dict(NOT_HERE))
    dice = random.Random(seed)
    possible = {}
    for name, fault in FAULTS.items():
        if reason := fault.why_not():
            counts.listed[name] = reason
        else:
            possible[name] = fault
    deadline = time.monotonic() + budget_seconds
    if budget_seconds > WORTH_ALL_SECONDS:
        _named_tests(counts)
    with harness() as home:
        while time.monotonic() < deadline:
            for name, fault in possible.items():
                spec = f"{name}@{dice.choice(fault.operations)}@{fault.draw(dice)}"
                _try(home, spec, counts)
    return counts


def _named_tests(counts: Counts) -> None:
    """Run all cases of the named tests, of which script/test runs a share."""
    report = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/torture/test_faults.py", "-rA", "--tb=no"],
        cwd=ROOT,
        env={**os.environ, ALL: "1"},
        capture_output=True,
        text=True,
    ).stdout
    for line in report.splitlines():
        word, _, rest = line.partition(" ")
        if word == "PASSED":
            counts.faults["named tests"] += 1
        elif word in ("FAILED", "ERROR"):
            counts.fail(f"faults:{rest.partition(' - ')[0]}", rest)


def replay(spec: str) -> Counts:
    """Run one case, or one named test by its pytest name."""
    counts = Counts()
    if "::" in spec:
        command = [sys.executable, "-m", "pytest", spec, "--tb=short"]
        if subprocess.run(command, cwd=ROOT, env={**os.environ, ALL: "1"}).returncode:
            counts.fail(f"faults:{spec}", "see above")
        return counts
    with harness() as home:
        _try(home, spec, counts)
    return counts


def _try(home: Harness, spec: str, counts: Counts) -> None:
    counts.histories += 1
    name, operation, parameter = spec.split("@")
    counts.faults[name] += 1
    try:
        FAULTS[name].play(home, operation, parameter)
    except AssertionError as problem:
        counts.fail(f"faults:{spec}", problem)


def small_disk(home: Harness, name: str, parameter: str) -> None:
    """Leave only so many KiB (``7k``) or inodes (``3i``) free for a second (F07, F08)."""
    number, unit = int(parameter[:-1]), parameter[-1]
    base, _expectation, _seconds = home.prepared(name)
    with disks.disk_for(base, home.folder / "disk") as site:
        asked = home.ask(site, name)
        disks.leave_free(site, **{"k": {"kib": number}, "i": {"inodes": number}}[unit])
        home.operate(site, disks.make_room_later(site, ROOM_AFTER))
        _check(home, site, name, asked)


def read_only(home: Harness, name: str, _parameter: str) -> None:
    """Start the operator on a disk that cannot be written (F11)."""
    base, _expectation, _seconds = home.prepared(name)
    with disks.disk_for(base, home.folder / "disk") as site:
        asked = home.ask(site, name)
        before = site.names()
        disks.change(site, "ro")
        ended = home.operate(site)
        assert ended.status != 0, "the operator says that it can work on a read-only disk"
        assert site.names() == before
        disks.change(site, "rw")
        _check(home, site, name, asked)


def breaking_disk(home: Harness, name: str, parameter: str) -> None:
    """Let the disk become read-only at a fault point, or after so many seconds (F11).

    What was written and not synced is lost. The operator cannot even record an end; it is killed,
    as by whoever mends the disk and starts everything again.
    """
    base, _expectation, _seconds = home.prepared(name)
    at_point = parameter in declared_fault_points()
    with disks.breaking_disk(base, home.folder / "disk") as site:
        asked = home.ask(site, name)

        def meddle(pid: int) -> None:
            if at_point:
                tracing.wait_until_stopped(pid)
            else:
                time.sleep(float(parameter))
            disks.break_down(site)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
                time.sleep(ROOM_AFTER)
                os.kill(pid, signal.SIGKILL)

        home.operate(site, meddle, **({"PBX_FAULT": f"{parameter}:stop"} if at_point else {}))
        disks.mend(site)
        _check(home, site, name, asked)


def failing_call(home: Harness, name: str, parameter: str) -> None:
    """Let one system call fail: ``calls:error=EIO:when=3`` (F07, F08, F09, F11, F12)."""
    site = home.fresh(name)
    asked = home.ask(site, name)
    home.operate(site, tracing.inject(parameter), **{tracing.WAIT: "1"})
    _check(home, site, name, asked)


def few_descriptors(home: Harness, name: str, parameter: str) -> None:
    """Allow only so many open files (F12)."""
    site = home.fresh(name)
    asked = home.ask(site, name)

    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def limit_for_a_while(pid: int) -> None:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (int(parameter), hard))
            time.sleep(ROOM_AFTER)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (hard, hard))

    home.operate(site, limit_for_a_while)
    _check(home, site, name, asked)


def locked_core(home: Harness, name: str, parameter: str) -> None:
    """Hold the core database's write lock for ``seconds`` out of the operator's ``patience``."""
    moment, seconds, patience = (float(part) for part in parameter.split("/"))
    site = home.fresh(name)
    asked = home.ask(site, name)

    def hold(_pid: int) -> None:
        time.sleep(moment)
        with closing(sqlite3.connect(site.core, timeout=30, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            other.execute("ROLLBACK")

    home.operate(site, hold, PBX_TORTURE_PATIENCE=str(patience))
    _check(home, site, name, asked)


def locked_data(home: Harness, name: str, parameter: str) -> None:
    """Hold the lock of the module's own database while the operation runs (F14)."""
    site = home.fresh(name)
    asked = home.ask(site, name)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(site.live_database("ModuleVictim"), timeout=30)) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            held.set()
            let_go.wait(float(parameter))
            other.execute("ROLLBACK")

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    home.operate(site)
    let_go.set()
    holder.join()
    _check(home, site, name, asked)


def wrong_owner(home: Harness, name: str, parameter: str) -> None:
    """Run the operator as an ordinary user while one folder is root's (F10)."""
    site = home.fresh(name)
    asked = home.ask(site, name)
    _give(site.root, NOBODY)
    folder = site.root / parameter
    os.chown(folder, 0, 0)
    folder.chmod(0o700)
    home.operate(site, PBX_TORTURE_UID=str(NOBODY))
    folder.chmod(0o750)
    _give(site.root, 0)
    _check(home, site, name, asked)


def _give(root: Path, uid: int) -> None:
    for path in [root, *root.rglob("*")]:
        os.chown(path, uid, uid, follow_symlinks=False)


def _check(home: Harness, site: Site, name: str, asked: Ended) -> None:
    expectation = home.expectation(name, asked)
    expectation.attention_allowed = "operation.started" in OPERATIONS[name].owns
    home.recover_and_check(site, name, expectation)


def _not_root() -> str:
    return "" if os.geteuid() == 0 else "needs root"


def _calls(names: str, error: str, most: int) -> Callable[[random.Random], str]:
    return lambda dice: f"{names}:error={error}:when={dice.randint(1, most)}"


NOBODY = 65534
FOLDERS = ("store", "data", "packages", "uploads", "etc", "run")
NAMING = "unlinkat,renameat,renameat2,mkdirat"
MAKING = "openat,mkdirat,write,pwrite64,ftruncate"
FAULTS: dict[str, Fault] = {
    "F07 disk full": Fault(small_disk, lambda dice: f"{dice.randint(0, 400)}k", disks.why_not),
    "F07 one write fails": Fault(
        failing_call, _calls("write,pwrite64", "ENOSPC", 80), tracing.why_not
    ),
    "F08 no inodes": Fault(small_disk, lambda dice: f"{dice.randint(0, 30)}i", disks.why_not),
    "F08 quota": Fault(failing_call, _calls(MAKING, "EDQUOT", 150), tracing.why_not),
    "F09 fsync fails": Fault(failing_call, _calls(tracing.SYNCING, "EIO", 12), tracing.why_not),
    "F09 a change of names fails": Fault(failing_call, _calls(NAMING, "EIO", 25), tracing.why_not),
    "F10 wrong owner": Fault(wrong_owner, lambda dice: dice.choice(FOLDERS), _not_root),
    "F11 read-only at start": Fault(read_only, lambda _dice: "ro", disks.why_not),
    "F11 read-only in the middle": Fault(
        breaking_disk, lambda dice: f"{dice.uniform(0, 1):.3f}", disks.why_none_breaks
    ),
    "F11 read-only later": Fault(failing_call, _calls(MAKING, "EROFS", 150), tracing.why_not),
    "F12 no descriptors": Fault(few_descriptors, lambda dice: str(dice.randint(8, 60))),
    "F12 no memory for a call": Fault(
        failing_call, _calls("openat,mkdirat", "ENOMEM", 80), tracing.why_not
    ),
    "F13 core database locked": Fault(
        locked_core,
        lambda dice: f"{dice.uniform(0, 0.5):.2f}/{dice.choice([0.3, 3])}/1",
    ),
    "F14 module database locked": Fault(
        locked_data,
        lambda dice: dice.choice(["1", "15"]),
        operations=("disable", "rollback", "upgrade", "remove, keeping data"),
    ),
}
# What cannot be done on an ordinary machine, and why. The rest of R3.3 is in test_faults.py.
NOT_HERE = {
    "F06 with a real power cut": "needs a virtual machine that is reset; the model of `power`"
    " explores the crash states instead",
    "F08 with real quotas": "needs a kernel with a quota format (QFMT_V2 or TMPFS_QUOTA); EDQUOT is"
    " injected instead",
}
