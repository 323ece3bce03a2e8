"""The steps of a module of the FreePBX contract in a child of the operator (F3.3 to F3.6, F9)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workbench import Workbench

HEAD = "from modules_app.sdk import FreePbxModule\n\nclass Greeter(FreePbxModule):\n"


def run(
    bench: Workbench,
    body: str = "    pass\n",
    task: str = "install",
    *,
    files: dict[str, str] | None = None,
    facts: dict[str, Any] | None = None,
    after: str = "",
    **more: Any,
) -> dict[str, Any]:
    made = {"module.py": HEAD + body + after, **(files or {})}
    module = bench.module(made, "greeter", contract="freepbx")
    return bench.run(module, task, manifest={"facts": facts or {}}, **more)


def method(name: str, body: str, arguments: str = "") -> str:
    return f"    def {name}(self{arguments}):\n        {body}\n"


def test_an_empty_class_has_nothing_to_be_called(bench: Workbench) -> None:
    answer = run(bench)
    assert answer["ok"], answer
    assert (answer["hooks"], answer["generators"]) == ([], [])


def test_enable_may_refuse_with_false_or_an_exception_before_anything_has_changed(
    bench: Workbench,
) -> None:
    said = method("enable", "self.messages.append('no trunk'); return False")
    answer = run(bench, said, "enable")
    assert (answer["ok"], answer["veto"], answer["messages"]) == (False, True, ["no trunk"])
    answer = run(bench, method("enable", "raise ValueError('no trunk')"), "enable")
    assert (answer["ok"], answer["veto"]) == (False, True)
    assert answer["messages"] == ["ValueError: no trunk"]
    assert "no trunk" in answer["error"]
    assert run(bench, method("enable", "return None"), "enable")["ok"]


def test_what_disable_answers_does_not_matter(bench: Workbench) -> None:
    answer = run(bench, method("disable", "return False"), "after-disable")
    assert (answer["ok"], answer["veto"]) == (True, False)
    assert not run(bench, method("disable", "1 / 0"), "after-disable")["veto"]


def test_methods_of_its_own_are_what_the_operator_calls(bench: Workbench) -> None:
    body = method("enable", "return None") + method("disable", "return None")
    body += method("module_install_check_callback", "return True", ", modules")
    after = "\ndef greeter_module_uninstall_check_callback(modules): return True\n"
    assert run(bench, body, after=after)["hooks"] == [
        "on_before_module_enable",
        "on_after_module_disable",
        "module_install_check_callback",
        "module_uninstall_check_callback",
    ]


@pytest.mark.parametrize(
    ("answer", "veto", "messages"),
    [
        ("None", False, []),
        ("True", False, []),
        ("''", False, []),
        ("[]", False, []),
        ("False", True, []),
        ("'clashes'", True, ["clashes"]),
        ("['a', 'b']", True, ["a", "b"]),
        ("{'x': 'a'}", True, ["a"]),
        ("modules['new']['version']", True, ["2.0"]),
    ],
)
@pytest.mark.parametrize("how", ["method", "function"])
def test_a_callback_agrees_or_says_why_not(
    bench: Workbench, how: str, answer: str, veto: bool, messages: list[str]
) -> None:
    name = "module_install_check_callback"
    body, after = "    pass\n", ""
    if how == "method":
        body = method(name, f"return {answer}", ", modules")
    else:
        after = f"\ndef greeter_{name}(modules): return {answer}\n"
    about = {"callback": name, "modules": {"new": {"version": "2.0"}}}
    found = run(bench, body, "callback", after=after, **about)
    assert (found["veto"], found["messages"]) == (veto, messages)
    assert found["ok"] is not veto


def test_a_callback_that_raises_is_no_refusal(bench: Workbench) -> None:
    body = method("module_install_check_callback", "1 / 0", ", modules")
    about = {"callback": "module_install_check_callback", "modules": {}}
    answer = run(bench, body, "callback", **about)
    assert (answer["ok"], answer["veto"]) == (False, False)
    assert "ZeroDivisionError" in answer["error"]


def test_included_files_run_once_before_install_and_php_is_told(bench: Workbench) -> None:
    facts = {"fileinclude": {"install": ["lib/a.inc.py", "b.php", "c.py", "lib/a.inc.py"]}}
    files = {
        "lib/a.inc.py": "from ..main import SEEN\nSEEN.append('included')\n",
        "main.py": "SEEN = []\n",
        "b.php": "<?php",
    }
    body = method("install", "from .main import SEEN; self.messages.append(str(SEEN))")
    assert run(bench, body, files=files, facts=facts)["messages"] == [
        "b.php is named in fileinclude and was not run: only Python runs here.",
        "c.py is named in fileinclude, but the package has no such file.",
        "['included']",
    ]


def test_an_included_file_that_raises_ends_the_installation(bench: Workbench) -> None:
    facts = {"fileinclude": {"install": ["a.py"]}}
    answer = run(bench, files={"a.py": "raise ValueError('no')"}, facts=facts)
    assert (answer["failed_step"], answer["messages"]) == ("fileinclude", ["ValueError: no"])


def test_files_for_the_removal_run_before_uninstall(bench: Workbench) -> None:
    facts = {"fileinclude": {"uninstall": ["a.py"], "install": ["no.py"]}}
    files = {"a.py": "from .main import SEEN\nSEEN.append(1)\n", "main.py": "SEEN = []\n"}
    body = method("uninstall", "from .main import SEEN; self.messages.append(str(SEEN))")
    assert run(bench, body, "uninstall", files=files, facts=facts)["messages"] == ["[1]"]


def declared(*functions: tuple[str, int]) -> dict[str, Any]:
    return {
        "methods": [
            {"name": "get_config", "function": name, "priority": priority}
            for name, priority in functions
        ]
    }


@pytest.mark.parametrize(
    ("body", "facts", "expected"),
    [
        (method("get_config", "return ''", ", engine"), {}, [("get_config", 100, "default")]),
        (
            method("hook_get_config", "return ''", ", engine"),
            {},
            [("hook_get_config", 600, "default")],
        ),
        (
            method("get_config", "return ''", ", engine"),
            declared(("get_config", 480)),
            [("get_config", 480, "declared")],
        ),
        (
            method("getConfig", "return ''", ", engine"),
            declared(("getConfig", 300)),
            [("get_config", 300, "declared")],
        ),
        ("    pass\n", declared(("nowhere", 300)), [("nowhere", 300, "missing")]),
        (
            method("my_dialplan_hooks", "return True"),
            {},
            [("do_dialplan_hook", 500, "my_dialplan_hooks")],
        ),
        (
            method("my_dialplan_hooks", "return 42"),
            {},
            [("do_dialplan_hook", 42, "my_dialplan_hooks")],
        ),
        (method("my_dialplan_hooks", "return False"), {}, []),
    ],
)
def test_generators_have_the_priorities_of_the_reference(
    bench: Workbench, body: str, facts: dict[str, Any], expected: list[tuple[str, int, str]]
) -> None:
    found = run(bench, body, facts=facts)["generators"]
    assert [(one["method"], one["priority"], one["source"]) for one in found] == expected


def test_a_function_of_module_py_may_be_declared(bench: Workbench) -> None:
    after = "\ndef greeter_get_config(engine): return ''\n"
    body = method("get_config", "return ''", ", engine")
    found = run(bench, body, after=after, facts=declared(("greeter_get_config", 120)))
    assert [(one["method"], one["priority"]) for one in found["generators"]] == [
        ("greeter_get_config", 120)
    ]


def collected(bench: Workbench, body: str, **more: Any) -> dict[str, Any]:
    """Return what is stored of the generators of a module."""
    answers: dict[str, Any] = run(
        bench, body, "collect", hooks=["get_config", "gen_config"], **more
    )["answers"]
    return answers


def test_generators_answer_in_the_order_of_their_priorities(bench: Workbench) -> None:
    body = (
        method("hook_get_config", "return '[late]'", ", engine")
        + method("get_config", "return f'[early]\\nexten => 1,1,NoOp({engine})'", ", engine")
        + method("my_dialplan_hooks", "return 300")
        + method(
            "do_dialplan_hook",
            "self.pbx.dialplan.splice('internal', '201', 1, 'NoOp(first)')",
            ", engine, priority",
        )
    )
    answer = collected(bench, body)["get_config"]
    assert answer["ok"], answer
    assert [(one["method"], one["priority"]) for one in answer["value"]["pieces"]] == [
        ("get_config", 100),
        ("hook_get_config", 600),
    ]
    assert "NoOp(asterisk)" in answer["value"]["pieces"][0]["text"]
    (edit,) = answer["value"]["edits"]
    assert (edit["method"], edit["priority"]) == ("do_dialplan_hook", 300)
    assert edit["edit"]["at"] == "1" and edit["edit"]["value"] == "NoOp(first)"


def test_an_edit_that_would_break_the_file_is_the_fault_of_the_module(bench: Workbench) -> None:
    body = method("get_config", "self.pbx.dialplan.add('x]\\n[general', '1', 'NoOp()')", ", engine")
    answer = collected(bench, body)["get_config"]
    assert not answer["ok"] and "is not a context of the dialplan" in answer["error"]


def test_files_begin_with_the_name_of_the_module(bench: Workbench) -> None:
    body = method("gen_config", "return {'greeter.conf': '[general]\\n'}")
    assert collected(bench, body)["gen_config"]["value"] == {"greeter.conf": "[general]\n"}
    for name in ("extensions.conf", "greeter2.conf", "greeter/../pjsip.conf", "greeter.txt"):
        answer = collected(bench, method("gen_config", f"return {{{name!r}: 'x'}}"))["gen_config"]
        assert not answer["ok"] and "begins with the module's" in answer["error"]


def test_write_config_may_change_what_gen_config_made(bench: Workbench) -> None:
    body = method("gen_config", "return {'greeter.conf': 'a'}") + method(
        "write_config",
        "self.pbx.write_config({'greeter_more.conf': conf['greeter.conf']})",
        ", conf",
    )
    assert collected(bench, body)["gen_config"]["value"] == {"greeter_more.conf": "a"}


def test_what_makes_dialplan_is_asked_for_it(bench: Workbench) -> None:
    body = method("get_config", "return ''", ", engine") + method("gen_config", "return {}")
    assert run(bench, body)["hooks"] == ["get_config", "gen_config"]
    assert collected(bench, body)["get_config"]["value"] is None
