"""Who is called when a module asks, and in what order (reference F9.1)."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.hooks.between import ClassName, PlugTable, plugs_of, snake_case, spellings
from modules_app.manifests.reader import read_manifest

CORE = ClassName.read("FreePBX\\modules\\Core")


def declared(hooks: str) -> list[dict[str, Any]]:
    text = f"<module><rawname>greeter</rawname><version>1.0.0</version>{hooks}</module>"
    reading = read_manifest("module.xml", text.encode())
    assert reading.manifest is not None
    found: list[dict[str, Any]] = list(reading.manifest.facts["hooks"])
    return found


def hooks(*methods: str, target: str = 'class="Core" namespace="FreePBX\\modules"') -> str:
    return f"<hooks><core {target}>{''.join(methods)}</core></hooks>"


def method(text: str, calling: str = "getUser", more: str = "") -> str:
    return f'<method callingMethod="{calling}" {more}>{text}</method>'


def table(*modules: tuple[str, str]) -> PlugTable:
    return PlugTable(plug for name, text in modules for plug in plugs_of(name, declared(text)))


def called(found: PlugTable, target: ClassName = CORE, name: str = "getUser") -> list[str]:
    return [f"{plug.module_id}.{plug.method}" for plug in found.find(target, name)]


@pytest.mark.parametrize(
    ("camel", "snake"),
    [
        ("getTypes", "get_types"),
        ("doSQLThing", "do_sql_thing"),
        ("bulkhandlerGetTypes", "bulkhandler_get_types"),
        ("usermanShowPage", "userman_show_page"),
        ("get_types", "get_types"),
        ("install", "install"),
    ],
)
def test_a_method_is_written_as_python_writes_it(camel: str, snake: str) -> None:
    assert snake_case(camel) == snake
    assert spellings(camel) == tuple(dict.fromkeys((camel, snake)))


def test_lower_priorities_come_first_and_equal_ones_keep_their_order() -> None:
    last = 'class="Core" namespace="FreePBX\\modules" priority="900"'
    first = 'class="Core" namespace="FreePBX\\modules" priority="100"'
    found = table(
        ("a", hooks(method("late"), target=last)),
        ("b", hooks(method("one"), method("two"))),
        ("c", hooks(method("three"))),
        ("d", hooks(method("early"), target=first)),
    )
    assert called(found) == ["d.early", "b.one", "b.two", "c.three", "a.late"]


@pytest.mark.parametrize(
    ("target", "asking", "fits"),
    [
        ('class="Core" namespace="FreePBX\\modules"', "FreePBX\\modules\\Core", True),
        ('class="\\FreePBX\\modules\\Core"', "FreePBX\\modules\\Core", True),
        ('class="Core"', "FreePBX\\modules\\Core", True),
        ('class="Core" namespace="FreePBX\\modules"', "Core", True),
        ('class="Core" namespace="UCP"', "FreePBX\\modules\\Core", False),
        ('class="core" namespace="FreePBX\\modules"', "FreePBX\\modules\\Core", False),
        ("", "core", True),
        ("", "FreePBX\\modules\\Core", False),
    ],
)
def test_a_class_matches_with_its_namespace_and_letter_case(
    target: str, asking: str, fits: bool
) -> None:
    found = table(("a", hooks(method("one"), target=target)))
    assert called(found, ClassName.read(asking)) == (["a.one"] if fits else [])


@pytest.mark.parametrize("name", ["getUser", "get_user"])
@pytest.mark.parametrize("calling", ["getUser", "get_user"])
def test_either_spelling_of_the_calling_method_matches(name: str, calling: str) -> None:
    assert called(table(("a", hooks(method("one", calling)))), name=name) == ["a.one"]


def test_another_method_is_not_called() -> None:
    assert called(table(("a", hooks(method("one")))), name="getUsers") == []


def test_nothing_leaks_from_one_method_to_the_next() -> None:
    found = table(("a", hooks(method("one", more='class="Helper"'), method("two"))))
    assert [plug.own_class.name for plug in found.find(CORE, "getUser")] == ["Helper", ""]


def test_what_names_no_method_is_never_called() -> None:
    assert called(table(("a", hooks("<method>one</method>", method(""))))) == []


def test_several_blocks_for_one_target_all_count() -> None:
    block = hooks(method("one")) + hooks(method("two"))
    assert called(table(("a", block))) == ["a.one", "a.two"]
