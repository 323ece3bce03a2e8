"""Differences of files: what stands around them, and files of many thousand lines."""

from __future__ import annotations

import difflib

from hypothesis import given
from hypothesis import strategies as st

from modules_app.domain.redaction import hide_passwords
from modules_app.surfaces.differences import MANY, Difference, LineKind

LINES = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=30)


@given(before=LINES, after=LINES)
def test_what_both_begin_and_end_with_changes_nothing(before: list[str], after: list[str]) -> None:
    """The shortened comparison leads from the one file to the other, as `patch` reads it."""
    found = Difference("x", "".join(f"{x}\n" for x in before), "".join(f"{x}\n" for x in after))
    assert _patched(before, found) == after


@given(place=st.integers(0, 500))
def test_one_changed_line_is_shown_as_diff_shows_it(place: int) -> None:
    before = [f"line {number}" for number in range(501)]
    after = [*before[:place], "changed", *before[place + 1 :]]
    wanted = list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]
    found = Difference("x", "\n".join(before), "\n".join(after)).lines
    assert [line for _kind, line in found] == wanted


def test_very_many_lines_are_compared_without_their_order() -> None:
    before = [f"old {number}" for number in range(MANY)] + ["same"]
    after = ["same"] + [f"new {number}" for number in range(MANY)]
    found = Difference("x", "\n".join(before), "\n".join(after))
    assert (found.added, found.removed) == (MANY, MANY)
    assert (LineKind.ADDED, "+new 1") in found.lines


def _patched(before: list[str], difference: Difference) -> list[str]:
    result, at = [], 0
    for kind, line in difference.lines:
        if kind is LineKind.PLACE:
            first = int(line.split()[1].split(",")[0].removeprefix("-"))
            count = line.split()[1].partition(",")[2]
            first += 1 if count == "0" else 0
            result += before[at : first - 1]
            at = first - 1
        elif kind is LineKind.ADDED:
            result.append(line[1:])
        else:
            result += [line[1:]] if kind is LineKind.SAME else []
            at += 1
    return result + before[at:]


def test_passwords_are_not_shown_but_that_they_change() -> None:
    old = "[201-AUTH]\npassword = abc\nusername = 201\n"
    found = Difference("asterisk/pjsip.conf", old, old.replace("abc", "xyz")).as_text()
    assert "abc" not in found and "xyz" not in found
    assert "-password = ••••••\n+password = ••••••\n" in found
    assert " username = 201" in found
    assert hide_passwords("same => n,Set(secret=1)\n  SECRET=a b") == (
        "same => n,Set(secret=1)\n  SECRET=••••••"
    )
