"""What modules of the FreePBX contract do to contexts of others, on the finished text."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.domain.dialplan_edits import Edit, EditKind, read_edit
from modules_app.surfaces.base import Block, GeneratedFile
from telephony_app.generators.edits import apply_edits

TEXT = """\
[globals]
A=1
[internal]
exten => 201,1,NoOp(one)
same => n(dial),Dial(PJSIP/201)
\tsame => n,Hangup()
exten => 202,1,Dial(PJSIP/202)
exten => 203,hint,PJSIP/203
[numbered]
exten => 5,1,Answer()
exten => 5,2,Hangup()
"""
FILE = GeneratedFile("asterisk/extensions.conf", TEXT, (Block("one", 9, 11),))


def edited(*edits: Edit) -> tuple[list[str], GeneratedFile, Any]:
    file, complaints = apply_edits(FILE, [("hello", 500, edit) for edit in edits])
    return file.text.splitlines(), file, complaints


def splice(exten: str, at: str, context: str = "internal", label: str = "") -> Edit:
    return Edit(EditKind.SPLICE, context, exten, "NoOp(mine)", at, label)


def without_markers(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("; *****")]


def test_without_edits_the_file_is_the_same_object() -> None:
    assert apply_edits(FILE, []) == (FILE, [])


def test_a_step_is_put_before_one_that_is_named_by_number_or_label() -> None:
    by_label, file, complaints = edited(splice("201", "dial", label="mine"))
    assert complaints == []
    assert by_label[3:8] == [
        "exten => 201,1,NoOp(one)",
        "; ***** BEGIN BY hello",
        "same => n(mine),NoOp(mine)",
        "; ***** END BY hello",
        "same => n(dial),Dial(PJSIP/201)",
    ]
    assert edited(splice("201", "2", label="mine"))[0] == by_label
    assert [file.owner_of(line) for line in (4, 5, 6, 7, 8)] == ["", "hello", "hello", "hello", ""]
    assert file.owner_of(13) == "one", "the lines of others keep their owner"


def test_before_the_first_step_the_extension_begins_with_the_new_one() -> None:
    lines = without_markers(edited(splice("202", "1"))[0])
    at = lines.index("exten => 202,1,NoOp(mine)")
    assert lines[at + 1] == "same => n,Dial(PJSIP/202)"


def test_two_splices_at_one_place_stand_in_the_order_of_priorities() -> None:
    first = Edit(EditKind.SPLICE, "internal", "201", "NoOp(first)", "dial")
    second = Edit(EditKind.SPLICE, "internal", "201", "NoOp(second)", "dial")
    lines = without_markers(edited(first, second)[0])
    at = lines.index("same => n,NoOp(first)")
    assert lines[at : at + 3] == [
        "same => n,NoOp(first)",
        "same => n,NoOp(second)",
        "same => n(dial),Dial(PJSIP/201)",
    ]


@pytest.mark.parametrize(
    ("edit", "slug"),
    [
        (splice("999", "1"), "splice-no-extension"),
        (splice("201", "nowhere"), "splice-no-step"),
        (splice("201", "9"), "splice-no-step"),
        (splice("203", "1"), "splice-no-extension"),
        (splice("5", "1", "numbered"), "splice-numbered"),
    ],
)
def test_an_edit_without_a_place_is_left_out_and_names_its_module(edit: Edit, slug: str) -> None:
    lines, _file, (complaint,) = edited(edit)
    assert lines == TEXT.splitlines()
    assert (complaint.owner, complaint.slug) == ("hello", slug)


def test_a_step_is_added_to_the_end_of_an_extension_or_makes_it() -> None:
    more = Edit(EditKind.ADD, "internal", "201", "Playback(bye)")
    lines = without_markers(edited(more)[0])
    assert lines[lines.index("\tsame => n,Hangup()") + 1] == "same => n,Playback(bye)"
    numbered = Edit(EditKind.ADD, "numbered", "5", "NoOp()")
    assert without_markers(edited(numbered)[0])[-1] == "same => n,NoOp()"
    new = Edit(EditKind.ADD, "hello", "1", "Answer()", label="in")
    then = Edit(EditKind.ADD, "hello", "1", "Hangup()")
    other = Edit(EditKind.ADD, "internal", "300", "Goto(hello,1,1)")
    assert without_markers(edited(new, then, other)[0])[11:] == [
        "[hello]",
        "exten => 1,1(in),Answer()",
        "same => n,Hangup()",
        "[internal](+)",
        "exten => 300,1,Goto(hello,1,1)",
    ]


def test_includes_and_variables_come_into_sections_that_are_there() -> None:
    include = Edit(EditKind.INCLUDE, "internal", value="hello")
    variable = Edit(EditKind.GLOBAL, "globals", "HELLO", "world")
    assert without_markers(edited(include, variable)[0])[11:] == [
        "[internal](+)",
        "include => hello",
        "[globals](+)",
        "HELLO=world",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "add", "context": "a]\n[b", "exten": "1", "value": "NoOp()"},
        {"kind": "add", "context": "a", "exten": "1,1,System(x)", "value": "NoOp()"},
        {"kind": "add", "context": "a", "exten": "1", "value": "NoOp()\nexten => 2"},
        {"kind": "add", "context": "a", "exten": "1", "value": " "},
        {"kind": "splice", "context": "a", "exten": "1", "value": "NoOp()", "at": "n+1"},
        {"kind": "include", "context": "a", "value": "b\nexten"},
        {"kind": "global", "context": "globals", "exten": "A=B", "value": "1"},
        {"kind": "remove", "context": "a"},
    ],
)
def test_what_would_end_its_line_is_no_edit(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        read_edit(wrong)


def test_an_edit_comes_back_from_json_as_it_was() -> None:
    edit = Edit(EditKind.SPLICE, "internal", "_9XX.", "NoOp(${EXTEN})", "dial", "mine")
    assert read_edit(edit.as_dict()) == edit
