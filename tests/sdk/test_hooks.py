"""The hooks of a module: one table, vetoes, messages, menu items (reference M3, M6)."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from modules_app.bridge.registry import RegistryModule
from modules_app.hooks.specs import HOOKS, HookSpec, find_hook
from modules_app.sdk import ConfigClass
from tests.broken_modules import in_hook
from tests.workbench import Workbench


@pytest.mark.parametrize("spec", HOOKS, ids=lambda spec: spec.name)
def test_the_base_class_offers_each_hook_of_the_table(spec: HookSpec) -> None:
    method = getattr(ConfigClass, spec.name)
    names = tuple(inspect.signature(method).parameters)[1:]
    assert names == tuple(argument.name for argument in spec.arguments)
    assert method.__doc__
    assert find_hook(spec.name) is spec


def test_the_base_class_offers_no_hook_beside_the_table() -> None:
    offered = {name for part in ConfigClass.__bases__ for name in vars(part) if name[0] != "_"}
    assert offered == {spec.name for spec in HOOKS}


@pytest.mark.parametrize(
    ("task", "hook"),
    [("enable", "on_before_module_enable"), ("before-disable", "on_before_module_disable")],
)
def test_exactly_false_is_a_veto_with_its_reason(bench: Workbench, task: str, hook: str) -> None:
    body = "self.messages.append('calls are running')\nreturn False"
    answer = bench.run(bench.module(in_hook(hook, body)), task)
    assert answer["veto"] and not answer["ok"]
    assert answer["messages"] == ["calls are running"]
    assert answer["failed_step"] == hook


@pytest.mark.parametrize("value", ["None", "0", "''", "[]", "True"])
def test_no_other_answer_is_a_veto(bench: Workbench, value: str) -> None:
    module = bench.module(in_hook("on_before_module_enable", f"return {value}"))
    answer = bench.run(module, "enable")
    assert answer["ok"] and not answer["veto"]


def test_a_veto_without_words_gets_ours(bench: Workbench) -> None:
    module = bench.module(in_hook("on_before_module_disable", "return False"))
    answer = bench.run(module, "before-disable", language="ru")
    assert answer["messages"] == ["Модуль отказался выключаться и не объяснил причину."]


@pytest.mark.parametrize("raised", ["ValueError('x')", "SystemExit(0)", "KeyboardInterrupt"])
def test_a_raising_hook_is_no_veto_but_told(bench: Workbench, raised: str) -> None:
    module = bench.module(in_hook("on_before_module_disable", f"raise {raised}"))
    answer = bench.run(module, "before-disable")
    assert not answer["ok"] and not answer["veto"]
    assert answer["messages"] == ["The code of the module failed."]
    assert "in on_before_module_disable" in answer["error"]


def test_the_installation_says_which_hooks_a_module_has(bench: Workbench) -> None:
    module = bench.module(in_hook("on_after_module_enable", "return None"))
    assert bench.run(module)["hooks"] == ["on_after_module_enable"]


def test_methods_of_the_freepbx_contract_count_as_hooks(bench: Workbench) -> None:
    code = """
from modules_app.sdk import FreePbxModule
class Broken(FreePbxModule):
    def enable(self): self.messages.append("enabled")
    def disable(self): self.messages.append("disabled")
"""
    module = bench.module({"module.py": code}, "broken", contract="freepbx")
    assert bench.run(module)["hooks"] == ["on_before_module_enable", "on_after_module_disable"]
    assert bench.run(module, "enable")["messages"] == ["enabled"]
    assert bench.run(module, "after-disable")["messages"] == ["disabled"]


def asked_for_menu(bench: Workbench, module: RegistryModule, **more: Any) -> dict[str, Any]:
    hook = "on_before_header_menu_show"
    return bench.run(module, "collect", hooks=[hook], **more)["answers"][hook]  # type: ignore[no-any-return]


def test_menu_items_of_the_header_hook_come_back(bench: Workbench) -> None:
    body = """
menu = arguments[0]
self.messages.append(menu.groups[0]["key"])
menu.add("Reports", href="reports/", group="maintenance", icon="chart line", order=5)
"""
    module = bench.module(in_hook("on_before_header_menu_show", body))
    answer = asked_for_menu(bench, module, menu=[{"key": "setup", "items": []}])
    assert answer["ok"], answer
    assert answer["messages"] == ["setup"]
    assert answer["value"] == [
        {
            "key": "ModuleBroken:reports",
            "group": "maintenance",
            "icon": "chart line",
            "caption": "Reports",
            "href": "/m/ModuleBroken/reports/",
            "shown": True,
            "order": 5,
            "right": "",
            "missing": True,
        }
    ]


@pytest.mark.parametrize("href", ["/admin/", "../other/", "/m/ModuleOther/"])
def test_a_menu_item_cannot_lead_out_of_the_module(bench: Workbench, href: str) -> None:
    body = f"arguments[0].add('x', href={href!r})"
    module = bench.module(in_hook("on_before_header_menu_show", body))
    answer = asked_for_menu(bench, module)
    assert "ValueError" in answer["error"]
    assert answer["value"] is None


def test_the_conf_class_is_found_by_its_name_among_several(bench: Workbench) -> None:
    code = """
from modules_app.sdk import ConfigClass
class Other(ConfigClass): pass
class BrokenConf(ConfigClass):
    def on_after_module_enable(self): self.messages.append("by name")
"""
    assert bench.run(bench.module({"conf.py": code}), "after-enable")["messages"] == ["by name"]


def test_several_conf_classes_without_the_name_are_refused(bench: Workbench) -> None:
    code = """
from modules_app.sdk import ConfigClass
class One(ConfigClass): pass
class Two(ConfigClass): pass
"""
    answer = bench.run(bench.module({"conf.py": code}), "after-enable")
    assert "BrokenConf" in answer["messages"][0]
