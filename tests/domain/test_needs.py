"""What a module needs of others, and which of that does not work."""

from __future__ import annotations

import pytest

from modules_app.domain.dependencies.grammar import Requirement, read_requirements
from modules_app.domain.manifest import Contract
from modules_app.domain.needs import (
    MISSING,
    NEED_SENTENCES,
    WRONG_VERSION,
    Need,
    Standing,
    required_modules,
    unmet_needs,
)
from modules_app.domain.states import ModuleState

KNOWN = {
    "parrot": Standing("Parrot", "The parrot", ModuleState.BROKEN, "Its files are gone."),
    "cage": Standing("cage", "The cage", ModuleState.ENABLED, version="1.5"),
}


def needed(*texts: str) -> tuple[Requirement, ...]:
    depends = [{"kind": "module", "value": text} for text in texts]
    return required_modules(read_requirements(depends, Contract.FREEPBX)[0])


def test_only_modules_count_and_not_what_the_system_provides() -> None:
    depends = [
        {"kind": "version", "value": "17.0"},
        {"kind": "module", "value": "core ge 17.0.1"},
        {"kind": "module", "value": "parrot ge 1.0"},
        {"kind": "module", "value": "parrot lt 2.0"},
        {"kind": "module", "value": " "},
        {"kind": "module", "value": "cage"},
    ]

    found = required_modules(read_requirements(depends, Contract.FREEPBX)[0])

    assert [str(one) for one in found] == ["parrot ge 1.0", "parrot lt 2.0", "cage"]


def test_what_does_not_work_is_named_once_with_its_state_and_cause() -> None:
    required = needed("PARROT", "PARROT lt 2.0", "cage", "perch")

    assert unmet_needs(required, KNOWN) == (
        Need("Parrot", "The parrot", ModuleState.BROKEN, "Its files are gone."),
        Need("perch", "perch", MISSING),
    )


def test_a_version_that_does_not_fit_is_told_with_the_one_that_is_wanted() -> None:
    assert unmet_needs(needed("cage ge 1.5", "cage lt 1.5"), KNOWN) == (
        Need("cage", "The cage", WRONG_VERSION, wanted="lt 1.5"),
    )


@pytest.mark.parametrize("state", ModuleState)
def test_every_state_but_working_ones_has_a_sentence(state: ModuleState) -> None:
    works = state in (ModuleState.ENABLED, ModuleState.WORKING)

    assert (state in NEED_SENTENCES) != works
