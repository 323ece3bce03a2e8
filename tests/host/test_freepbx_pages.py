"""Pages of FreePBX modules without urls.py, AJAX, and what modules do to each other's pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from modules_app.bridge.registry import RegistryModule
from tests.workbench import Workbench

TOKEN = "a" * 32

PAGE = """
from modules_app.sdk import render_page

def show(request):
    return render_page(request, "page.html", {"method": request.method})
"""
TEMPLATE = """{% extends "base.html" %}{% load sdk %}
{% block content %}<p>the page by {{ method }}</p>
<form method="post">{% csrf_token %}{% gui_hooks %}</form>{% right_nav %}{% endblock %}"""
MAIN = """
from django.http import HttpResponse
from modules_app.sdk import FreePbxModule

class Parrot(FreePbxModule):
    def show_page(self, request, display):
        return HttpResponse(f"shown {display}") if display in ("parrot", "wings") else None

    def do_config_page_init(self, page, request):
        if request.GET.get("stop"):
            return HttpResponse(f"stopped before {page}")

    def ajax_request(self, command):
        return {"change": True, "read": "GET"}.get(command, False)

    def ajax_handler(self, command, request):
        return {"command": command, "by": request.user.username}

    def get_right_nav(self, request):
        return [("Wings", "/m/parrot/wings/"), ("Elsewhere", "https://example.org/")]
"""
GUEST = """
from django.http import HttpResponse
from modules_app.sdk import FreePbxModule, posted

class Guest(FreePbxModule):
    def my_config_page_inits(self):
        return ["seeds"]

    def do_config_page_init(self, page, request):
        if posted(request).get("colour") == "red":
            return HttpResponse(f"the guest took {posted(request)['colour']} from {page}")

    def my_gui_hooks(self):
        return ["seeds", {"INTERCEPT": ["modules/parrot/page.seeds.php"]}]

    def do_gui_hook(self, component, page):
        component.add("colour", f"Colour on {page}", initial="<b>green</b>")

    def do_gui_intercept(self, file, output):
        return output.replace("the page by", "the page in other words by")
