"""What a module needs of others, and which of that does not work."""

from __future__ import annotations

import pytest

from modules_app.domain.needs import (
    MISSING,
    NEED_SENTENCES,
    Need,
    Standing,
    required_modules,
    unmet_needs,
)
from modules_app.domain.states import ModuleState

KNOWN = {
    "parrot": Standing("Parrot", "The parrot", ModuleState.BROKEN, "Its files are gone."),
    "cage": Standing("cage", "The cage", ModuleState.ENABLED),
}


def test_only_modules_count_each_once_and_not_what_the_system_provides() -> None:
    depends = [
        {"kind": "version", "value": "17.0"},
        {"kind": "module", "value": "core ge 17.0.1"},
        {"kind": "module", "value": "parrot ge 1.0"},
        {"kind": "module", "value": "parrot lt 2.0"},
        {"kind": "module", "value": " "},
        {"kind": "module", "value": "cage"},
    ]

    assert required_modules(depends) == ("parrot", "cage")


def test_what_does_not_work_is_named_with_its_state_and_cause() -> None:
    assert unmet_needs(["PARROT", "cage", "perch"], KNOWN) == (
        Need("Parrot", "The parrot", ModuleState.BROKEN, "Its files are gone."),
        Need("perch", "perch", MISSING),
    )


@pytest.mark.parametrize("state", ModuleState)
def test_every_state_but_working_ones_has_a_sentence(state: ModuleState) -> None:
    works = state in (ModuleState.ENABLED, ModuleState.WORKING)

    assert (state in NEED_SENTENCES) != works
