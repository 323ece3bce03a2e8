"""Counting crashes, and finding the one module at fault by halves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules_app.domain.halves import answer, begin, without
from modules_app.domain.redaction import redact
from modules_app.domain.strikes import StrikeRule

RULE = StrikeRule(at_once=2, strikes=3, starts=10)


@pytest.mark.parametrize(
    ("struck_at", "now", "broken"),
    [
        ([7], 7, False),
        ([7, 7], 7, True),
        ([6, 7], 7, False),
        ([5, 6, 7], 7, True),
        ([1, 5, 10], 10, True),
        ([1, 5, 11], 11, False),
        ([7, 7], 8, False),
        ([], 1, False),
    ],
)
def test_r48_two_crashes_in_one_start_or_three_in_ten_are_too_many(
    struck_at: list[int], now: int, broken: bool
) -> None:
    assert RULE.broken_by(struck_at, now=now) is broken


def test_r48_a_rule_of_zero_is_off() -> None:
    never = StrikeRule(at_once=0, strikes=0)
    assert not never.broken_by([1] * 50, now=1)


@given(st.integers(1, 40), st.data())
def test_halves_find_the_one_culprit_in_a_few_rounds(count: int, data: st.DataObject) -> None:
    ids = [f"Module{number}" for number in range(count)]
    culprit = data.draw(st.sampled_from(ids))
    search = begin(ids)
    promised = search.rounds_left
    rounds = 0
    while not search.ended:
        assert set(search.trying) <= set(search.candidates)
        search = answer(search, fault=culprit in search.trying)
        rounds += 1
    assert search.culprit == culprit
    assert rounds <= promised <= 7


@given(st.integers(1, 40))
def test_halves_blame_nobody_when_no_module_shows_the_fault(count: int) -> None:
    search = begin([f"Module{number}" for number in range(count)])
    while not search.ended:
        search = answer(search, fault=False)
    assert search.culprit == ""


@given(st.integers(2, 30), st.data())
def test_halves_find_one_of_two_culprits(count: int, data: st.DataObject) -> None:
    ids = [f"Module{number}" for number in range(count)]
    culprits = data.draw(st.sets(st.sampled_from(ids), min_size=2, max_size=2))
    search = begin(ids)
    while not search.ended:
        search = answer(search, fault=bool(culprits & set(search.trying)))
    assert search.culprit in culprits


def test_a_search_goes_on_without_modules_that_are_gone() -> None:
    search = begin(["One", "Two", "Three"])
    search = without(search, ["Two", "Three"])
    assert search.trying == ("Two",)
    assert without(search, []).ended
    with pytest.raises(ValueError, match="no module"):
        begin([])


@pytest.mark.parametrize(
    "line",
    [
        "password=CANARY-1",
        'DEBUG {"api_key": "CANARY-1", "user": "x"}',
        "POST /login/ passwd: CANARY-1",
        "Authorization: Bearer CANARY-1abcdef",
        "Cookie: sid=CANARY-1; csrftoken=CANARY-1",
        "set-cookie: sid=CANARY-1; Path=/",
        "connect to sip://anna:CANARY-1@example.org",
        "PBXLicense=CANARY-1",
        "GET /setup/CANARY-1/ 200",
        "X_TOKEN = 'CANARY-1 and more'",
        "-----BEGIN PRIVATE KEY-----\nCANARY-1\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nCANARY-1",
        "the licence key: CANARY-1",
        "the till sent pbx_0a1b2c3d_xCANARY-1xx",
        "db_password -> secret=CANARY-1",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(line: str) -> None:
    assert "CANARY-1" not in redact(f"before\n{line}\nafter")


def test_known_secrets_are_taken_out_wherever_they_stand() -> None:
    assert redact("the value CANARY is odd", ["CANARY"]) == "the value [removed] is odd"
    assert redact("pin 12 of 12", ["12"]) == "pin 12 of 12"


def test_ordinary_lines_stay_as_they_are() -> None:
    line = "ERROR module ModulePing ended with signal SIGSEGV at store/ModulePing/7-ab/code/main.py"
    assert redact(line) == line
