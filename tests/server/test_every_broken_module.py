"""Broken modules of reference R3.4 in a running server: import, first request, hooks, background.

Whatever the module does, core pages answer, a good module beside it comes back by itself, and the
broken one can be disabled and removed with nothing of it left. All of the table, in every place,
is tried by ``script/torture --only modules``.

What this cannot show on a developer's machine:
B13 the core database is only out of reach where the host runs as a user of its own;
B10 a page (not an import) that replaces what others use breaks them until the host restarts.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import broken_modules as broken
from tests.server.bad_company import BAD, ENVIRONMENT, GOOD, Company, wait_until_gone
from tests.server.running import Server

pytestmark = pytest.mark.server
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    server = Server(tmp_path_factory.mktemp("server"), **ENVIRONMENT)
    server.prepare()
    server.start()
    try:
        assert server.client.login().status == 302
        yield Company(server)
    finally:
        server.stop()


HARMLESS = {
    "B01-SystemExit": ("raise SystemExit(0)", {500}),
    "B01-Exception": ("raise ValueError('wrong on purpose')", {500}),
    "B06-eats-memory": (broken.EATS, {500}),
    "B07-threads": (broken.THREADS, {200}),
    "B08-shouts": (broken.SHOUTS, {200}),
    "B12-bends": (broken.BENDS, {200}),
    "B13-holds-core": (broken.HOLDS_CORE, {200}),
    "B17-status": ("answer = HttpResponse('no', status=500)", {500}),
    "B17-none": ("answer = 7", {500}),
    "B17-header": (
        "answer = HttpResponse('x')\nanswer.headers._store['bad'] = ('Bad Name', 'a\\r\\nb: c')",
        {500, 502},
    ),
    "B17-length": ("answer = HttpResponse('x', headers={'Content-Length': '99'})", {200, 502}),
}
"""Pages that end no process."""
DEADLY = {
    "B02-exits-3": (broken.EXITS[3], {502}),
    "B03-segfault": (broken.SEGFAULT, {502}),
    "B06-grows": (broken.GROWS, {500, 502}),
    "B07-bomb": (broken.BOMB, {502, 504}),
    "B09-closes": (broken.CLOSES, {502, 504}),
}
"""Pages that cost the process that draws them; one that grows may be refused memory before."""


@pytest.mark.parametrize("case", HARMLESS)
def test_a_page_fails_alone(company: Company, case: str) -> None:
    body, statuses = HARMLESS[case]
    company.order("page", body)

    answer = company.ask(BAD)

    company.forget()
    assert answer.status in statuses, answer.text[-2000:]
    assert company.failing_core_pages() == []
    company.wait_for_good()


@pytest.mark.parametrize("case", DEADLY)
def test_a_page_that_ends_its_process_costs_its_own_answer(company: Company, case: str) -> None:
    body, statuses = DEADLY[case]
    company.order("page", body)

    answer = company.ask(BAD)

    company.forget()
    assert answer.status in statuses
    assert company.failing_core_pages() == []
    company.wait_for_good()
    assert company.verb(BAD, "disable") == "done"  # one more crash would pause it
    company.heal()


IMPORTS = {
    "B01-BaseException": broken.RAISES["BaseException"][0],
    "B03-segfault": broken.SEGFAULT,
    "B10-patches": broken.PATCHES,
}
"""Imports that fail in the host, though they went well before the module was enabled."""

STOPPED = (("on", "paused"), ("off", "none"))
"""Paused when the module had settled, switched off when it was on probation still."""


@pytest.mark.parametrize("case", IMPORTS)
def test_an_import_that_fails_in_the_host_stops_its_module(company: Company, case: str) -> None:
    company.order("import", IMPORTS[case])
    try:
        company.restart_host()

        company.server.wait_for(lambda: company.state() in STOPPED)
        assert company.failing_core_pages() == []
        company.wait_for_good()
        assert company.ask(BAD).status == 404
    finally:
        company.heal()


def test_b15_an_import_that_waits_for_the_network_stops_its_module(company: Company) -> None:
    """Somebody listens there and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        port = black_hole.getsockname()[1]
        waits = f"import socket\nsocket.create_connection(('127.0.0.1', {port})).recv(1)"
        company.order("import", waits)
        try:
            company.restart_host()

            company.server.wait_for(lambda: company.state() in STOPPED)
            assert company.failing_core_pages() == []
        finally:
            company.heal()


