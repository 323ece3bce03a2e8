"""A namespace that was changed, in whatever way, is looked at again."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from modules_app.host import versions
from modules_app.host.versions import Versions, counts_changes, namespace_of


class Kind:
    def method(self) -> int:
        return 1


def thing() -> tuple[ModuleType, type]:
    """Return a module and a class of this test alone."""
    module = ModuleType("made")
    exec("def function(): return 1\ndef replace():\n    global function\n    function = 7",
         vars(module))  # fmt: skip
    return module, type("Made", (Kind,), {"method": lambda self: 2, "__slots__": ()})


CHANGES: dict[str, Callable[[Any, Any], object]] = {
    "attribute of a module": lambda module, kind: setattr(module, "function", 7),
    "entry of a module": lambda module, kind: vars(module).update(function=7),
    "global statement": lambda module, kind: module.replace(),
    "attribute that is gone": lambda module, kind: delattr(module, "function"),
    "method": lambda module, kind: setattr(kind, "method", None),
    "method by type": lambda module, kind: type.__setattr__(kind, "method", None),
    "special method": lambda module, kind: setattr(kind, "__len__", lambda self: 1),
    "method that is gone": lambda module, kind: delattr(kind, "method"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_until_it_is_accepted(change: str) -> None:
    holders = thing()
    seen = Versions(holders)
    assert [*seen.changed()] == []

    CHANGES[change](*holders)

    (number,) = seen.changed()
    assert "method" in change or number == 0
    assert [*seen.changed()] == [number]
    seen.accept(number)
    assert [*seen.changed()] == []


def test_looking_and_calling_change_nothing() -> None:
    module, kind = thing()
    seen = Versions((module, kind, json))
    assert (module.function(), kind().method(), json.dumps(1)) == (1, 2, "1")
    assert {*vars(module)} and {**vars(kind)}
    assert [*seen.changed()] == []


def test_this_python_counts_and_another_one_takes_everything_for_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert counts_changes()
    monkeypatch.setattr(versions.sys, "version_info", (3, 14, 0))
    assert not counts_changes()
    assert [*Versions(thing()).changed()] == [0, 1]


def test_the_namespace_of_a_class_is_its_own() -> None:
    _module, kind = thing()
    names = namespace_of(kind)
    assert names is not None and names["method"] is vars(kind)["method"]
    assert namespace_of(json) is vars(json)
