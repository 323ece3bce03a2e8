"""Versions: the hand table of reference F4, and the relation between two releases."""

from __future__ import annotations

import pytest

from modules_app.domain.manifest import Contract
from modules_app.domain.versions import (
    DEVELOPMENT_BUILD,
    Relation,
    compare,
    is_upgrade,
    meets_minimum,
    php_version_compare,
    relation,
    sort_key,
)

F4 = [
    # left, right, PHP, FreePBX
    ("1.0", "1.0.0", -1, -1),
    ("17", "17.0", -1, -1),
    ("13.0.1", "13.0.1.0", -1, -1),
    ("13.0.1", "13.0.01", 0, 0),
    ("13.0.9", "13.0.10", -1, -1),
    ("16.0.68.30", "16.0.68.4", 1, 1),
    ("13.0.1alpha1", "13.0.1", -1, -1),
    ("13.0.1alpha9", "13.0.1alpha10", -1, -1),
    ("13.0.1alpha", "13.0.1alpha0", -1, -1),
    ("13.0.1a1", "13.0.1alpha1", 0, 0),
    ("13.0.1b1", "13.0.1beta1", 0, 0),
    ("13.0.1ALPHA1", "13.0.1alpha1", -1, 0),
    ("13.0.1Beta1", "13.0.1beta1", -1, 0),
    ("13.0.1P1", "13.0.1p1", -1, 0),
    ("1.0DEV", "1.0dev", -1, 0),
    ("13.0.1rc1", "13.0.1RC1", 0, 0),
    ("2.11.0rc1", "2.11.0beta9", 1, 1),
    ("2.11.0rc1.1", "2.11.0rc1", 1, 1),
    ("2.11.0rc1", "2.11.0", -1, -1),
    ("2.11.0rc1", "2.11.0.0", -1, -1),
    ("13.0.1rc.1", "13.0.1rc1", 0, 0),
    ("1.0.0RC1", "1.0.0-rc.1", 0, 0),
    ("17.0.1.alpha1", "17.0.1alpha1", 0, 0),
    ("14.0.1alpha24", "14.0.1.1", -1, -1),
    ("15.0.1.17", "15.0.1alpha1", 1, 1),
    ("13.0.1p1", "13.0.1", 1, 1),
    ("13.0.1pl1", "13.0.1.5", 1, 1),
    ("13.0.1patch1", "13.0.1pl1", 0, 0),
    ("1.0preview1", "1.0", 1, 1),
    ("1.0build5", "1.0beta5", 0, 0),
    ("13.0.1dev", "13.0.1alpha1", -1, -1),
    ("13.0.1foo", "13.0.1dev", -1, -1),
    ("1.0foo", "1.0xyz", 0, 0),
    ("1.0final", "1.0", -1, -1),
    ("13.0.1snapshot", "13.0.1", -1, -1),
    ("13.0.1-1", "13.0.1.1", 0, 0),
    ("13.0.1_1", "13.0.1.1", 0, 0),
    ("13.0.1+1", "13.0.1.1", 0, 0),
    ("1.0~1", "1.0.1", -1, -1),
    ("1.0:1", "1.0.1", -1, -1),
    ("1.0,1", "1.0.1", -1, -1),
    ("1.0#1", "1.0.1", 1, 1),
    ("1.0..1", "1.0.1", 0, 0),
    ("17.0.1.", "17.0.1", -1, -1),
    ("1.0src1", "1.0rc1", -1, -1),
    ("v13.0.1", "13.0.1", -1, -1),
    ("13.0.1 ", "13.0.1", -1, -1),
    ("", "13.0.1", -1, -1),
    ("", "0", -1, -1),
    ("", "", 0, 0),
]


@pytest.mark.parametrize(("left", "right", "php", "freepbx"), F4)
def test_the_hand_table_of_the_reference_holds_in_both_directions(
    left: str, right: str, php: int, freepbx: int
) -> None:
    assert php_version_compare(left, right) == php
    assert php_version_compare(right, left) == -php
    assert compare(left, right, Contract.MIKOPBX) == php
    assert compare(left, right, Contract.FREEPBX) == freepbx


def test_versions_sort_by_their_contract() -> None:
    unsorted = ["1.10", "1.2", "1.2rc1", "1.2BETA1", DEVELOPMENT_BUILD, ""]
    ordered = sorted(unsorted, key=sort_key(Contract.FREEPBX))
    assert ordered == ["", DEVELOPMENT_BUILD, "1.2BETA1", "1.2rc1", "1.2", "1.10"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1.0", "1.1", Relation.NEWER),
        ("1.1", "1.0", Relation.OLDER),
        ("1.1", "1.01", Relation.SAME),
        ("", "1.0", Relation.UNKNOWN),
        ("1.0", "", Relation.UNKNOWN),
        ("1.0", DEVELOPMENT_BUILD, Relation.UNKNOWN),
        (DEVELOPMENT_BUILD, "1.0", Relation.UNKNOWN),
        (DEVELOPMENT_BUILD, DEVELOPMENT_BUILD, Relation.UNKNOWN),
    ],
)
def test_the_relation_of_two_versions_is_one_of_four_words(
    old: str, new: str, expected: Relation
) -> None:
    assert relation(old, new, Contract.MIKOPBX) is expected
    assert is_upgrade(old, new, Contract.MIKOPBX) is (expected is Relation.NEWER)


def test_a_development_build_is_older_than_every_release() -> None:
    assert compare(DEVELOPMENT_BUILD, "0.0.1dev", Contract.MIKOPBX) == -1
    assert compare("0.0.1dev", DEVELOPMENT_BUILD, Contract.MIKOPBX) == 1
    assert compare(DEVELOPMENT_BUILD, DEVELOPMENT_BUILD, Contract.MIKOPBX) == 0


def test_the_minimum_pbx_version_ignores_dev_in_the_pbx_only() -> None:
    assert meets_minimum("2026.3.1-dev", "2026.3.1")
    assert meets_minimum("2026.3.1", "2026.3.1-dev")
    assert meets_minimum("2026.3.1", "")
    assert not meets_minimum("2026.3.1-dev", "2026.3.2")


def test_a_million_signs_do_not_exhaust_the_stack() -> None:
    assert php_version_compare("1" + ".#" * 500_000, "1") == -1
    assert php_version_compare("9" * 1_000_000, "1") == 1
