"""Every broken module of reference R3.4 in every place of a running server.

A spec is ``title/place``; the titles are those of tests/broken_modules.py, the places "page" (the
first request), "import" (in the host, after the module was enabled) and "thread" (started at
import). Hooks are tried in children only, by tests/host/test_every_broken_module.py.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.broken_modules import TABLE, Broken
from tests.server.bad_company import BAD, CORE_PAGES, ENVIRONMENT, Company
from tests.server.running import Server
from tests.torture.counts import Counts

PLACES = ("page", "import", "thread")
LISTED = {
    "B13 at run time": "the core database is out of reach only where the host has its own user",
}
_THREAD = """
import threading
def work():
{body}
threading.Timer(0.2, work).start()
"""


def run(budget_seconds: float, seed: int) -> Counts:
    """Try all cases in random order while there is time."""
    counts = Counts(listed=dict(LISTED))
    deadline = time.monotonic() + budget_seconds
    cases = [(one, place) for one in TABLE for place in PLACES]
    random.Random(seed).shuffle(cases)
    with _company(counts) as company:
        for one, place in cases:
            if time.monotonic() > deadline:
                break
            _try(company, one, place, counts)
    return counts


def replay(spec: str) -> Counts:
    """Run one case."""
    counts = Counts()
    title, _, place = spec.rpartition("/")
    one = next(one for one in TABLE if one.title == title)
    with _company(counts) as company:
        _try(company, one, place, counts)
    return counts


@contextmanager
def _company(counts: Counts) -> Iterator[Company]:
    with tempfile.TemporaryDirectory(prefix="pbx-torture-") as folder:
        server = Server(Path(folder), **ENVIRONMENT)
        server.prepare()
        server.start()
        try:
            server.client.login()
            yield Company(server)
        finally:
            server.stop()
        if left := server.processes():
            counts.fail("modules:all", f"processes that outlived the server: {left}")


def _try(company: Company, one: Broken, place: str, counts: Counts) -> None:
    counts.faults[one.id] += 1
    try:
        _let_loose(company, one, place)
        _look_at_core(company, counts)
        company.forget()
        if company.state()[0] == "on" and company.verb(BAD, "disable", force="1") != "done":
            raise AssertionError("it could not be disabled")
        company.wait_for_good()
        company.heal()
    except (AssertionError, OSError) as error:
        counts.fail(f"modules:{one.title}/{place}", error)
        company.forget()


def _let_loose(company: Company, one: Broken, place: str) -> None:
    if place == "page":
        company.order("page", one.body)
        company.ask(BAD)
        return
    body = "\n".join(f"    {line}" for line in one.body.strip().splitlines())
    company.order("import", one.body if place == "import" else _THREAD.format(body=body))
    company.change_switch()


def _look_at_core(company: Company, counts: Counts) -> None:
    for page in CORE_PAGES:
        answer = company.server.client.get(page, timeout=20)
        counts.longest_gap = max(counts.longest_gap, answer.seconds)
        if answer.status not in (200, 302):
            raise AssertionError(f"{page} answers {answer.status}")
