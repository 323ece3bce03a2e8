"""Whatever is typed: what is accepted can be no second line, section, comment or expression."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony_app.domain import records
from telephony_app.domain.attributes import SECTIONS, escaped, manual_attributes, read_attributes
from telephony_app.domain.csv_table import harmless, original, read_table, write_table
from telephony_app.domain.faults import Wrong
from telephony_app.domain.hosts import RESERVED, RESERVED_USERS
from telephony_app.domain.logic import logic, read_steps
from telephony_app.domain.numbers import SPECIAL
from telephony_app.domain.passwords import new_secret, secret
from telephony_app.domain.patterns import begins_with, number_expression
from telephony_app.domain.rights import AMI_RIGHTS, event_filters

SIGNS = "\n\r\t\x00\x0b\x0c\x1b\x85\u2028\u202e[](){}$;,=>#!&|\"'\\/%@:.*+-_ 019azXN"
hostile = st.text(st.sampled_from(SIGNS) | st.characters(), max_size=40)
ONE_LINE = {
    (kind, name): check
    for kind, checks in vars(records).items()
    if kind.isupper() and isinstance(checks, dict)
    for name, check in checks.items()
    if name not in {"note", "manual_attributes", "logic", "description", "event_filter"}
}


@pytest.mark.parametrize("field", sorted(ONE_LINE), ids="-".join)
@given(value=hostile)
def test_a_field_of_one_line_stays_one_line(field: tuple[str, str], value: str) -> None:
    try:
        found = ONE_LINE[field](value)
    except Wrong:
        return
    for text in map(str, found if isinstance(found, list) else [found]):
        assert len(text.splitlines()) <= 1
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]|;|\$[\[{(]", text)


@given(value=hostile | st.none() | st.integers() | st.lists(hostile) | st.binary())
def test_other_kinds_of_values_are_refused_and_raise_nothing_else(value: Any) -> None:
    for check in ONE_LINE.values():
        try:
            check(value)
        except Wrong as error:
            assert error.message


lines = st.lists(
    hostile | st.sampled_from(["[endpoint]", "[aor]", "[global]", "#exec x", "a = b", "; x"]),
    max_size=8,
).map("\n".join)


@given(text=lines)
def test_manual_attributes_are_keys_and_values_of_known_sections_only(text: str) -> None:
    try:
        found = read_attributes(manual_attributes(text))
    except Wrong:
        return
    assert set(found) <= set(SECTIONS)
    for pairs in found.values():
        for key, value in pairs:
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", key) and key.lower() != "type"
            written = f"{key} = {escaped(value)}"
            assert len(written.splitlines()) == 1 and "\r" not in written
            assert not re.search(r"(?<!\\);", written)


@pytest.mark.parametrize(
    "text",
    [
        "[201](!)", "[global]", "[endpoint]x", "#include x", "#exec rm", "type = aor", "a", "= b",
        "a =>> b", "a += b", "a = b\\", "a b = c", "TYPE=endpoint", "[endpoint",
    ],
)  # fmt: skip
def test_lines_that_mean_something_else_are_refused(text: str) -> None:
    with pytest.raises(Wrong):
        manual_attributes(text)


def test_attributes_are_read_by_section() -> None:
    text = "rtp_timeout = 30 ; seconds\r\n\n[aor]\nmax_contacts=>3\n[endpoint]\nset_var = A=1\\;2"
    assert read_attributes(text) == {
        "endpoint": (("rtp_timeout", "30"), ("set_var", "A=1;2")),
        "aor": (("max_contacts", "3"),),
    }


@given(text=lines)
def test_steps_of_an_application_are_steps_only(text: str) -> None:
    try:
        steps = read_steps(logic(text))
    except Wrong:
        return
    assert steps and steps[0].priority.isdigit()
    for step in steps:
        written = f"exten => 1,{step.priority},{step.application}"
        assert len(written.splitlines()) == 1 and not re.search(r"(?<!\\);", written)
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*(\(.*\))?", step.application)


@pytest.mark.parametrize(
    "text", ["", "; only", "[context]", "#exec x", "include => x", "1,A()\n;--", "A() ; x", "A("]
)
def test_what_is_no_step_is_refused(text: str) -> None:
    if text == "1,A()\n;--":
        assert len(read_steps(text)) == 1
        return
    with pytest.raises(Wrong):
        logic(text)


def test_priorities_and_labels_are_read() -> None:
    steps = read_steps("n,Answer()\nPlayback(a,b)\nn(again),Goto(x,1,1)\n20,Hangup")
    assert [(one.priority, one.label, one.application) for one in steps] == [
        ("1", "", "Answer()"),
        ("n", "", "Playback(a,b)"),
        ("n", "again", "Goto(x,1,1)"),
        ("20", "", "Hangup"),
    ]


@given(text=hostile | st.text("0123456789[](){}|?.*+#,-", max_size=20), rest=st.integers(-1, 32))
def test_a_beginning_is_an_expression_of_digits_only(text: str, rest: int) -> None:
    try:
        expression = number_expression(begins_with(text), rest)
    except Wrong:
        return
    assert re.fullmatch(r"\^[0-9*+#\[\](){}|?-]*\$?", expression)
    re.compile(expression)


@given(text=hostile)
def test_event_filters_are_lines_of_their_own(text: str) -> None:
    try:
        found = event_filters(text)
    except Wrong:
        return
    assert ";" not in found and not [one for one in found.split("\n") if one[:1] in ("[", "#")]
    assert found.splitlines() == ([] if not found else found.split("\n"))


@given(cells=st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_no_cell_of_a_table_is_a_formula_and_all_come_back(cells: list[list[str]]) -> None:
    for row in cells:
        for cell in row:
            assert original(harmless(cell)) == cell
            assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(text=hostile | st.binary(max_size=60))
def test_any_file_is_a_table_or_refused(text: Any) -> None:
    try:
        read_table(text)
    except Wrong as error:
        assert error.message


def test_a_table_is_written_as_it_is_read() -> None:
    rows = [["a,b", 'c"d\ne'], ["=1", "-"], ["'", "'=x"]]
    text = "".join(write_table(["one", "two"], rows))
    assert [list(row.cells.values()) for row in read_table(text)] == rows
    assert [row.line for row in read_table(text)] == [2, 4, 5]


def test_generated_passwords_are_accepted_and_long() -> None:
    assert all(secret(one) == one and len(one) == 24 for one in (new_secret() for _ in range(50)))


@pytest.mark.parametrize("name", sorted(RESERVED | {"transport-udp", "201", "X-AUTH", "a-ws"}))
def test_providers_do_not_take_names_of_other_sections(name: str) -> None:
    with pytest.raises(Wrong):
        records.PROVIDER["uniqid"](name)


@pytest.mark.parametrize("name", sorted(RESERVED_USERS))
def test_programs_do_not_take_accounts_of_the_system(name: str) -> None:
    for checks in (records.MANAGER_USER, records.ARI_USER):
        with pytest.raises(Wrong):
            checks["username"](name)


@pytest.mark.parametrize("name", sorted(SPECIAL))
def test_special_extensions_are_no_numbers(name: str) -> None:
    for word in (name, name.upper()):
        with pytest.raises(Wrong):
            records.APPLICATION_NUMBER["number"](word)
        with pytest.raises(Wrong):
            records.SIP_ACCOUNT["forwarding"](word)


def test_rights_are_complete_and_known() -> None:
    rights = records.MANAGER_USER["rights"]
    assert rights({"call": "read"}) == dict.fromkeys(AMI_RIGHTS, "") | {"call": "read"}
    for wrong in ({"fly": "read"}, {"call": "all"}, {"call": None}, {"call": ["read"]}, [], "call"):
        with pytest.raises(Wrong):
            rights(wrong)
