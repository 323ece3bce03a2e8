"""Calling hooks of many modules: order, empty answers, exceptions, shapes (reference M6.1)."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.hooks.dispatch import Dispatcher, call_hook, first_answer
from modules_app.hooks.specs import find_hook
from modules_app.hooks.values import LONGEST_ANSWER, WrongShape, as_json
from modules_app.sdk.conf import ConfigClass


class Facts:
    id = "ModuleX"
    code = None


def module(**methods: Any) -> ConfigClass:
    kind = type("XConf", (ConfigClass,), methods)
    return kind(Facts())  # type: ignore[arg-type]


def giving(value: Any, priority: int = 10_000) -> ConfigClass:
    def order(_self: Any, hook: str) -> int:
        return priority if hook == "create_nginx_locations" else 1

    return module(create_nginx_locations=lambda self: value, get_method_priority=order)


def test_low_priorities_come_first_then_ids() -> None:
    owners = {"ModuleC": giving("c"), "ModuleB": giving("b"), "ModuleA": giving("a", 20_000)}
    owners["ModuleD"] = giving("d", 5)
    answers = Dispatcher(ConfigClass, owners).call("create_nginx_locations")
    assert [one for one, _value in answers] == ["ModuleD", "ModuleB", "ModuleC", "ModuleA"]


def test_a_priority_counts_for_its_own_hook_only() -> None:
    early = module(
        get_module_workers=lambda self: [{"worker": "x"}],
        create_nginx_locations=lambda self: "x",
        get_method_priority=lambda self, hook: 1 if hook == "get_module_workers" else 10_001,
    )
    dispatcher = Dispatcher(ConfigClass, {"ModuleZ": early, "ModuleA": giving("a")})
    assert [one for one, _value in dispatcher.call("get_module_workers")] == ["ModuleZ"]
    answers = dispatcher.call("create_nginx_locations")
    assert [one for one, _value in answers] == ["ModuleA", "ModuleZ"]


@pytest.mark.parametrize("empty", [None, "", [], {}, 0, False])
def test_empty_answers_are_left_out(empty: Any) -> None:
    dispatcher = Dispatcher(ConfigClass, {"ModuleA": giving(empty), "ModuleB": giving("b")})
    assert dispatcher.call("create_nginx_locations") == [("ModuleB", "b")]


def test_who_raises_stops_nobody_and_is_named() -> None:
    def raising(_self: Any) -> str:
        raise SystemExit("bad")

    bad = module(create_nginx_locations=raising)
    dispatcher = Dispatcher(ConfigClass, {"ModuleA": bad, "ModuleB": giving("b")})
    failed = []
    answers = dispatcher.call("create_nginx_locations", failed=lambda *said: failed.append(said))
    assert answers == [("ModuleB", "b")]
    assert failed[0][0] == "ModuleA" and "SystemExit: bad" in failed[0][1]


def test_who_cannot_say_its_place_stands_where_all_stand() -> None:
    odd = module(
        create_nginx_locations=lambda self: "odd",
        get_method_priority=lambda self, hook: "first of all",
    )
    dispatcher = Dispatcher(ConfigClass, {"ModuleB": odd, "ModuleA": giving("a", 1)})
    assert [one for one, _value in dispatcher.call("create_nginx_locations")] == [
        "ModuleA",
        "ModuleB",
    ]


def test_the_first_answer_that_is_not_empty_wins() -> None:
    assert first_answer([("ModuleA", {}), ("ModuleB", {"role": "x"})]) == ("ModuleB", {"role": "x"})
    assert first_answer([("ModuleA", None)]) is None


@pytest.mark.parametrize(
    ("hook", "value"),
    [("create_nginx_locations", ["x"]), ("get_module_workers", "x"), ("create_cron_tasks", 7)],
)
def test_an_answer_of_a_wrong_shape_is_an_error_that_says_what_was_wanted(
    hook: str, value: Any
) -> None:
    call = call_hook(find_hook(hook), module(**{hook: lambda self, *more: value}), [])
    assert not call.ok and call.value is None
    assert f"{hook} returned {type(value).__name__}; wanted" in call.error


@pytest.mark.parametrize(
    "value", [{1, 2}.__iter__, float("nan"), "x" * (LONGEST_ANSWER + 1)], ids=["odd", "nan", "long"]
)
def test_an_answer_must_fit_into_a_row(value: Any) -> None:
    if callable(value):
        assert isinstance(as_json(value), str)  # what JSON does not know is told as text
    else:
        with pytest.raises(WrongShape):
            as_json(value)
