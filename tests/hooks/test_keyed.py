"""What is kept of the answer about one record, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.hooks import questions
from modules_app.hooks.keyed import KEYED, LONGEST_VALUE, kept_value
from modules_app.hooks.questions import (
    Source,
    digest,
    questions_about,
    read_records,
    register,
    unregister,
)
from modules_app.hooks.specs import HOOKS, Interface, find_hook
from modules_app.hooks.values import WrongShape

TEXT = find_hook("generate_incoming_rout_before_dial")
OPTIONS = find_hook("override_pjsip_options")
GIVEN = {"extension": "201", "options": {"type": "aor", "max_contacts": "5"}}


def test_every_hook_of_asterisk_with_arguments_is_keyed_and_called() -> None:
    ours = [spec for spec in HOOKS if spec.interface is Interface.ASTERISK]
    assert all(spec.called for spec in ours)
    assert {spec.name for spec in ours if spec.arguments} == set(KEYED)
    assert {spec.name for spec in ours if not spec.collected} == {"generate_config"}


@pytest.mark.parametrize("value", ["", None, "  \n"])
def test_nothing_is_kept_of_an_empty_text(value: Any) -> None:
    assert kept_value(TEXT, {}, value) is None


def test_of_text_the_line_ends_become_plain() -> None:
    assert kept_value(TEXT, {}, "same => n,NoOp()\r\n\tsame => n,Hangup()") == (
        "same => n,NoOp()\n\tsame => n,Hangup()"
    )


def test_of_options_only_what_differs_is_kept_as_text() -> None:
    changed = {"type": "aor", "max_contacts": 9, "remove_existing": "yes"}
    assert kept_value(OPTIONS, GIVEN, changed) == {"max_contacts": "9", "remove_existing": "yes"}
    assert kept_value(OPTIONS, GIVEN, dict(GIVEN["options"])) is None  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("max_contacts=9", "wanted dict"),
        ({"max_contacts": True}, "bool for max_contacts"),
        ({"max_contacts": ["9"]}, "list for max_contacts"),
        ({"callerid": "x\n[evil]\ntype = endpoint"}, "more than one line"),
        ({"a]\n[b": "x"}, "no name of an option"),
        ({7: "x"}, "no name of an option"),
        ({"set_var": "x" * LONGEST_VALUE}, "more than"),
    ],
)
def test_options_that_would_break_the_file_are_refused(value: Any, why: str) -> None:
    with pytest.raises(WrongShape, match=why):
        kept_value(OPTIONS, GIVEN, value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (["same => n,NoOp()"], "list"),
        ("same => n,NoOp(\0)", "control"),
        ("x" * (LONGEST_VALUE + 1), str(LONGEST_VALUE)),
    ],
)
def test_text_that_would_break_the_file_is_refused(value: Any, why: str) -> None:
    with pytest.raises(WrongShape, match=why):
        kept_value(TEXT, {}, value)


def test_questions_come_from_whoever_registered_for_the_hooks_that_are_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(questions, "_sources", [])

    def ask(records: Any, wanted: Any) -> dict[str, dict[str, dict[str, str]]]:
        return {"a": {"1": {"x": records}}, "b": {"2": {"x": "z"}}}

    source = Source(lambda: "y", ask)
    register(source)
    register(source)
    try:
        assert read_records() == ["y"]
        assert questions_about(["y"], {"a"}) == {"a": {"1": {"x": "y"}}}
        assert questions_about(["y"], ()) == {}
    finally:
        unregister(source)
    assert questions_about(read_records(), {"a"}) == {"a": {}}


def test_a_digest_depends_on_the_values_and_not_on_their_order() -> None:
    assert digest({"a": 1, "b": {"c": "d"}}) == digest({"b": {"c": "d"}, "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
