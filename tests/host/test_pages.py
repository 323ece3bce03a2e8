"""Requests to loaded modules: pages, walls between modules, forms, raw records, tables."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from modules_app.bridge.registry import RegistryModule
from tests import broken_modules as broken
from tests.workbench import Workbench

TOKEN = "a" * 32
LIST = "/m/ModuleBlackList/"
RECORDS = LIST + "admin/m_ModuleBlackList/blacklistnumbers/"


@pytest.fixture
def black_list(bench: Workbench) -> RegistryModule:
    module = bench.example("ModuleBlackList", "mikopbx")
    assert bench.run(module)["ok"]
    return module


def form(path: str, **data: str) -> dict[str, Any]:
    body = urlencode({**data, "csrfmiddlewaretoken": TOKEN})
    return {"path": path, "method": "POST", "data": body, "cookies": {"csrftoken": TOKEN}}


def test_the_page_lists_adds_finds_and_deletes(
    bench: Workbench, black_list: RegistryModule
) -> None:
    first, added, shown, found, deleted, last = bench.ask(
        [black_list],
        {"path": LIST},
        form(LIST, number="74952293042", description="Fraud"),
        {"path": LIST},
        {"path": LIST + "?search=fraud"},
        form(LIST + "1/delete/"),
        {"path": LIST},
    )
    assert "0000000000" in first["text"] and first["status"] == 200
    assert (added["status"], added["headers"]["Location"]) == (302, LIST)
    assert "Calls from 74952293042 are refused." in shown["text"]
    assert "0000000000" not in found["text"] and "Fraud" in found["text"]
    assert deleted["status"] == 302
    assert "0000000000 can call again." in last["text"]


def test_notices_travel_in_a_cookie_of_the_module(
    bench: Workbench, black_list: RegistryModule
) -> None:
    added, shown = bench.ask([black_list], form(LIST, number="12345"), {"path": LIST})
    assert list(added["cookies"]) == ["m_ModuleBlackList_messages"]
    assert added["cookies"]["m_ModuleBlackList_messages"][1] == LIST
    assert shown["cookies"]["m_ModuleBlackList_messages"] == ["", LIST]


@pytest.mark.parametrize(("number", "said"), [("abc", "2 to 31 digits"), ("0000000000", "already")])
def test_wrong_input_is_explained_beside_the_field(
    bench: Workbench, black_list: RegistryModule, number: str, said: str
) -> None:
    (answer,) = bench.ask([black_list], form(LIST, number=number))
    assert answer["status"] == 422
    assert said in answer["text"]


def test_pages_speak_the_language_of_the_statement(
    bench: Workbench, black_list: RegistryModule
) -> None:
    (answer,) = bench.ask([black_list], {"path": LIST}, language="ru")
    assert "Чёрный список" in answer["text"]
    assert 'lang="ru"' in answer["text"]
    assert answer["headers"]["Content-Language"] == "ru"


def test_assets_have_addresses_that_change_with_the_package(
    bench: Workbench, black_list: RegistryModule
) -> None:
    (answer,) = bench.ask([black_list], {"path": LIST})
    assert f"/assets/ModuleBlackList/{black_list.generation}/img/logo.svg" in answer["text"]


def test_a_form_without_token_is_refused(bench: Workbench, black_list: RegistryModule) -> None:
    request = {"path": LIST, "method": "POST", "data": "number=123456"}
    assert bench.ask([black_list], request)[0]["status"] == 403
    assert len(bench.rows(black_list, "SELECT * FROM m_BlackListNumbers")) == 1


@pytest.mark.parametrize(
    "request_",
    [
        {"path": LIST, "headers": {"X-PBX-Statement": ""}},
        {"path": LIST, "headers": {"X-PBX-Statement": "e30.AAAA"}},
        {"path": LIST, "headers": {"X-PBX-Statement": "ö"}},
        {"path": LIST, "statement": {"module_id": "ModuleOther"}},
    ],
)
def test_nobody_comes_in_without_a_statement_for_this_module(
    bench: Workbench, black_list: RegistryModule, request_: dict[str, Any]
) -> None:
    assert bench.ask([black_list], request_)[0]["status"] == 403


def test_records_can_be_added_changed_and_deleted_in_the_admin(
    bench: Workbench, black_list: RegistryModule
) -> None:
    index, listed, added, changed, page, deleted = bench.ask(
        [black_list],
        {"path": LIST + "admin/"},
        {"path": RECORDS},
        form(RECORDS + "add/", number="111", description="new"),
        form(RECORDS + "2/change/", number="222", description="new"),
        {"path": RECORDS + "2/change/"},
        form(RECORDS + "1/delete/", post="yes"),
    )
    assert (index["status"], listed["status"], page["status"]) == (200, 200, 200)
    assert "0000000000" in listed["text"]
    assert "History" not in page["text"]
    assert [answer["status"] for answer in (added, changed, deleted)] == [302, 302, 302]
    assert bench.rows(black_list, "SELECT number FROM m_BlackListNumbers") == [("222",)]


def test_models_without_an_admin_class_get_a_plain_one(bench: Workbench) -> None:
    code = """
