"""Kill web, host and operator of a running server in the middle of operations (F03, F04, I3).

A spec is ``operation@who@seconds``. Core pages are asked all the time; the longest time without an
answer is what a person would have waited.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from modules_app.processes.succession import current_master
from tests.server.running import Browser, Server
from tests.torture.counts import Counts
from tests.torture.harness import ASK, Harness, harness
from tests.torture.invariants import Expectation, InvariantBroken, check_invariants
from tests.torture.packages import VICTIM
from tests.torture.sites import OPEN, Site, state_of

PAGES = ("/healthz", "/login/", "/modules/")
PAUSE = 0.1
OPERATION_SECONDS = 2.0
PATIENCE = 180.0


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of the round, and what is installed after it."""

    service: str
    arguments: dict[str, Any]
    package: str
    version: str | None
    wanted: str


_ID = {"module_id": VICTIM}
ROUND: dict[str, Step] = {
    "install": Step("install_module", {}, "victim-1", "1.0.0", "off"),
    "enable": Step("enable_module", _ID, "", "1.0.0", "on"),
    "upgrade": Step("install_module", {}, "victim-2", "2.0.0", "on"),
    "rollback": Step("rollback_module", _ID, "", "1.0.0", "on"),
    "disable": Step("disable_module", _ID, "", "1.0.0", "off"),
    "remove, keeping data": Step("remove_module", _ID, "", None, ""),
    "install over kept data": Step("install_module", {}, "victim-1", "1.0.0", "off"),
    "remove, deleting data": Step("remove_module", {**_ID, "keep_data": False}, "", None, ""),
}


def run(budget_seconds: float, seed: int) -> Counts:
    """Go round and round, killing somebody at a random moment of every operation."""
    counts = Counts()
    dice = random.Random(seed)
    deadline = time.monotonic() + budget_seconds
    with living() as life:
        while time.monotonic() < deadline:
            for name in ROUND:
                who = dice.choice(sorted(VICTIMS))
                _try(life, f"{name}@{who}@{dice.uniform(0, OPERATION_SECONDS):.3f}", counts)
        counts.longest_gap = life.prober.longest()
    return counts


def replay(spec: str) -> Counts:
    """Run the round without kills until the operation, then the one case."""
    counts = Counts()
    with living() as life:
        for name in ROUND:
            if name == spec.partition("@")[0]:
                break
            life.settle(name)
        _try(life, spec, counts)
        counts.longest_gap = life.prober.longest()
    return counts


