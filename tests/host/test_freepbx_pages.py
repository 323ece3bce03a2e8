"""Pages of FreePBX modules without urls.py, AJAX, and what modules do to each other's pages."""

from __future__ import annotations

import json
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


CHOOSER = """
from django import forms
from modules_app.sdk import DestinationField, offer_destinations, render_page

class RouteForm(forms.Form):
    target = DestinationField()

def show(request):
    form = RouteForm(request.POST or None)
    offer_destinations(form, request)
    return render_page(request, "choose.html", {"form": form})
"""
BELLS = """
from modules_app.sdk import FreePbxModule

class Bells(FreePbxModule):
    def destinations(self):
        return [{"destination": "bell,3,1", "description": "Third bell"}]

    def destination_popovers(self):
        return {"bell": "Bell"}
"""


def bells_and_chooser(bench: Workbench, bells: str) -> list[RegistryModule]:
    files = {
        "module.py": GUEST,
        "page_form.py": CHOOSER,
        "templates/choose.html": '<form method="post">{% csrf_token %}{{ form }}</form>',
    }
    guest = bench.module(files, "guest", contract="freepbx")
    named = {"popovers": [{"id": "bell", "arguments": {"display": "new"}}]}
    offering = bench.module({"module.py": bells}, "bells", contract="freepbx")
    return [replace(offering, declared=named), guest]


def test_a_form_of_a_module_chooses_among_the_destinations_of_others(bench: Workbench) -> None:
    modules = bells_and_chooser(bench, BELLS)
    [answer] = bench.ask(modules, {"path": "/m/guest/form/"})
    assert '<optgroup label="The bells">' in answer["text"]
    assert '<option value="bell,3,1">Third bell</option>' in answer["text"]
    assert 'href="/popovers/bells/bell/?next=%2Fm%2Fguest%2Fform%2F"' in answer["text"]
    assert "New: Bell" in answer["text"]


def test_a_module_whose_destinations_fail_is_named_at_the_field(bench: Workbench) -> None:
    broken = BELLS.replace("return [{", "1 / 0; return [{")
    [answer] = bench.ask(bells_and_chooser(bench, broken), {"path": "/m/guest/form/"})
    assert answer["status"] == 200
    assert "Without those of The bells: no answer came." in answer["text"]


def test_the_host_tells_the_admin_the_destinations_of_a_module(bench: Workbench) -> None:
    def ask(bells: str) -> dict[str, Any]:
        question = {"module": "bells", "arguments": {}, "language": "en", "seconds": 1}
        [answer] = bench.ask(
            bells_and_chooser(bench, bells),
            {
                "path": "/_hooks/destinations",
                "method": "POST",
                "data": json.dumps(question),
                "type": "application/json",
                "statement": {"module_id": "bells"},
            },
        )
        return json.loads(answer["text"])  # type: ignore[no-any-return]

    assert ask(BELLS)["value"] == {
        "destinations": [{"destination": "bell,3,1", "description": "Third bell"}],
        "popovers": {"bell": "Bell"},
    }
    wrong = ask(BELLS.replace("bell,3,1", "bell"))
    assert wrong["ok"] is False
    assert "write context,extension,priority" in wrong["error"]


def test_a_page_for_a_dialog_comes_without_the_frame(bench: Workbench) -> None:
    page = '{% extends "base.html" %}{% block heading %}New{% endblock %}'
    page += '{% block content %}<form method="post"></form>{% endblock %}'
    files = {"module.py": BELLS, "page_new.py": PAGE, "templates/page.html": page}
    bells = bench.module(files, "bells", contract="freepbx")
    dialog = {"X-Requested-With": "dialog"}
    part, whole, own = bench.ask(
        [bells],
        {"path": "/m/bells/new/?fw_popover=1", "headers": dialog},
        {"path": "/m/bells/new/?fw_popover=1"},
        {"path": "/m/bells/new/", "headers": dialog},
    )
    assert part["text"].lstrip().startswith("<div data-popover-part")
    assert "<h2>New</h2>" in part["text"]
    assert "<html" in whole["text"]
    assert "<html" in own["text"]
