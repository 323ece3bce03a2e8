"""Cutting scripts: quotes, comments, version comments, DELIMITER, and texts made to hurt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules_app.sqlscript.split import Piece, split


def texts(script: str) -> list[str]:
    return [piece.text for piece in split(script)]


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("", []),
        (" ; ;;\n;", []),
        ("a;b", ["a", "b"]),
        ("\ufeffa;", ["a"]),
        ("'a;b';c", ["'a;b'", "c"]),
        ('"a;""b";c', ['"a;""b"', "c"]),
        (r"'a\';b';c", [r"'a\';b'", "c"]),
        ("`a;``b`;c", ["`a;``b`", "c"]),
        ("'日本;語';ü", ["'日本;語'", "ü"]),
        ("a -- it's;\n;b", ["a", "b"]),
        ("a # it's;\n;b", ["a", "b"]),
        ("a /* it's; */ b;c", ["a   b", "c"]),
        ("5--1;", ["5--1"]),
        ("/*!40101 SET NAMES utf8 */;", ["SET NAMES utf8"]),
        ("/*M!100100 a */;", ["a"]),
        ("a /*!40101 b /* c */ d */ e;f", ["a   b   d   e", "f"]),
        ("DELIMITER //\na; b//\ndelimiter ;\nc;d", ["a; b", "c", "d"]),
        ("-- first\nDELIMITER $$\na;b$$", ["a;b"]),
        ("x DELIMITER\n;y", ["x DELIMITER", "y"]),
    ],
)
def test_statements_are_cut_where_mysql_cuts_them(script: str, found: list[str]) -> None:
    assert texts(script) == found


def test_each_statement_knows_its_line_and_depth() -> None:
    script = "-- head\n\na\n;\r\n  b (c (d))\r;e"
    assert list(split(script)) == [
        Piece(3, "a", 0),
        Piece(5, "b (c (d))", 2),
        Piece(6, "e", 0),
    ]


@pytest.mark.parametrize("script", ["'a", 'a "b', "`", "a /* b", "a /*! b", "'a\\'"])
def test_what_does_not_end_is_said(script: str) -> None:
    [*_before, last] = split(script)
    assert not last.complete


@pytest.mark.parametrize(
    "script",
    [";" * 250_000 + "'", "(" * 250_000, "/*" * 120_000, "/*!" * 80_000, "DELIMITER x\n" * 20_000],
)
def test_a_script_made_of_marks_is_read_to_its_end(script: str) -> None:
    assert len(list(split(script))) <= 1


@given(st.text(alphabet="a;'\"`\\-#/*!()\n \x00ü", max_size=60))
def test_any_text_is_cut_without_a_fault(script: str) -> None:
    for piece in split(script):
        assert piece.text and piece.line >= 1