"""
BROKEN = GUEST.replace("Guest", "Broken").replace(
    "        component.add", "        1 / 0\n        component.add"
)


@pytest.fixture
def parrot(bench: Workbench) -> RegistryModule:
    files = {"module.py": MAIN, "page_seeds.py": PAGE, "templates/page.html": TEMPLATE}
    return bench.module(files, "parrot", contract="freepbx")


@pytest.fixture
def guest(bench: Workbench) -> RegistryModule:
    return bench.module({"module.py": GUEST}, "guest", contract="freepbx")


def send(path: str, *, token: bool = True, **data: str) -> dict[str, Any]:
    fields = {**data, "csrfmiddlewaretoken": TOKEN} if token else data
    return {
        "path": path,
        "method": "POST",
        "data": urlencode(fields),
        "cookies": {"csrftoken": TOKEN},
    }


def texts(answers: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(one["status"], one["text"]) for one in answers]


def test_files_and_the_method_make_pages(bench: Workbench, parrot: RegistryModule) -> None:
    page, first, wings, nothing = bench.ask(
        [parrot],
        {"path": "/m/parrot/seeds/"},
        {"path": "/m/parrot/"},
        {"path": "/m/parrot/wings/"},
        {"path": "/m/parrot/beak/"},
    )
    assert page["status"] == 200 and "the page by GET" in page["text"]
    assert texts([first, wings]) == [(200, "shown parrot"), (200, "shown wings")]
    assert nothing["status"] == 404


def test_the_module_itself_is_asked_before_each_of_its_pages(
    bench: Workbench, parrot: RegistryModule
) -> None:
    answers = bench.ask(
        [parrot], {"path": "/m/parrot/seeds/?stop=1"}, {"path": "/m/parrot/?stop=1"}
    )
    assert texts(answers) == [(200, "stopped before seeds"), (200, "stopped before parrot")]


def test_a_command_is_answered_if_allowed_and_changes_need_the_token(
    bench: Workbench, parrot: RegistryModule
) -> None:
    ajax = "/m/parrot/ajax/?command="
    read, change, by_get, without_token, unknown, none = bench.ask(
        [parrot],
        {"path": ajax + "read"},
        send(ajax + "change"),
        {"path": ajax + "change"},
        send(ajax + "change", token=False),
        send(ajax + "drop"),
        {"path": "/m/parrot/ajax/"},
    )
    assert (read["status"], read["text"]) == (200, '{"command": "read", "by": "ann"}')
    assert (change["status"], change["text"]) == (200, '{"command": "change", "by": "ann"}')
    assert [one["status"] for one in (by_get, without_token, unknown, none)] == [405, 403, 403, 403]
    assert "does not answer this command" in unknown["text"]


def test_who_may_only_look_sends_no_command(bench: Workbench, parrot: RegistryModule) -> None:
    [answer] = bench.ask([parrot], send("/m/parrot/ajax/?command=change"), rights=("view",))
    assert answer["status"] == 403


def test_another_module_adds_a_field_takes_it_and_rewrites_the_page(
    bench: Workbench, parrot: RegistryModule, guest: RegistryModule
) -> None:
    page, taken, other, alone = bench.ask(
        [parrot, guest],
        {"path": "/m/parrot/seeds/"},
        send("/m/parrot/seeds/", **{"m-guest-colour": "red"}),
        send("/m/parrot/seeds/", **{"m-guest-colour": "blue"}),
        {"path": "/m/parrot/wings/"},
    )
    assert "the page in other words by GET" in page["text"]
    assert "Colour on seeds" in page["text"] and 'name="m-guest-colour"' in page["text"]
    assert "&lt;b&gt;green&lt;/b&gt;" in page["text"] and "<b>green</b>" not in page["text"]
    assert taken["text"] == "the guest took red from seeds"
    assert 'value="blue"' in other["text"]
    assert alone["text"] == "shown wings"


def test_another_module_that_fails_leaves_the_page_as_it_is(
    bench: Workbench, parrot: RegistryModule
) -> None:
    broken = bench.module({"module.py": BROKEN}, "broken", contract="freepbx")
    [page] = bench.ask([parrot, broken], {"path": "/m/parrot/seeds/"})
    assert page["status"] == 200
    assert "the page in other words by GET" in page["text"]
    assert "m-broken-colour" not in page["text"]


def test_links_beside_the_page_stay_inside_the_module(
    bench: Workbench, parrot: RegistryModule
) -> None:
    [page] = bench.ask([parrot], {"path": "/m/parrot/seeds/"})
    assert '<a href="/m/parrot/wings/">Wings</a>' in page["text"]
    assert "example.org" not in page["text"]


def test_a_page_file_without_show_fails_the_module_with_its_name(bench: Workbench) -> None:
    module = bench.module(
        {"module.py": MAIN, "page_seeds.py": "shown = 1\n"}, "parrot", contract="freepbx"
    )
    [answer] = bench.ask([module], {"path": "/m/parrot/seeds/"})
    assert answer["status"] == 503
    assert "page_seeds.py has no function show(request)." in answer["text"]


def test_nobody_looks_at_a_page_only_by_a_statement_of_web(
    bench: Workbench, parrot: RegistryModule
) -> None:
    nobody = {"channel": "stranger", "permissions": [], "covered": True}
    looked, sent = bench.ask(
        [parrot],
        {"path": "/m/parrot/wings/", "statement": nobody},
        {**send("/m/parrot/wings/"), "statement": nobody},
    )
    assert texts([looked]) == [(200, "shown wings")]
    assert sent["status"] == 403


def test_a_form_offers_to_make_a_destination_in_another_module(
    bench: Workbench, parrot: RegistryModule
) -> None:
    template = """{% load sdk %}{% popover "parrot" "New perch" %}{% popover "nobody" "No" %}"""
    page = PAGE.replace("page.html", "offer.html")
    files = {"module.py": GUEST, "page_form.py": page, "templates/offer.html": template}
    guest = bench.module(files, "guest", contract="freepbx")
    named = [{"id": "perch", "arguments": {"display": "seeds", "action": "add"}}]
    [answer] = bench.ask(
        [replace(parrot, declared={"popovers": named}), guest], {"path": "/m/guest/form/?a=1"}
    )
    assert answer["text"] == (
        '<a class="btn btn-outline-secondary"'
        ' href="/popovers/parrot/perch/?next=%2Fm%2Fguest%2Fform%2F%3Fa%3D1">New perch</a>'
    )