class Prober(threading.Thread):
    """Asks the core pages again and again and remembers the longest time without an answer."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(daemon=True)
        self._browser = browser
        self._stop_asking = threading.Event()
        self._gaps = dict.fromkeys(PAGES, 0.0)

    def run(self) -> None:
        """Ask until ``stop``; the slowness of a page counts as a gap, too."""
        answered = dict.fromkeys(PAGES, time.monotonic())
        while not self._stop_asking.wait(PAUSE):
            for page in PAGES:
                ok = answers(self._browser, page)
                now = time.monotonic()
                self._gaps[page] = max(self._gaps[page], now - answered[page])
                if ok:
                    answered[page] = now

    def longest(self) -> float:
        """Return the longest gap of any page in seconds; say each."""
        print(", ".join(f"{page} {gap:.2f} s" for page, gap in self._gaps.items()), flush=True)
        return max(self._gaps.values())

    def stop(self) -> None:
        """End and wait for the last answer."""
        self._stop_asking.set()
        self.join(60)


class Living:
    """A running server whose operations are asked for as web does it."""

    def __init__(self, home: Harness, server: Server, prober: Prober) -> None:
        self.home = home
        self.server = server
        self.prober = prober
        self.site = Site(server.data_dir)

    def ask(self, name: str) -> int:
        """Ask for an operation of the round and return its id."""
        step = ROUND[name]
        payload: dict[str, Any] = {"service": step.service, "arguments": step.arguments}
        if step.package:
            payload["package"] = str(self.home.package_file(step.package))
        answer = self.home.warm.run(self.site.root, ASK, payload).answer
        assert answer and answer["operation"], f"{name}: {answer}"
        return int(answer["operation"])

    def settle(self, name: str) -> None:
        """Run an operation without a fault; it must be done."""
        outcome = self.wait(self.ask(name))
        if outcome != "done":
            raise InvariantBroken(f"{name} ends as {outcome}: {self.server.logs()[-1500:]}")

    def wait(self, operation: int) -> str:
        """Wait for the end of an operation and return its outcome."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            (row,) = self.site.rows("operation", "id = ?", operation)
            if row["outcome"] not in OPEN:
                return str(row["outcome"])
            time.sleep(0.05)
        raise InvariantBroken(f"I5 operation {operation} has not ended: {self.server.logs()}")

    def holder(self, lock: str) -> int:
        """Return the process that has ``run/<lock>.lock``, 0 if there is none."""
        try:
            return int(json.loads((self.site.root / "run" / f"{lock}.lock").read_text())["pid"])
        except (OSError, ValueError, KeyError):
            return 0

    def web(self) -> tuple[int, list[int]]:
        """Return the master of web and its workers."""
        parents = {
            pid: _parent(pid)
            for pid in self.server.processes()
            if b"pbxadmin.gunicorn_web" in _command(pid)
        }
        master = current_master(self.server.data_dir / "run")
        alive = master if master in parents else 0
        return alive, [pid for pid, parent in parents.items() if parent == alive]


VICTIMS: dict[str, Callable[[Living], list[int]]] = {
    "operator": lambda life: [life.holder("operator")],
    "host": lambda life: [life.holder("host")],
    "web worker": lambda life: life.web()[1][:1],
    "web master": lambda life: [life.web()[0]],
}


@contextmanager
def living() -> Iterator[Living]:
    """Yield a server with an administrator, asked for its core pages all the time."""
    with harness() as home:
        folder = home.folder / "living"
        folder.mkdir()
        server = Server(folder)
        server.prepare()
        server.start()
        prober = Prober(server.client)
        try:
            assert server.client.login().status == 302
            prober.start()
            yield Living(home, server, prober)
        finally:
            prober.stop()
            server.stop()


def kill_and_check(life: Living, spec: str) -> None:
    """Ask, kill, wait for the end, look at everything, and make the step good."""
    name, who, seconds = spec.split("@")
    step = ROUND[name]
    old = state_of(life.site)
    operation = life.ask(name)
    time.sleep(float(seconds))
    for pid in VICTIMS[who](life):
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    outcome = life.wait(operation)
    life.server.wait_for(lambda: life.holder("operator") in life.server.processes())
    check_invariants(life.site, Expectation(VICTIM, old, state_of(life.site), operation))
    if outcome != "done":
        life.settle(name)
    _compare(life, step, old)


def _compare(life: Living, step: Step, old: dict[str, Any]) -> None:
    now = state_of(life.site)["modules"].get(VICTIM)
    found = (now["version"], now["wanted"], now["fault"]) if now else (None, "", "none")
    if found != (step.version, step.wanted, "none"):
        raise InvariantBroken(f"I1 after the round's step it is {found}")
    if now and len(now["data"]) != 64:
        raise InvariantBroken(f"I2 the data is {now['data']}")


def _try(life: Living, spec: str, counts: Counts) -> None:
    counts.histories += 1
    name, who, _seconds = spec.split("@")
    counts.kills[f"{name} / {who} of a running server"] += 1
    try:
        kill_and_check(life, spec)
    except AssertionError as problem:
        counts.fail(f"server:{spec}", problem)


def answers(browser: Browser, page: str) -> bool:
    """Tell whether a page answers now; the login page sends on who is logged in."""
    expected = (200, 302) if page == "/login/" else (200,)
    with suppress(OSError, HTTPException):
        return browser.get(page, timeout=30).status in expected
    return False


def _parent(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
