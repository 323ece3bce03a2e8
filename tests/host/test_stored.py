"""Answers that are stored, asked for in the host and in a child: the same rules for both."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules_app.bridge.registry import RegistryModule
from tests.workbench import Workbench

ROUTES, PEERS = "generate_incoming_rout_before_dial", "override_pjsip_options"
CONF = """
import time
from modules_app.sdk import ConfigClass

class BrokenConf(ConfigClass):
    def extension_globals(self):
        return "A=1"

    def generate_incoming_rout_before_dial(self, rout_number):
        if rout_number == "bad":
            raise ValueError("no")
        if rout_number == "long":
            return "x" * 100_000
        if rout_number == "list":
            return ["x"]
        if rout_number == "slow":
            time.sleep(20)
        return "same => n,NoOp(" + rout_number + ")"

    def override_pjsip_options(self, extension, options):
        options["max_contacts"] = 7
        return options

    def get_method_priority(self, hook):
        return 42
"""


def numbers(*names: str) -> dict[str, dict[str, str]]:
    return {name: {"rout_number": name} for name in names}


@pytest.fixture
def module(bench: Workbench) -> RegistryModule:
    return bench.module({"conf.py": CONF})


def in_host(
    bench: Workbench, module: RegistryModule, hook: str, seconds: float = 3.0, **other: Any
) -> dict[str, Any]:
    """Ask as the operator asks the host; return the whole answer."""
    asked = {"generation": module.generation, "epoch": module.epoch, "hook": hook, **other}
    body = {"module": module.id, "arguments": asked, "language": "en", "seconds": seconds}
    request = {"path": "/_hooks/collect", "method": "POST", "data": json.dumps(body)}
    (answer,) = bench.ask([module], {**request, "type": "application/json"})
    assert answer["status"] == 200, answer["text"]
    return json.loads(answer["text"])  # type: ignore[no-any-return]


def in_child(bench: Workbench, module: RegistryModule, hook: str, **questions: Any) -> Any:
    return bench.run(module, "collect", hooks=[hook], questions=questions)["answers"][hook]


def test_host_and_child_answer_alike(bench: Workbench, module: RegistryModule) -> None:
    asked = numbers("100", "bad", "long", "list")
    found = in_host(bench, module, ROUTES, questions=asked)
    assert found["ok"]
    for answer in (found["value"], in_child(bench, module, ROUTES, **{ROUTES: asked})):
        assert answer["values"] == {"100": "same => n,NoOp(100)"}
        assert set(answer["failed"]) == {"bad", "long", "list"}
        assert "ValueError: no" in answer["error"] and "asked about 'bad'" in answer["error"]
        assert "at most 65536" in answer["failed"]["long"]
        assert (answer["ok"], answer["priority"]) == (False, 42)


def test_what_a_module_did_to_its_argument_is_found(
    bench: Workbench, module: RegistryModule
) -> None:
    given = {"extension": "201", "options": {"type": "aor", "max_contacts": "5"}}
    answer = in_child(bench, module, PEERS, **{PEERS: {"201/aor": given}})
    assert answer["values"] == {"201/aor": {"max_contacts": "7"}}


def test_a_hook_without_arguments_is_answered_by_the_host_too(
    bench: Workbench, module: RegistryModule
) -> None:
    answer = in_host(bench, module, "extension_globals")["value"]
    assert (answer["ok"], answer["value"], answer["priority"]) == (True, "A=1", 42)


@pytest.mark.parametrize("other", [{"generation": "g0"}, {"epoch": "e0"}])
def test_another_version_of_code_or_data_is_not_asked(
    bench: Workbench, module: RegistryModule, other: dict[str, str]
) -> None:
    found = in_host(bench, module, "extension_globals", **other)
    assert not found["ok"] and "another version" in found["error"]


def test_a_host_that_is_too_slow_leaves_the_question_to_a_child(
    bench: Workbench, module: RegistryModule
) -> None:
    asked = numbers("100", "slow", "200")
    found = in_host(bench, module, ROUTES, 0.5, questions=asked)
    assert not found["ok"]
