"""Who offers destinations, and which answers of modules are taken."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.domain import destinations
from modules_app.domain.destinations import (
    Destination,
    by_category,
    forget_provider,
    provided,
    read_destinations,
    register_provider,
    without_doubles,
)


@pytest.fixture
def providers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has registered yet."""
    monkeypatch.setattr(destinations, "_providers", {})


def test_parts_of_the_admin_are_asked_in_the_order_of_their_registration(providers: None) -> None:
    register_provider("one", lambda language: [Destination("a", f"A in {language}", "First")])
    register_provider("two", lambda language: [Destination("b", "B", "Second")])
    assert [one.label for one in provided("ru")] == ["A in ru", "B"]
    register_provider("one", lambda language: [])
    assert [one.label for one in provided("ru")] == ["B"]
    forget_provider("two")
    assert provided("ru") == ()


def test_a_module_without_categories_stands_under_its_own_name() -> None:
    found = read_destinations(
        "bells",
        "The bells",
        [
            {"destination": "bell,3,1", "description": "Third bell"},
            {"destination": "bell,*4#,1", "category": "Loud ones"},
        ],
    )
    assert found == (
        Destination("bell,3,1", "Third bell", "The bells", "bells"),
        Destination("bell,*4#,1", "bell,*4#,1", "Loud ones", "bells"),
    )
    assert list(by_category(found)) == ["The bells", "Loud ones"]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "bell,3,1",
        [["bell,3,1", "Third bell"]],
        [{"description": "No value"}],
        [{"destination": "bell,3"}],
        [{"destination": "bell,3,1)\nexten => s,1,System(x"}],
        [{"destination": "bell,${SHELL(x)},1"}],
        [{"destination": "b" * 190 + ",3,1"}],
        [{"destination": f"bell,{number},1"} for number in range(2001)],
    ],
)
def test_what_could_break_the_dialplan_is_refused(answer: Any) -> None:
    with pytest.raises(ValueError, match="destination"):
        read_destinations("bells", "The bells", answer)


def test_no_module_takes_a_value_of_somebody_before_it() -> None:
    ours, theirs = Destination("a,1,1", "Ours", "X"), Destination("a,1,1", "Theirs", "Y", "evil")
    assert without_doubles([ours, theirs]) == (ours,)
