"""Fields that modules add to a form: declared as data, judged by us, stored by the module."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from modules_app.bridge.hooks import HookAnswer
from modules_app.domain.extra_fields import FieldKind, is_safe_pattern, read_field
from modules_app.forms.extra import ExtraFieldsForm, name_of
from modules_app.selectors.settings import read_setting
from modules_app.services import module_forms
from modules_app.services.module_forms import FormPart, SaveProblem

Calls = list[tuple[str, dict[str, Any]]]
FIELD = {"name": "limit", "label": "Limit", "kind": "number", "low": 1, "high": 9}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "a-b"}, "no name of a field"),
        ({"kind": "file"}, "there is no kind"),
        ({"kind": "choice"}, "needs choices"),
        ({"kind": "text", "pattern": "("}, "no regular expression"),
        ({"kind": "text", "pattern": "(a+)+$"}, "no regular expression"),
    ],
)
def test_a_field_that_cannot_be_used_says_why(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_field({**FIELD, **wrong})


@pytest.mark.parametrize("pattern", [r"\d{3,5}", r"[A-Z]+\d*", r"(red|blue)", r"\+?[0-9]+"])
def test_usual_patterns_can_be_used(pattern: str) -> None:
    assert is_safe_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(a*)*", "(a|a)+(b?)+", "((a))+", ".*.*.*x", "(a{1,})+"])
def test_patterns_that_may_take_for_ever_cannot(pattern: str) -> None:
    assert not is_safe_pattern(pattern)


@pytest.mark.parametrize(
    ("more", "typed", "cleaned"),
    [
        ({}, "5", 5),
        ({}, "10", None),
        ({}, "five", None),
        ({"kind": "bool"}, "on", True),
        ({"kind": "text", "high": 3}, "abc", "abc"),
        ({"kind": "text", "high": 3}, "abcd", None),
        ({"kind": "text", "low": None, "pattern": "[a-z]+"}, "abc1", None),
        ({"kind": "text", "low": None, "pattern": "a|b"}, "bc", None),
        ({"kind": "choice", "choices": [["1", "one"]]}, "2", None),
        ({"kind": "textarea", "low": None, "high": None}, "a\nb", "a\nb"),
    ],
)
def test_values_are_judged_by_what_was_declared(
    more: dict[str, Any], typed: str, cleaned: Any
) -> None:
    part = FormPart("ModuleX", (read_field({**FIELD, "required": True, **more}),))
    form = ExtraFieldsForm({name_of("ModuleX", "limit"): typed}, parts=[part])
    assert form.is_valid() is (cleaned is not None)
    if cleaned is not None:
        assert form.values() == {"ModuleX": {"limit": cleaned}}


def test_what_a_module_says_stands_at_its_field() -> None:
    part = FormPart("ModuleX", (read_field({**FIELD, "kind": FieldKind.NUMBER}),))
    form = ExtraFieldsForm({name_of("ModuleX", "limit"): "5"}, parts=[part])
    assert form.is_valid()
    form.tell(SaveProblem("ModuleX", {"limit": "too much", "": ""}))
    assert form.errors[name_of("ModuleX", "limit")] == ["too much", "The module gave no answer."]


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> tuple[Calls, dict[str, HookAnswer]]:
    """What modules are asked, and what they answer by the name of the hook."""
    calls: Calls = []
    says = {
        module_forms.ADD_FIELDS: HookAnswer("ModuleX", ok=True, value=[FIELD]),
        module_forms.SAVE_FIELDS: HookAnswer("ModuleX", ok=True, value=None),
    }

    def ask(hook: str, arguments: dict[str, Any], **_more: Any) -> list[HookAnswer]:
        calls.append((hook, arguments))
        return [says[hook]]

    monkeypatch.setattr(module_forms, "ask_modules", ask)
    return calls, says


def form_of(client: Client) -> dict[str, str]:
    text = client.get("/settings/").content.decode()
    found = dict(re.findall(r'<input type="(?:text|number)" name="([^"]+)" value="([^"]*)"', text))
    chosen = re.findall(r'<select name="([^"]+)".*?<option value="([^"]+)" selected', text, re.S)
    return {**found, **dict(chosen)}


def test_a_wrong_value_stores_nothing_anywhere(
    admin_page: Client, modules: tuple[Calls, dict[str, HookAnswer]]
) -> None:
    calls, _says = modules
    sent = {**form_of(admin_page), "SIPPort": "5099", "m-ModuleX-limit": "99"}
    answer = admin_page.post("/settings/", sent)
    assert answer.status_code == 422
    assert read_setting("SIPPort") == "5060"
    assert module_forms.SAVE_FIELDS not in [hook for hook, _arguments in calls]


def test_an_error_of_ours_keeps_the_module_from_storing(
    admin_page: Client, modules: tuple[Calls, dict[str, HookAnswer]]
) -> None:
    calls, _says = modules
    sent = {**form_of(admin_page), "SIPPort": "no port", "m-ModuleX-limit": "5"}
    assert admin_page.post("/settings/", sent).status_code == 422
    assert module_forms.SAVE_FIELDS not in [hook for hook, _arguments in calls]


def test_a_module_that_refuses_changes_nothing_of_ours(
    admin_page: Client, modules: tuple[Calls, dict[str, HookAnswer]]
) -> None:
    calls, says = modules
    says[module_forms.SAVE_FIELDS] = HookAnswer("ModuleX", ok=True, value={"limit": "not now"})
    sent = {**form_of(admin_page), "SIPPort": "5099", "m-ModuleX-limit": "5"}
    answer = admin_page.post("/settings/", sent)
    assert answer.status_code == 422
    assert "not now" in answer.content.decode()
    assert read_setting("SIPPort") == "5099"
    assert calls[-1][1]["values"] == {"limit": 5}
    assert calls[-1][1]["entity"]["SIPPort"] == "5099"


def test_a_module_that_cannot_say_its_fields_is_named(
    admin_page: Client, modules: tuple[Calls, dict[str, HookAnswer]]
) -> None:
    _calls, says = modules
    says[module_forms.ADD_FIELDS] = HookAnswer("ModuleX", error="ValueError: no")
    assert "“ModuleX” adds fields here but failed." in admin_page.get("/settings/").content.decode()
    says[module_forms.ADD_FIELDS] = HookAnswer("ModuleX", ok=True, value=[{"name": "?"}])
    assert "“ModuleX” adds fields here but failed." in admin_page.get("/settings/").content.decode()
