"""Text of core and modules in one order, with markers, byte by byte (reference M6.1)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from modules_app.hooks.text import LAST, Piece, join_pieces


def test_a_module_stands_between_markers_and_core_does_not() -> None:
    text = join_pieces([Piece("", 500, "[internal]\n"), Piece("ModuleA", LAST, "exten => 1\n\n")])
    assert text == ("[internal]\n\n; ***** BEGIN BY ModuleA\nexten => 1\n; ***** END BY ModuleA\n")


def test_a_low_number_puts_a_module_before_core() -> None:
    text = join_pieces([Piece("", 500, "core"), Piece("ModuleA", 100, "early")])
    assert text.index("early") < text.index("core")


def test_ties_stand_in_the_order_given() -> None:
    pieces = [Piece(name, LAST, name) for name in ("ModuleB", "ModuleA")]
    text = join_pieces(pieces)
    assert text.index("BEGIN BY ModuleB") < text.index("BEGIN BY ModuleA")


def test_empty_pieces_leave_no_trace() -> None:
    assert join_pieces([Piece("", 1, " \n"), Piece("ModuleA", 2, "\n\t")]) == ""


def test_core_lines_that_begin_with_same_get_a_tab_and_modules_do_not() -> None:
    assert join_pieces([Piece("", 1, "same => n,NoOp")]) == "\tsame => n,NoOp\n"
    assert "\tsame" not in join_pieces([Piece("ModuleA", 1, "same => n,NoOp")])


def test_other_files_have_other_comments() -> None:
    assert "\n# ***** BEGIN BY ModuleA\n" in join_pieces([Piece("ModuleA", 1, "x")], comment="#")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "ModuleA", "ModuleB"]),
            st.integers(0, 20_000),
            st.text("ab \n", max_size=6),
        ),
        max_size=8,
    )
)
def test_every_piece_that_says_something_is_there_once_and_in_order(raw: list) -> None:
    pieces = [Piece(owner, priority, text) for owner, priority, text in raw]
    told = [piece for piece in pieces if piece.text.strip()]
    text = join_pieces(pieces)
    assert text.count("BEGIN BY") == sum(bool(piece.owner) for piece in told)
    owners = [line.split()[-1] for line in text.splitlines() if "BEGIN BY" in line]
    ordered = sorted(told, key=lambda piece: piece.priority)
    assert owners == [piece.owner for piece in ordered if piece.owner]
