"""Modules of the FreePBX contract that hook into each other, loaded as the host loads them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from modules_app.bridge.hook_faults import take_faults
from modules_app.bridge.registry import RegistryModule
from tests.workbench import Workbench

ASKING = """
import json
from modules_app.sdk import FreePbxModule

class Asker(FreePbxModule):
    def get_user(self, *given):
        return [self.pbx.hooks.process_hooks(*given) for _once in (1,)][0]

    def through_a_helper(self, *given):
        return self._helper(*given)

    def _helper(self, *given):
        return self.pbx.hooks.process_hooks(*given)

    def named(self, *given):
        hooks = self.pbx.hooks
        return hooks.process_hooks_by_class_method("Asker", "getUser", *given)

    def one(self, *given):
        return self.ask_one(*given)

    def ask_one(self, *given):
        return {}

    def only_b(self):
        return self.other()

    def other(self):
        return self.pbx.modules["bb"].about(self.pbx.modules.is_enabled("bb"))
"""
VIEWS = """
import json
from django.http import HttpResponse
from modules_app.sdk import this_module, current_module

def call(request, name):
    given = json.loads(request.GET.get("given", "[]"))
    try:
        answer = getattr(this_module(), name)(*given)
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    return HttpResponse(json.dumps([answer, given, current_module().id]))
"""
URLS = """
from django.urls import path
from . import views
urlpatterns = [path("<str:name>", views.call)]
"""
PLUG = {
    "class": "Asker",
    "namespace": "FreePBX\\modules",
    "priority": 500,
    "methods": [
        {"name": "askerGetUser", "calling_method": "getUser", "class": "", "namespace": ""}
    ],
}


def module(
    bench: Workbench, name: str, body: str, *, priority: int = 500, **method: str
) -> RegistryModule:
    text = "from modules_app.sdk import FreePbxModule, current_module\n"
    text += f"class {name.capitalize()}(FreePbxModule):\n{body}"
    made = bench.module({"module.py": text}, name, contract="freepbx")
    plug = {**PLUG, "priority": priority, "methods": [{**PLUG["methods"][0], **method}]}
    return replace(made, declared={"hooks": [plug]})


@pytest.fixture
def asker(bench: Workbench) -> RegistryModule:
    files = {"module.py": ASKING, "views.py": VIEWS, "urls.py": URLS}
    return bench.module(files, "asker", contract="freepbx")


def ask(
    bench: Workbench,
    asker: RegistryModule,
    *others: RegistryModule,
    method: str = "get_user",
    given: Any = ("x",),
) -> Any:
    path = f"/m/asker/{method}?given={json.dumps(list(given))}"
    (answer,) = bench.ask([asker, *others], {"path": path})
    assert answer["status"] == 200, answer["text"]
    return json.loads(answer["text"])


def test_every_hook_is_called_with_the_original_arguments_in_the_order_of_priorities(
    bench: Workbench, asker: RegistryModule
) -> None:
    body = "    def asker_get_user(self, word, seen):\n        seen.append(1)\n"
    body += "        return [word, len(seen), current_module().id]\n"
    first = module(bench, "cc", body, priority=10)
    others = [module(bench, name, body) for name in ("bb", "aa")]
    found, given, running = ask(bench, asker, *others, first, given=["hi", []])
    assert found == {"Cc": ["hi", 1, "cc"], "Aa": ["hi", 1, "aa"], "Bb": ["hi", 1, "bb"]}
    assert list(found) == ["Cc", "Aa", "Bb"]
    assert (given, running) == (["hi", []], "asker")


@pytest.mark.parametrize("name", ["askerGetUser", "asker_get_user"])
def test_a_method_is_found_in_either_spelling(
    bench: Workbench, asker: RegistryModule, name: str
) -> None:
    other = module(bench, "bb", f"    def {name}(self, word): return word\n")
    assert ask(bench, asker, other)[0] == {"Bb": "x"}


@pytest.mark.parametrize(
    "wrong", ["1 / 0", "raise SystemExit(3)", "self.asker_get_user_(word)", "raise BaseException"]
)
def test_a_hook_that_raises_is_charged_to_its_module_and_breaks_nobody(
    bench: Workbench, asker: RegistryModule, wrong: str
) -> None:
    bad = module(bench, "aa", f"    def asker_get_user(self, word): {wrong}\n")
    good = module(bench, "bb", "    def asker_get_user(self, word): return word\n")
    assert ask(bench, asker, bad, good)[0] == {"Bb": "x"}


def test_a_hook_without_its_method_or_class_is_a_failure_of_its_module(
    bench: Workbench, asker: RegistryModule
) -> None:
    missing = module(bench, "aa", "    pass\n")
    nowhere = module(bench, "bb", "    pass\n", **{"class": "Nowhere"})
    assert ask(bench, asker, missing, nowhere)[0] == {}


def test_another_class_of_the_module_may_hold_the_method(
    bench: Workbench, asker: RegistryModule
) -> None:
    body = "    pass\nclass Helper(FreePbxModule):\n"
    body += "    def asker_get_user(self, word): return self.module_unique_id + word\n"
    assert ask(bench, asker, module(bench, "bb", body, **{"class": "Helper"}))[0] == {"Bb": "bbx"}


def test_a_helper_between_hides_the_method_and_naming_it_helps(
    bench: Workbench, asker: RegistryModule
) -> None:
    other = module(bench, "bb", "    def asker_get_user(self, word): return word\n")
    assert ask(bench, asker, other, method="through_a_helper")[0] == {}
    assert ask(bench, asker, other, method="named")[0] == {"Bb": "x"}


def test_a_module_that_is_not_loaded_is_not_called(bench: Workbench, asker: RegistryModule) -> None:
    other = module(bench, "bb", "    def asker_get_user(self, word): return word\n")
    broken = module(bench, "cc", "    raise ValueError\n")
    assert ask(bench, asker, other, broken)[0] == {"Bb": "x"}
    assert ask(bench, asker)[0] == {}


def test_another_module_can_be_spoken_to(bench: Workbench, asker: RegistryModule) -> None:
    other = module(bench, "bb", "    def about(self, enabled): return [self.version, enabled]\n")
    assert ask(bench, asker, other, method="only_b", given=[])[0] == ["1.0.0", True]
    assert ask(bench, asker, method="only_b", given=[])[0] == "KeyError: 'bb'"


def test_modules_that_ask_each_other_without_end_are_stopped(
    bench: Workbench, asker: RegistryModule
) -> None:
    body = "    def asker_get_user(self, word):\n"
    body += "        return self.pbx.modules['asker'].get_user(word)\n"
    assert ask(bench, asker, module(bench, "bb", body))[1] == ["x"]


def test_a_child_of_the_operator_without_rows_and_host_says_why_nobody_is_asked(
    bench: Workbench,
) -> None:
    text = "from modules_app.sdk import FreePbxModule\nclass Asker(FreePbxModule):\n"
    text += "    def install(self): self.messages.append(str(self.pbx.hooks.process_hooks()))\n"
    answer = bench.run(bench.module({"module.py": text}, "asker", contract="freepbx"))
    *why, answers = answer["messages"]
    assert answers == "{}"
    assert all(text.startswith("install of — was not asked: ") for text in why)


def ask_from_outside(bench: Workbench, *modules: RegistryModule, **other: Any) -> dict[str, Any]:
    """Ask as a worker does, whose module is not among those of the host."""
    asked = {
        "class": "Asker",
        "namespace": "FreePBX\\modules",
        "calling_method": "get_user",
        "method": "askerGetUser",
        "given": ["x"],
        **other,
    }
    body = {"module": "bb", "arguments": asked, "language": "en", "seconds": 0.5}
    request = {"path": "/_hooks/between", "method": "POST", "data": json.dumps(body)}
    (answer,) = bench.ask(
        modules, {**request, "type": "application/json", "statement": {"module_id": "bb"}}
    )
    assert answer["status"] == 200, answer["text"]
    return json.loads(answer["text"])  # type: ignore[no-any-return]


def test_the_host_calls_a_hook_for_another_process(bench: Workbench) -> None:
    other = module(bench, "bb", "    def asker_get_user(self, word): return [word, self.version]\n")
    answer = ask_from_outside(bench, other)
    assert (answer["ok"], answer["value"]) == (True, ["x", "1.0.0"])


@pytest.mark.parametrize(
    "body", ["1 / 0", "return {1: object()} if not word else 1 / 0", "import time; time.sleep(9)"]
)
def test_a_hook_that_fails_or_hangs_for_another_process_is_an_answer(
    bench: Workbench, body: str
) -> None:
    other = module(bench, "bb", f"    def asker_get_user(self, word): {body}\n")
    answer = ask_from_outside(bench, other)
    assert not answer["ok"]
    assert "Error" in answer["error"] or "HookTimeout" in answer["error"]


@pytest.mark.parametrize(
    "other",
    [{"method": "install"}, {"calling_method": "delete"}, {"class": "Nobody"}],
)
def test_only_what_a_manifest_declares_is_called_for_another_process(
    bench: Workbench, other: dict[str, str]
) -> None:
    body = "    def asker_get_user(self, word): return word\n    def install(self, word): 1 / 0\n"
    answer = ask_from_outside(bench, module(bench, "bb", body), **other)
    assert answer == {"ok": False, "error": "the module has no such hook"}


def test_hooks_cannot_be_asked_for_outside_of_a_method(bench: Workbench) -> None:
    text = "from modules_app.sdk import FreePbxModule\nclass Asker(FreePbxModule): ...\n"
    text += "def outside(module): return module.pbx.hooks.process_hooks()\n"
    files = {
        "module.py": text,
        "urls.py": URLS,
        "views.py": VIEWS.replace("getattr(this_module(), name)(*given)", "call_it()")
        + "\ndef call_it():\n    from .module import outside\n    return outside(this_module())\n",
    }
    asker = bench.module(files, "asker", contract="freepbx")
    assert ask(bench, asker)[0].startswith("ModuleError: Hooks can be asked for only inside")


def test_failures_wait_for_the_operator_in_files(tmp_path: Any) -> None:
    from modules_app.host.outside import Files

    (tmp_path / "run").mkdir()
    for text in ("first", "second"):
        Files(tmp_path).hook_failed("greeter", "asker_get_user", text, 0.5)
    (fault,) = take_faults(tmp_path)
    assert (fault.module, fault.hook, fault.traceback) == ("greeter", "asker_get_user", "second")
    assert take_faults(tmp_path) == []
