"""Hooks of pages inside the host: around requests, collected answers, texts, blocks, secrets."""

from __future__ import annotations

from typing import Any

from modules_app.bridge.registry import RegistryModule
from tests.web_module import FILES, ID, PO
from tests.workbench import Workbench

OWN = f"/m/{ID}/"
COLLECTED = [
    "on_before_header_menu_show",
    "on_after_acl_prepared",
    "on_after_assets_prepared",
    "on_volt_block_compile",
]


def front(bench: Workbench, **files: str) -> RegistryModule:
    module = bench.module({**FILES, **files}, ID)
    assert bench.run(module)["ok"]
    return module


def answers(bench: Workbench, module: RegistryModule) -> dict[str, Any]:
    found = bench.run(module, "collect", hooks=COLLECTED)["answers"]
    return {hook: found[hook]["value"] for hook in COLLECTED}


def test_collected_answers_are_plain_data(bench: Workbench) -> None:
    found = answers(bench, front(bench))
    assert [(item["caption"], item["missing"]) for item in found[COLLECTED[0]]] == [
        ("Front reports", False),
        ("Front nowhere", True),
        ("Front installers", False),
    ]
    assert found[COLLECTED[1]] == [
        {"name": "reports", "caption": "Read the reports", "pages": ["reports/"]}
    ]
    assert found[COLLECTED[2]] == [
        {"page": "", "kind": "css", "path": "css/front.css"},
        {"page": "GeneralSettings", "kind": "js", "path": "js/front.js"},
    ]
    assert sorted(found[COLLECTED[3]]) == [
        "Layout/Footer",
        "ModulePage/Header",
        "PbxExtensionModules/AdditionalTab",
        "PbxExtensionModules/TabularMenu",
    ]


def test_one_wrong_answer_fails_alone_and_says_why(bench: Workbench) -> None:
    conf = FILES["conf.py"].replace("css/front.css", "../secret.css")
    conf = conf.replace('"reports", "Read', '"Re ports", "Read')
    found = bench.run(front(bench, **{"conf.py": conf}), "collect", hooks=COLLECTED)["answers"]
    assert [hook for hook in COLLECTED if not found[hook]["ok"]] == COLLECTED[1:3]
    assert "cannot name a right" in found[COLLECTED[1]]["error"]


def test_hooks_run_around_the_modules_own_pages(bench: Workbench) -> None:
    paths = (OWN + "?after=1", OWN + "?stop=1", OWN + "added/")
    page, stopped, added = bench.ask([front(bench)], *({"path": path} for path in paths))
    assert page["text"] == "instead of 200"
    assert (stopped["status"], stopped["text"]) == (418, "stopped by the module")
    assert added["text"] == "added by the hook"


def test_no_hook_sees_a_form_whose_token_was_not_checked(bench: Workbench) -> None:
    conf = FILES["conf.py"].replace('request.GET.get("stop")', 'request.method == "POST"')
    (answer,) = bench.ask([front(bench, **{"conf.py": conf})], {"path": OWN, "method": "POST"})
    assert answer["status"] == 403


def test_a_failing_page_hook_becomes_a_page_that_names_the_module(bench: Workbench) -> None:
    for line in ('if request.GET.get("stop"):', 'if request.GET.get("after"):'):
        raising = f"raise ValueError('wrong on purpose')\n        {line}"
        module = front(bench, **{"conf.py": FILES["conf.py"].replace(line, raising)})
        (answer,) = bench.ask([module], {"path": OWN}, rights=["operate", "install"])
        assert answer["status"] == 500
        assert "wrong on purpose" in answer["text"]


def test_the_right_of_a_page_lets_people_send_its_forms(bench: Workbench) -> None:
    token = "a" * 32
    request = {
        "path": OWN + "reports/",
        "method": "POST",
        "data": f"csrfmiddlewaretoken={token}",
        "cookies": {"csrftoken": token},
    }
    module = front(bench)
    refused, sent = bench.ask(
        [module], request, {**request, "statement": {"covered": True}}, rights=[]
    )
    assert (refused["status"], sent["status"]) == (403, 200)


def test_texts_of_a_module_come_after_ours(bench: Workbench) -> None:
    (page,) = bench.ask([front(bench)], {"path": OWN}, language="ru")
    assert "Текст модуля" in page["text"] and "ПОДМЕНА" not in page["text"]
    (other,) = bench.ask([front(bench)], {"path": OWN}, language="en")
    assert "Front text" in other["text"]


def test_a_broken_catalogue_costs_the_module_its_texts_only(bench: Workbench) -> None:
    module = front(bench, **{"locale/ru/LC_MESSAGES/django.po": PO.replace('msgid "Front', "x")})
    (page,) = bench.ask([module], {"path": OWN}, language="ru")
    assert page["status"] == 200 and "Front text" in page["text"]
