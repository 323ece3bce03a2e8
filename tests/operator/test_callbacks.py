"""Other modules are asked before one is installed or removed (reference F9.6)."""

from __future__ import annotations

import pytest

from modules_app.bridge.hook_faults import HookFault, leave_fault
from modules_app.models import HookResult, Module, PbxSetting
from modules_app.operator.hook_faults import note_hook_faults
from modules_app.selectors.freepbx import list_generators, list_plugs
from modules_app.selectors.registry import RegistryReader
from tests.builders import zip_of
from tests.lifecycle import Life

HEAD = "from modules_app.sdk import FreePbxModule\n\nclass {name}(FreePbxModule):\n"


def package(name: str, body: str = "    pass\n", more: str = "", version: str = "1.0.0") -> bytes:
    manifest = (
        f"<module><rawname>{name}</rawname><name>The {name}</name>"
        f"<version>{version}</version>{more}</module>"
    )
    text = HEAD.format(name=name.capitalize()) + body
    return zip_of({"module.xml": manifest, "module.py": text})


def callback(which: str, answer: str) -> str:
    return f"    def module_{which}_check_callback(self, modules):\n        {answer}\n"


def put(life: Life, content: bytes, name: str = "") -> None:
    operation = life.install(content)
    assert operation.outcome == "done", operation.error
    if name:
        assert life.enable(name).outcome == "done"


ABOUT = "x = modules['other']; return f\"{x['verb']} {x['name']} {x['version']}\""


def test_an_enabled_module_may_refuse_an_installation_and_is_named(life: Life) -> None:
    put(life, package("guard", callback("install", ABOUT)), "guard")
    operation = life.install(package("other", version="1.2.3"))
    assert operation.outcome == "refused"
    assert operation.error["slug"] == "refused-by-module"
    assert operation.error["context"]["other"] == "guard"
    assert operation.error["context"]["said"] == "install The other 1.2.3"
    assert not Module.objects.filter(pk="other").exists()
    assert life.install(package("other"), force=True).outcome == "done"
    assert HookResult.objects.get(hook="module_install_check_callback").ok


def test_a_disabled_module_is_not_asked_and_none_is_asked_about_itself(life: Life) -> None:
    body = callback("install", "return 'no'") + callback("uninstall", "return 'no'")
    put(life, package("guard", body))
    put(life, package("other"))
    assert life.enable("guard").outcome == "done"
    assert life.install(package("guard", body, version="1.1.0")).outcome == "done"
    assert life.remove("guard").outcome == "done"


def test_an_enabled_module_may_refuse_a_removal(life: Life) -> None:
    put(life, package("guard", callback("uninstall", "return ['needed']")), "guard")
    put(life, package("other"))
    operation = life.remove("other")
    assert (operation.outcome, operation.error["context"]["said"]) == ("refused", "needed")
    assert life.remove("other", force=True).outcome == "done"


@pytest.mark.parametrize("wrong", ["1 / 0", "import os; os._exit(3)"])
def test_a_callback_that_fails_is_recorded_and_refuses_nothing(life: Life, wrong: str) -> None:
    put(life, package("guard", callback("install", wrong)), "guard")
    put(life, package("other"))
    result = HookResult.objects.get(hook="module_install_check_callback")
    assert (result.module_id, result.ok) == ("guard", False)
    assert result.error


def test_enable_may_refuse_and_may_write_a_setting_of_its_own(life: Life) -> None:
    body = '    def enable(self): return self.settings.get("keeper_ready") == "1"\n'
    put(life, package("keeper", body))
    operation = life.enable("keeper")
    assert operation.outcome == "refused"
    assert Module.objects.get().wanted == "off"
    body = '    def enable(self): self.settings.set("keeper_ready", "1")\n'
    put(life, package("keeper", body, version="1.1.0"), "keeper")
    assert PbxSetting.objects.get(key="keeper_ready").value == "1"


def test_hooks_and_generators_of_enabled_modules_are_known_in_their_order(life: Life) -> None:
    hooks = (
        '<hooks><core class="Core" namespace="FreePBX\\modules" priority="{}">'
        '<method callingMethod="getUser">mine</method></core></hooks>'
    )
    config = "    def get_config(self, engine): return ''\n"
    put(life, package("aa", config, hooks.format(600)), "aa")
    methods = '<methods><get_config pri="50">get_config</get_config></methods>'
    put(life, package("bb", config, hooks.format(100) + methods), "bb")
    put(life, package("cc", config, hooks.format(1)))
    assert [(one.module_id, one.priority) for one in list_generators()] == [("bb", 50), ("aa", 100)]
    assert [(one.module_id, one.priority) for one in list_plugs()] == [("bb", 100), ("aa", 600)]
    assert [one.module_id for one in list_plugs("cc")] == ["cc"]
    (first, second) = RegistryReader().read().modules
    assert [block["priority"] for block in first.declared["hooks"]] == [600]
    assert second.declared["methods"][0]["priority"] == 50


def test_failures_that_the_host_leaves_are_noted_with_their_module(life: Life) -> None:
    put(life, package("guard"))
    trace = "Traceback\nValueError: no"
    for module in ("guard", "gone"):
        leave_fault(life.data_dir.root, HookFault(module, "asker_get_user", trace, 0.25))
    assert note_hook_faults(life.tools) == 2
    (result,) = HookResult.objects.filter(hook="asker_get_user")
    assert (result.module_id, result.ok, result.error) == ("guard", False, "ValueError: no")
    assert note_hook_faults(life.tools) == 0


def test_files_of_fileinclude_in_php_are_listed_as_not_run(life: Life) -> None:
    more = "<fileinclude><install>a.php</install><install>b.py</install></fileinclude>"
    put(life, package("guard", more=more))
    (note,) = [
        one for one in Module.objects.get().facts["does_not"] if one["slug"] == "does-not-include"
    ]
    assert note["context"]["names"] == "a.php"
