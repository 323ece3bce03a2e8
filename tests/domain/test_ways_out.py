"""Every state that a person must do something about has one verb that leads out of it."""

from __future__ import annotations

from itertools import product

import pytest

from modules_app.domain.states import (
    STATES,
    ModuleState,
    Reason,
    Verb,
    allowed_verbs,
    way_out,
)

S = ModuleState
BY_USER, BY_EXCEPTION = Reason.BY_USER, Reason.BY_EXCEPTION
BY_LICENSE, BY_CRASHES = Reason.BY_LICENSE, Reason.BY_CRASH_LOOP
FILES, DATA = Reason.FILES_DAMAGED, Reason.DATA_DAMAGED
NO_PREVIOUS, PREVIOUS = False, True
NO_PACKAGE, PACKAGE = False, True

ROWS = [
    (S.WORKING, "", PREVIOUS, PACKAGE, None),
    (S.ENABLED, "", PREVIOUS, PACKAGE, None),
    (S.DISABLED, "", PREVIOUS, PACKAGE, Verb.ENABLE),
    (S.DISABLED, BY_USER, PREVIOUS, PACKAGE, Verb.ENABLE),
    (S.DISABLED, Reason.ROLLED_BACK, PREVIOUS, PACKAGE, Verb.ENABLE),
    (S.DISABLED, BY_LICENSE, PREVIOUS, PACKAGE, Verb.ENABLE),
    (S.DISABLED, BY_EXCEPTION, NO_PREVIOUS, PACKAGE, Verb.ENABLE),
    (S.DISABLED, BY_EXCEPTION, PREVIOUS, PACKAGE, Verb.ROLLBACK),
    (S.DISABLED, BY_CRASHES, PREVIOUS, PACKAGE, Verb.ROLLBACK),
    (S.PAUSED, BY_CRASHES, NO_PREVIOUS, PACKAGE, Verb.ENABLE),
    (S.PAUSED, BY_CRASHES, PREVIOUS, PACKAGE, Verb.ROLLBACK),
    (S.PAUSED, BY_EXCEPTION, NO_PREVIOUS, PACKAGE, Verb.ENABLE),
    (S.PAUSED, BY_EXCEPTION, PREVIOUS, NO_PACKAGE, Verb.ROLLBACK),
    (S.PAUSED, BY_LICENSE, PREVIOUS, PACKAGE, Verb.ENABLE),
    (S.INCOMPATIBLE, "", NO_PREVIOUS, PACKAGE, Verb.UPGRADE),
    (S.INCOMPATIBLE, "", PREVIOUS, PACKAGE, Verb.UPGRADE),
    (S.BROKEN, "", NO_PREVIOUS, PACKAGE, Verb.REPAIR),
    (S.BROKEN, "", PREVIOUS, PACKAGE, Verb.REPAIR),
    (S.BROKEN, "", PREVIOUS, NO_PACKAGE, Verb.ROLLBACK),
    (S.BROKEN, "", NO_PREVIOUS, NO_PACKAGE, Verb.UPGRADE),
    (S.BROKEN, FILES, PREVIOUS, PACKAGE, Verb.REPAIR),
    (S.BROKEN, DATA, PREVIOUS, PACKAGE, Verb.ROLLBACK),
    (S.BROKEN, DATA, NO_PREVIOUS, PACKAGE, Verb.REMOVE),
    (S.NEEDS_ATTENTION, "", NO_PREVIOUS, PACKAGE, Verb.DISABLE),
    (S.NEEDS_ATTENTION, BY_EXCEPTION, PREVIOUS, PACKAGE, Verb.DISABLE),
]


@pytest.mark.parametrize(("state", "reason", "previous", "package", "expected"), ROWS)
def test_the_way_out_of_each_state(
    state: ModuleState, reason: str, previous: bool, package: bool, expected: Verb | None
) -> None:
    assert way_out(state, reason, has_previous=previous, package_kept=package) is expected


def test_every_state_stands_in_the_table() -> None:
    assert {row[0] for row in ROWS} == set(ModuleState)


@pytest.mark.parametrize("state", list(ModuleState))
def test_the_way_out_is_always_among_what_is_allowed(state: ModuleState) -> None:
    for reason, previous, package in product(("", *Reason), (False, True), (False, True)):
        verb = way_out(state, reason, has_previous=previous, package_kept=package)
        allowed = allowed_verbs(state, has_previous=previous)
        assert verb is None or verb in allowed, (reason, previous, package)


def test_whoever_must_act_has_a_way_out() -> None:
    for state, words in STATES.items():
        if words.must_act:
            assert way_out(state) is not None, state


def test_only_what_has_a_version_before_is_offered_the_way_back() -> None:
    for state in ModuleState:
        assert Verb.ROLLBACK not in allowed_verbs(state, has_previous=False)
