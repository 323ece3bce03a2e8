"""W09, W10: several people, or one twice, at the same moment: one wins, nothing is interleaved."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest

from tests.builders import mikopbx
from tests.e2e.site import upload
from tests.server.running import Answer, Browser
from tests.web.site import Site

pytestmark = pytest.mark.server
ROUNDS = 6
RACE = "ModuleRace"


def at_once(*asks: Callable[[], Answer]) -> list[Answer]:
    """Send all requests at the same moment; web answers them in several processes."""
    barrier = threading.Barrier(len(asks))
    answers: list[Answer] = []

    def run(ask: Callable[[], Answer]) -> None:
        barrier.wait()
        answers.append(ask())

    threads = [threading.Thread(target=run, args=(ask,)) for ask in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def poster(site: Site, path: str, **form: str) -> Callable[[], Answer]:
    browser = Browser(site.port)
    browser.cookies = dict(site.client.cookies)
    return lambda: browser.post(path, form)


def package(site: Site, version: str) -> str:
    """Upload a version and return the address that installs it."""
    answer = upload(site.client, "package.zip", mikopbx(RACE, version))
    assert answer.status == 302
    return f"{answer.headers['Location']}install/"


def overlapping(site: Site) -> list[tuple[int, int]]:
    """Return pairs of operations on the module that ran at the same time."""
    rows = site.rows(
        "SELECT id, started_at, ended_at FROM modules_app_operation "
        "WHERE module_id = ? AND started_at IS NOT NULL ORDER BY started_at",
        RACE,
    )
    pairs = zip(rows, rows[1:], strict=False)
    return [(one[0], two[0]) for one, two in pairs if one[2] is None or one[2] > two[1]]


def test_w09_of_all_verbs_at_once_one_wins_and_the_others_are_told_by_whom(site: Site) -> None:
    told = 0
    for number in range(ROUNDS):
        installs = [package(site, f"1.0.{number}"), package(site, f"1.1.{number}")]
        verbs = ("enable", "disable", "remove")
        answers = at_once(
            *(poster(site, path) for path in installs),
            *(poster(site, f"/modules/{RACE}/{verb}/") for verb in verbs),
        )
        assert {answer.status for answer in answers} <= {302, 404, 409, 422}
        assert any(answer.status == 302 for answer in answers)
        for answer in answers:
            if answer.status == 409:
                assert re.search(r'href="/operations/\d+/"', answer.text)
                told += 1
        site.wait_for(site.is_quiet, 60)
    assert told >= ROUNDS
    assert overlapping(site) == []
    site.wait_for(lambda: site.client.get("/healthz").status == 200)
    ended = "SELECT outcome FROM modules_app_operation WHERE module_id = ?"
    assert {row[0] for row in site.rows(ended, RACE)} <= {"done", "refused", "cancelled"}


def test_w10_a_double_click_and_the_back_button_give_the_same_operation(site: Site) -> None:
    for number in range(ROUNDS):
        path = package(site, f"2.0.{number}")
        form = {"request_key": f"key-of-one-page-{number}"}
        first = at_once(*(poster(site, path, **form) for _click in range(4)))
        assert {answer.status for answer in first} == {302}
        [where] = {answer.headers["Location"] for answer in first}
        site.wait_for(site.is_quiet, 60)
        again = poster(site, path, **form)()
        assert (again.status, again.headers["Location"]) == (302, where)
    keys = "SELECT COUNT(*), COUNT(DISTINCT request_key) FROM modules_app_operation"
    [(rows, distinct)] = site.rows(keys + " WHERE request_key IS NOT NULL")
    assert rows == distinct