from django.db import models
from modules_app.sdk import ModuleModel
class Item(ModuleModel):
    name = models.CharField(max_length=9)
    story = models.TextField(blank=True)
"""
    module = bench.module({"models.py": code})
    bench.run(module)
    bench.rows(module, "INSERT INTO m_Item (name, story) VALUES ('chair', 'long')")
    (answer,) = bench.ask([module], {"path": "/m/ModuleBroken/admin/m_ModuleBroken/item/"})
    assert "chair" in answer["text"]
    assert "long</td>" not in answer["text"]


def test_those_who_may_only_look_send_no_forms(
    bench: Workbench, black_list: RegistryModule
) -> None:
    page, sent = bench.ask(
        [black_list], {"path": LIST}, form(LIST, number="12345"), rights=["view"]
    )
    assert (page["status"], sent["status"]) == (200, 403)
    assert "0000000000" in page["text"] and 'name="number"' not in page["text"]
    assert len(bench.rows(black_list, "SELECT * FROM m_BlackListNumbers")) == 1


def test_the_admin_is_closed_to_those_who_may_only_look(
    bench: Workbench, black_list: RegistryModule
) -> None:
    index, login = bench.ask(
        [black_list],
        {"path": LIST + "admin/"},
        {"path": LIST + "admin/login/"},
        rights=["view"],
    )
    assert index["status"] == 302
    assert login["status"] == 403


@pytest.mark.parametrize("kind", ["Exception", "SystemExit", "RecursionError"])
def test_b17_a_failing_page_is_answered_by_a_page_that_names_the_module(
    bench: Workbench, kind: str
) -> None:
    bodies = {
        "Exception": "raise ValueError('wrong on purpose')",
        "SystemExit": "import sys; sys.exit(3)",
        "RecursionError": "return page(request)",
    }
    module = bench.module(broken.in_page(bodies[kind]))
    (answer,) = bench.ask([module], {"path": "/m/ModuleBroken/"})
    assert answer["status"] == 500
    assert "The ModuleBroken" in answer["text"]
    assert "Traceback" not in answer["text"]


def test_the_traceback_is_shown_to_those_who_may_install(bench: Workbench) -> None:
    module = bench.module(broken.in_page("raise ValueError('<secret>')"))
    (answer,) = bench.ask([module], {"path": "/m/ModuleBroken/"}, rights=["view", "install"])
    assert "ValueError: &lt;secret&gt;" in answer["text"]


def test_a_template_that_fails_names_the_module(bench: Workbench) -> None:
    files = broken.in_page("return render_page(request, 'x.html')")
    files["urls.py"] = "from modules_app.sdk import render_page\n" + files["urls.py"]
    files["templates/x.html"] = "{% extends 'base.html' %}{% block title %}{% no %}{% endblock %}"
    (answer,) = bench.ask([bench.module(files)], {"path": "/m/ModuleBroken/"})
    assert answer["status"] == 500
    assert "The ModuleBroken" in answer["text"]


@pytest.mark.parametrize("kind", broken.RAISES)
def test_a_module_that_cannot_be_loaded_takes_no_other_down(
    bench: Workbench, black_list: RegistryModule, kind: str
) -> None:
    bad = bench.module(broken.at_import(broken.RAISES[kind][0], "models.py"))
    failed, good, health = bench.ask(
        [bad, black_list], {"path": "/m/ModuleBroken/"}, {"path": LIST}, {"path": "/_host/health"}
    )
    assert failed["status"] == 503
    assert broken.RAISES[kind][1] in unescape(failed["text"])
    assert good["status"] == 200
    assert '"sequence": 7' in health["text"]
    assert '"ModuleBlackList": {"ok": true}' in health["text"]
    assert '"ModuleBroken": {"ok": false' in health["text"]


def test_half_imported_models_of_a_failed_module_are_gone(
    bench: Workbench, black_list: RegistryModule
) -> None:
    code = """
from modules_app.sdk import ModuleModel
class Half(ModuleModel): pass
raise ValueError
"""
    bad = bench.module({"models.py": code})
    assert bench.ask([bad, black_list], {"path": RECORDS})[0]["status"] == 200


def test_two_modules_may_use_the_same_names_for_everything(bench: Workbench) -> None:
    modules = []
    for name in ("ModuleOne", "ModuleTwo"):
        modules.append(
            bench.module(
                {
                    "urls.py": """
from django.urls import path
from modules_app.sdk import render_page
urlpatterns = [path("", lambda request: render_page(request, "page.html"), name="page")]
""",
                    "models.py": """
