"""Which numbers a route takes (reference M7.5, M7.6)."""

from __future__ import annotations

import pytest

from telephony_app.domain.faults import Wrong
from telephony_app.domain.patterns import (
    begins_with,
    destination,
    did_extension,
    did_number,
    matches,
    number_expression,
)


@pytest.mark.parametrize(
    ("begins", "rest", "yes", "no"),
    [
        ("9", 10, "98005553535", "8800555353"),
        ("(7|8)9", 9, "79161234567", "74951234567"),
        ("[2-4]", 2, "399", "599"),
        ("*44", 0, "*44", "44"),
        ("+7", -1, "+7", "7"),
        ("8?9", 1, "91", "81"),
        (".{3}", 0, "123", "12"),
        ("1{2,3}", 0, "111", "1111"),
        ("1{0,1}2", 0, "2", "112"),
        ("", -1, "anything", ""),
        ("", 3, "123", "1234"),
        ("((1|2)3)?4", 0, "134", "14"),
    ],
)
def test_a_number_takes_the_route(begins: str, rest: int, yes: str, no: str) -> None:
    assert matches(begins, rest, yes)
    assert not no or not matches(begins, rest, no)


def test_the_expression_has_neither_commas_nor_backslashes() -> None:
    assert number_expression("*7{1,3}+", 10) == "^[*]7{1}7?7?[+][0-9]{10}$"


@pytest.mark.parametrize(
    "text",
    ["a", "(", ")", "(7", "7)", "[", "[]", "[5-1]", "[a-z]", "{2}", "?", "7{3,2}", "7{99}", "7{",
     "^^7", "7$", "\\d", '7"', "7;", "(" * 9 + ")" * 9, "7" * 191, "7|8"],
)  # fmt: skip
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        begins_with(text)


def test_blanks_and_the_sign_for_the_beginning_go() -> None:
    assert begins_with(" ^8 (800) ") == "8(800)"


@pytest.mark.parametrize(
    ("number", "extension"),
    [
        ("", "_X!"),
        ("74951234567", "74951234567"),
        ("7495XXX", "_7495XXX"),
        ("_7495XXX", "_7495XXX"),
        ("749512345[1-3]", "_749512345[1-3]"),
        ("7.", "_7."),
        ("office", "office"),
        ("+74951234567", "+74951234567"),
    ],
)
def test_a_number_of_an_incoming_route_becomes_an_extension(number: str, extension: str) -> None:
    assert did_extension(did_number(number)) == extension


@pytest.mark.parametrize("text", ["7,1", "7 8", "a/b", "[", "7[", ".7", "!x", "_", "x;y", "7" * 65])
def test_what_is_no_number_of_an_incoming_route_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        did_number(text)


@pytest.mark.parametrize("text", ["a", "a,b", "a,b,1,2", "a b,1,1", "a,${X},1", "a,b,1\n"])
def test_what_is_no_place_of_the_dialplan_is_refused(text: str) -> None:
    if text.endswith("\n"):
        assert destination(text) == "a,b,1"
        return
    with pytest.raises(Wrong):
        destination(text)
