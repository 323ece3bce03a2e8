"""A module's block cannot reach into what stands before and behind it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony_app.domain.blocks import Shape, flaws_of_block
from telephony_app.domain.reader import check


def slugs(text: str, shape: Shape) -> list[str]:
    return [flaw.slug for flaw in flaws_of_block(text, shape)]


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (Shape.STEPS, "same => n,NoOp(a)\n\tsame => n(x),Hangup() ; why\n; only words"),
        (Shape.EXTENSIONS, "include => a\nexten => 1,1,NoOp()\nsame => n,Hangup()"),
        (Shape.KEYS, "rtp_timeout = 3\nA=b\nload => x.so"),
        (Shape.SECTIONS, "; first\n[a](!)\nb = 1\n[c](a)\n"),
    ],
)
def test_what_fits_is_taken(shape: Shape, text: str) -> None:
    assert slugs(text, shape) == []


@pytest.mark.parametrize(
    ("shape", "text", "slug"),
    [
        (Shape.STEPS, "[internal]\nsame => n,NoOp()", "opens-section"),
        (Shape.STEPS, "exten => 1,1,NoOp()", "not-a-step"),
        (Shape.STEPS, "same => 1,NoOp()", "not-a-step"),
        (Shape.STEPS, "same => n,NoOp()\n;-- swallowed", "comment-open"),
        (Shape.STEPS, "same => n,NoOp() --; x", "comment-end"),
        (Shape.EXTENSIONS, "same => n,NoOp()", "first-same"),
        (Shape.EXTENSIONS, "a = b", "unknown-word"),
        (Shape.EXTENSIONS, "[a]", "opens-section"),
        (Shape.KEYS, "[a]", "opens-section"),
        (Shape.KEYS, "nothing", "no-equals"),
        (Shape.KEYS, "#include x", "directive"),
        (Shape.SECTIONS, "same => n,NoOp()\n[a]", "no-section"),
        (Shape.SECTIONS, "[a]\n#exec x", "directive"),
        (Shape.SECTIONS, "[a]\n;--", "comment-open"),
    ],
)
def test_what_does_not_fit_is_named(shape: Shape, text: str, slug: str) -> None:
    assert slug in slugs(text, shape)


LINES = st.sampled_from(
    ["same => n,NoOp()", "exten => 9,1,NoOp()", "[x]", ";-- a", "--;", "x", "a = b", "; c", ""]
)


@settings(deadline=None)
@given(st.lists(LINES, max_size=6).map("\n".join))
def test_steps_that_are_taken_leave_what_follows_where_it_was(text: str) -> None:
    if flaws_of_block(text, Shape.STEPS):
        return
    around = (
        f"[c]\nexten => 1,1,NoOp()\n{text}\nsame => n(last),Hangup()\nexten => 2,1,Goto(1,last)\n"
    )
    assert check({"extensions.conf": around}) == []
