"""Module ids and sidebar groups."""

from __future__ import annotations

import pytest

from modules_app.domain.ids import fold_id, is_module_id, is_reserved_id
from modules_app.domain.menu import GROUPS, group_for_category


@pytest.mark.parametrize(
    "text", ["ModuleBlackList", "hellopbx", "asterisk-cli", "fw_ari", "a1", "A" * 64]
)
def test_ids_of_both_contracts_are_accepted(text: str) -> None:
    assert is_module_id(text)
    assert not is_reserved_id(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "1a", "-ab", "..", "a/b", "a.b", "Module\n", "a b", "\u0130x", "\u212aey", "A" * 65],
)
def test_m11_ids_that_could_harm_a_path_or_a_name_are_not_ids(text: str) -> None:
    assert not is_module_id(text)


@pytest.mark.parametrize(
    "text", ["CON", "nul", "Com1", "admin", "Core", "django", "STATIC", "pbx-modules"]
)
def test_m11_reserved_ids_are_reserved_in_every_letter_case(text: str) -> None:
    assert is_reserved_id(text)


def test_m12_ids_that_differ_only_in_case_or_hyphen_fold_to_one() -> None:
    assert fold_id("Module-A") == fold_id("modulE_a")
    assert fold_id("modulea") != fold_id("moduleb")


@pytest.mark.parametrize(
    ("category", "group"),
    [
        ("Applications", "setup"),
        ("connectivity", "routing"),
        (" Admin ", "server"),
        ("Settings", "server"),
        ("Reports", "maintenance"),
        ("Inbound Call Control", "other"),
        ("", "other"),
    ],
)
def test_every_menu_heading_has_a_group(category: str, group: str) -> None:
    assert group_for_category(category) == group
    assert group in GROUPS
