"""Lines as Asterisk's own reader sees them (main/config.c)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony_app.domain.lines import BLANK, LONGEST_LINE, Flaw, lines_of


def read(text: str) -> tuple[list[str], list[tuple[int, str]]]:
    flaws: list[Flaw] = []
    lines = [line for _number, line in lines_of(text, flaws)]
    return lines, [(flaw.line, flaw.slug) for flaw in flaws]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a = 1 ; why", ["a = 1"]),
        ("a = x\\;y ; why", ["a = x;y"]),
        ("a = x\\\\;y", ["a = x\\;y"]),
        (" \t a = 1 \r", ["a = 1"]),
        ("; all of it", []),
        (";---- no comment of many lines", []),
        (";-- one\ntwo\nthree --;\na = 1", ["a = 1"]),
        ("a = ;-- in the middle --; 1", ["a =  1"]),
        (";-- one ;-- two --; still --;\na = 1", ["a = 1"]),
        (";-- one\nend --; a = 1", ["a = 1"]),
        (";-- a ; b\n--;", []),
    ],
)
def test_comments_go_as_asterisk_lets_them_go(text: str, lines: list[str]) -> None:
    assert read(text) == (lines, [])


def test_a_comment_that_is_not_closed_is_named_by_its_first_line() -> None:
    assert read("a = 1\n;-- from here\nb = 2\nc = 3") == (["a = 1"], [(2, "comment-open")])


def test_the_end_of_a_comment_that_never_began_is_a_fault() -> None:
    assert read("a = 1 --; x\nb = 2") == (["a = 1 --", "b = 2"], [(1, "comment-end")])


def test_what_asterisk_would_skip_is_a_fault() -> None:
    assert read("a = " + "x" * (LONGEST_LINE - 4)) == (["a = " + "x" * (LONGEST_LINE - 4)], [])
    assert read("\n" + "y" * (LONGEST_LINE + 1))[1] == [(2, "line-too-long")]
    assert read("é" * (LONGEST_LINE // 2 + 1))[1] == [(1, "line-too-long")]
    assert read("a = \0")[1] == [(1, "null-byte")]


@settings(deadline=None)
@given(st.text(alphabet=";-\\ a=[]\n#", max_size=60))
def test_nothing_that_is_read_is_blank_or_longer_than_what_was_written(text: str) -> None:
    lines, _flaws = read(text)
    assert all(line and line == line.strip(BLANK) for line in lines)
    assert sum(map(len, lines)) <= len(text)