from modules_app.sdk import ModuleModel
class Thing(ModuleModel): pass
""",
                    "templates/page.html": "{% load sdk %}"
                    + name
                    + ": {% url 'page' %} {% text 'word' %} {{ title }}",
                    "messages/en.json": '{"word": "word of ' + name + '"}',
                },
                name,
            )
        )
    one, two, again = bench.ask(
        modules, {"path": "/m/ModuleOne/"}, {"path": "/m/ModuleTwo/"}, {"path": "/m/ModuleOne/"}
    )
    assert one["text"] == "ModuleOne: /m/ModuleOne/ word of ModuleOne The ModuleOne"
    assert two["text"] == "ModuleTwo: /m/ModuleTwo/ word of ModuleTwo The ModuleTwo"
    assert again["text"] == one["text"]


def test_templates_of_one_module_are_out_of_reach_for_another(bench: Workbench) -> None:
    one = bench.module({"templates/secret.html": "mine"}, "ModuleOne")
    page = broken.in_page("return render_page(request, 'secret.html')")
    page["urls.py"] = "from modules_app.sdk import render_page\n" + page["urls.py"]
    answer = bench.ask([one, bench.module(page, "ModuleTwo")], {"path": "/m/ModuleTwo/"})[0]
    assert answer["status"] == 500


def test_streamed_parts_run_as_the_module(bench: Workbench) -> None:
    page = broken.in_page(
        "return StreamingHttpResponse(current_module().id + str(n) for n in range(2))"
    )
    page["urls.py"] = (
        "from django.http import StreamingHttpResponse\n"
        "from modules_app.sdk import current_module\n" + page["urls.py"]
    )
    (answer,) = bench.ask([bench.module(page)], {"path": "/m/ModuleBroken/"})
    assert answer["text"] == "ModuleBroken0ModuleBroken1"


def test_a_module_that_is_not_loaded_has_no_pages(
    bench: Workbench, black_list: RegistryModule
) -> None:
    answers = bench.ask([black_list], {"path": "/m/ModuleOther/"}, {"path": LIST + "nowhere/"})
    assert [answer["status"] for answer in answers] == [404, 404]


@pytest.mark.parametrize("urls", ["", "from django.urls import path\nurlpatterns = []"])
def test_a_python_module_without_start_page_gets_an_overview(bench: Workbench, urls: str) -> None:
    code = "from modules_app.sdk import ModuleModel\nclass Thing(ModuleModel): pass\n"
    module = bench.module({"models.py": code, **({"urls.py": urls} if urls else {})})
    bench.run(module)
    (answer,) = bench.ask([module], {"path": "/m/ModuleBroken/"})
    assert answer["status"] == 200
    assert "no start page of its own" in answer["text"]
    assert 'href="/m/ModuleBroken/admin/"' in answer["text"]
    assert "m_Thing" in answer["text"]
    assert "pbx_model_state" not in answer["text"]


def test_urls_without_urlpatterns_are_told_when_loading(bench: Workbench) -> None:
    (answer,) = bench.ask([bench.module({"urls.py": ""})], {"path": "/m/ModuleBroken/"})
    assert answer["status"] == 503
    assert "urlpatterns" in answer["text"]


def test_a_php_module_says_so_and_shows_its_tables_page_by_page(bench: Workbench) -> None:
    module = bench.module({"App/X.php": "<?php"}, language="php")
    bench.rows(module, "CREATE TABLE m_Numbers (id INTEGER PRIMARY KEY, note TEXT, raw BLOB)")
    bench.rows(
        module,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120) "
        "INSERT INTO m_Numbers SELECT i, 'note <' || i || '>', x'00ff' FROM n",
    )
    overview, first, last, beyond, unknown = bench.ask(
        [module],
        *({"path": "/m/ModuleBroken/" + rest} for rest in ("", "tables/m_Numbers/")),
        {"path": "/m/ModuleBroken/tables/m_Numbers/?page=3"},
        {"path": "/m/ModuleBroken/tables/m_Numbers/?page=99x"},
        {"path": "/m/ModuleBroken/tables/sqlite_master/"},
        language="en",
    )
    assert "written in PHP" in overview["text"]
    assert "What does not work here" in overview["text"]
    assert re.search(r"m_Numbers</a></td><td[^>]*>120<", overview["text"])
    assert "note &lt;1&gt;" in first["text"] and "note &lt;51&gt;" not in first["text"]
    assert "Page 3 of 3" in last["text"] and "note &lt;120&gt;" in last["text"]
    assert "Page 1 of 3" in beyond["text"]
    assert unknown["status"] == 404


def test_a_declarative_module_without_data_has_a_page(bench: Workbench) -> None:
    module = bench.module({}, language="declarative")
    (answer,) = bench.ask([module], {"path": "/m/ModuleBroken/"})
    assert "no program code" in answer["text"]
    assert "has no tables" in answer["text"]
