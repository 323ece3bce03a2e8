"""Declared conflicts: symmetric, with versions, placeholders and ways out (reference F2.6)."""

from __future__ import annotations

import pytest

from modules_app.domain.dependencies.conflicts import (
    Conflict,
    ConflictKind,
    find_clashes,
    read_conflicts,
)
from modules_app.domain.dependencies.grammar import Op
from modules_app.domain.dependencies.plan import Goal
from modules_app.domain.dependencies.resolver import resolve
from modules_app.domain.states import Verb
from tests.domain.dependencies.worlds import (
    candidate,
    enabled,
    install,
    installed,
    told,
    warnings,
    wish,
    world,
)

OLD = {"rawname": "old", "type": "conflict"}
UNTIL_2 = {**OLD, "version": "lt 2.0"}
REPLACED = {
    "rawname": "old",
    "type": "deprecated",
    "replace": "new",
    "errormessage": "RAW_NAME is out.",
    "replaceerrormessage": "Use REPLACE_NAME, not RAW_NAME.",
}


def test_a_declaration_is_read_with_its_placeholders_filled() -> None:
    (read,) = read_conflicts([REPLACED], "new")

    assert read == Conflict(
        declarer="new",
        named="old",
        kind=ConflictKind.DEPRECATED,
        replace="new",
        message="old is out. Use new, not old.",
    )


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"errormessage": "E", "versionerrormessage": "V", "version": "1.0"}, "E"),
        ({"versionerrormessage": "V RAW_NAME", "version": "1.0"}, "V old"),
        ({"versionerrormessage": "V"}, ""),
        ({"replaceerrormessage": "R"}, ""),
        ({"replaceerrormessage": "R REPLACE_NAME", "replace": "x"}, "R x"),
    ],
)
def test_the_author_s_messages_have_their_order(texts: dict[str, str], message: str) -> None:
    (read,) = read_conflicts([{**OLD, **texts}], "new")

    assert read.message == message


@pytest.mark.parametrize(
    ("version", "concerned", "free"),
    [("", "1.0", None), ("1.5", "1.5", "1.4"), ("lt 2.0", "1.9", "2.0"), ("ne 1.0", "2.0", "1.0")],
)
def test_a_version_restricts_it_and_at_least_is_meant_where_nothing_is_said(
    version: str, concerned: str, free: str | None
) -> None:
    (read,) = read_conflicts([{**OLD, "version": version}], "new")

    assert read.strict
    assert read.concerns(concerned)
    assert free is None or not read.concerns(free)


def test_what_freepbx_cannot_read_only_warns() -> None:
    entries = [{**OLD, "version": "< 2.0"}, {**OLD, "type": "war"}, {"rawname": "new"}, {}]

    odd, war = read_conflicts(entries, "NEW")

    assert (odd.op, odd.version, odd.strict, war.strict) == (Op.LT, "2.0", False, False)
    here = world(candidate("new", breaking=[{**OLD, "version": "< 2.0"}]), enabled("old"))
    plan = resolve(here, install("new", enable=True))
    assert plan.is_possible
    assert warnings(plan) == ["module-conflict"]


def test_clashes_are_found_whoever_declares_them() -> None:
    new, old = candidate("new", breaking=[UNTIL_2]), enabled("Old", "1.0")

    for order in ([new, old], [old, new]):
        (clash,) = find_clashes(order)
        assert (clash.declarer, clash.named) == (new, old)
    assert find_clashes([new, enabled("old", "2.0")]) == ()


def test_the_newcomer_may_declare_it() -> None:
    here = world(candidate("new", breaking=[REPLACED]), enabled("old"))

    plan = resolve(here, install("new", enable=True))

    (clash,) = plan.problems
    assert clash.slug == "module-deprecated"
    assert str(clash) == (
        "“New” 1.0 declares “Old” 1.0 outdated; they cannot be enabled together. "
        "The author of “New” says: old is out. Use new, not old."
    )
    assert clash.hint == "Disable or remove “{named}” and use “{replace}” in its place."


def test_the_one_that_is_enabled_may_declare_it() -> None:
    here = world(enabled("new", breaking=[UNTIL_2]), candidate("old", "1.0"))

    assert not resolve(here, install("old", enable=True)).is_possible
    later = world(enabled("new", breaking=[UNTIL_2]), candidate("old", "2.0"))
    assert resolve(later, install("old", enable=True)).is_possible


def test_installing_without_enabling_is_allowed_with_a_warning() -> None:
    plan = resolve(world(candidate("new", breaking=[OLD]), enabled("old")), install("new"))

    assert told(plan) == ["install new 1.0"]
    assert warnings(plan) == ["module-conflict"]


def test_what_is_disabled_does_not_conflict() -> None:
    here = world(installed("new", breaking=[OLD]), installed("old"))

    assert resolve(here, wish(Verb.ENABLE, "new")).is_possible
    assert not resolve(here, wish(Verb.ENABLE, "new", "old")).is_possible


def test_two_newcomers_may_conflict() -> None:
    here = world(candidate("new", breaking=[OLD]), candidate("old"))

    assert resolve(here, install("new", "old")).is_possible
    assert not resolve(here, install("new", "old", enable=True)).is_possible


def test_the_other_one_is_upgraded_where_that_helps_and_disabled_when_asked() -> None:
    new, old = candidate("new", breaking=[UNTIL_2]), enabled("old", "1.0")

    plan = resolve(world(new, old, candidate("old", "2.0")), install("new", enable=True))
    assert told(plan) == ["upgrade old 2.0", "install new 1.0 +"]
    assert str(plan.steps[0]) == "“New” 1.0 does not go with version 1.0."

    goals = [*install("new", enable=True), Goal(Verb.DISABLE, "old")]
    plan = resolve(world(new, old), goals)
    assert told(plan) == ["disable old 1.0", "install new 1.0 +"]
    assert plan.is_possible


def test_those_that_conflict_already_are_not_made_a_reason_to_refuse_other_work() -> None:
    here = world(enabled("new", breaking=[OLD]), enabled("old"), installed("third", "1.0", "old"))

    assert resolve(here, wish(Verb.ENABLE, "third")).is_possible