def test_b17_a_body_without_an_end_is_cut_off_and_never_held(company: Company) -> None:
    """While it flows through web, web grows by little and answers others."""
    company.order("page", broken.ENDLESS_BODY)
    before = company.memory_of_web()
    with ThreadPoolExecutor(1) as pool:
        flowing = pool.submit(company.count_bytes, BAD)
        company.server.wait_for(lambda: company.received > 10 * MIB)
        page = company.server.client.get("/login/", timeout=20)
        at_its_height = company.memory_of_web()
        still_flowing = not flowing.done()
        received = flowing.result(60)

    company.forget()
    assert page.status in (200, 302)
    assert still_flowing
    assert received <= 1025 * MIB
    assert at_its_height - before < 64 * MIB
    company.wait_for_good()


def test_b07_nothing_of_a_module_is_left_after_it_is_disabled(company: Company) -> None:
    number = company.server.data_dir / "daemon"
    stay = f"open({str(number)!r}, 'w').write(str(os.getpid()))\n        time.sleep(600)"
    company.order("page", broken.DAEMON.replace("time.sleep(600)", stay))
    assert company.ask(BAD).status == 200
    company.server.wait_for(lambda: number.exists() and number.read_text() != "")
    company.forget()

    assert company.verb(BAD, "disable") == "done"

    assert wait_until_gone(int(number.read_text()))
    company.wait_for_good()
    company.heal()


def test_b11_what_holds_the_exit_does_not_hold_the_next_host(company: Company) -> None:
    company.order("import", broken.HOLDS_EXIT)
    company.restart_host()
    company.forget()
    company.restart_host()

    assert company.ask(BAD).status == 200
    assert company.failing_core_pages() == []


def test_b05_a_page_that_hangs_is_given_up(company: Company) -> None:
    company.order("page", broken.SLEEPS.replace("signal.signal(number", "signal.getsignal(number")
                  .replace(", signal.SIG_IGN)", ")"))  # fmt: skip

    assert company.ask(BAD).status == 504

    company.forget()
    assert company.failing_core_pages() == []
    company.wait_for_good()
    assert company.verb(BAD, "disable") == "done"
    company.heal()


def test_b02_a_thread_that_ends_the_host_again_and_again_is_stopped_by_disabling(
    company: Company,
) -> None:
    body = "import os, threading\nthreading.Timer(0.5, os._exit, (3,)).start()"
    company.order("import", body)
    company.change_switch()

    assert company.failing_core_pages() == []
    assert company.verb(BAD, "disable", force="1") == "done"

    company.wait_for_good()
    company.heal()


def test_a_module_that_does_not_pass_is_not_enabled(company: Company) -> None:
    assert company.verb(BAD, "disable") == "done"
    company.order("import", broken.SEGFAULT)

    assert company.verb(BAD, "enable") == "failed"

    assert company.state()[0] == "off"
    assert company.ask(GOOD).status == 200
    company.heal()


def test_b20_disabling_and_removing_succeed_whatever_the_hooks_do(company: Company) -> None:
    """The last test: the module is gone after it."""
    for place in ("before-disable", "after-disable"):
        company.order(place, broken.SLEEPS)
    company.order("uninstall", "raise OSError('never')")

    assert company.verb(BAD, "disable") == "done"
    assert company.state()[0] == "off"
    assert company.verb(BAD, "remove") == "done"

    assert company.state() == ()
    assert company.ask(BAD).status == 404
    assert company.ask(GOOD).status == 200
    assert company.failing_core_pages() == []
