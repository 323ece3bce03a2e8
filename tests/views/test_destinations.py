"""Choosing a destination in a form, and making a new one without leaving it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client, RequestFactory

from modules_app.bridge.hooks import HookAnswer
from modules_app.domain.destinations import Destination, forget_provider, register_provider
from modules_app.forms.destinations import DestinationField, offer_destinations
from modules_app.models import Module
from modules_app.services import destinations
from modules_app.views.proxy import Way
from tests.builders import zip_of
from tests.lifecycle import Life
from tests.pages import administrator

XML = """<module><rawname>bells</rawname><name>The bells</name><version>1.0</version>
<popovers><bell><display>new</display><action>add</action></bell></popovers>
<menuitems><bells>Bells</bells></menuitems></module>"""
MAIN = """
from modules_app.sdk import FreePbxModule

class Bells(FreePbxModule):
    def destinations(self):
        return [{"destination": "bell,3,1", "description": "Third bell"}]
"""
THIRD = {"destination": "bell,3,1", "description": "Third <b>bell</b>"}
ANSWER = {"destinations": [THIRD], "popovers": {"bell": "Bell"}}


class RouteForm(forms.Form):
    """A form such as an incoming route has."""

    target = DestinationField(required=False)


@pytest.fixture
def bells(life: Life) -> Module:
    life.install(zip_of({"bells/module.xml": XML, "bells/module.py": MAIN}), enable=True)
    return Module.objects.get(pk="bells")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[HookAnswer]:
    """What modules answer; nobody runs here."""
    said = [HookAnswer("bells", ok=True, value=ANSWER)]
    monkeypatch.setattr(destinations, "ask_modules", lambda *args, **more: said)
    return said


@pytest.fixture
def core() -> Iterator[None]:
    register_provider("test", lambda language: [Destination("ext,201,1", "201 Ann", "Extensions")])
    yield
    forget_provider("test")


def form_of(user: Any, *args: Any, **more: Any) -> RouteForm:
    request = RequestFactory().get("/routes/1/?x=1")
    request.user = user
    form = RouteForm(*args, **more)
    offer_destinations(form, request)
    return form


def test_the_operator_notes_that_a_module_has_destinations(bells: Module) -> None:
    assert "destinations" in bells.facts["hooks"]


def test_a_form_offers_what_the_admin_and_modules_have(
    bells: Module, answers: list[HookAnswer], core: None
) -> None:
    form = form_of(administrator())
    choices = dict(form.fields["target"].choices)
    assert choices[""] == "—"
    assert choices["Extensions"] == [("ext,201,1", "201 Ann")]
    assert choices["The bells"] == [("bell,3,1", "Third <b>bell</b>")]
    text = form["target"].as_field_group()
    assert "Third &lt;b&gt;bell&lt;/b&gt;" in text
    assert 'href="/popovers/bells/bell/?next=%2Froutes%2F1%2F%3Fx%3D1"' in text
    assert 'data-popover="id_target"' in text
    assert "New: Bell" in text


def test_only_what_is_offered_is_taken(bells: Module, answers: list[HookAnswer]) -> None:
    user = administrator()
    assert form_of(user, {"target": "bell,3,1"}).is_valid()
    assert form_of(user, {"target": ""}).is_valid()
    assert form_of(user, {"target": "bell,4,1"}).errors["target"] == [
        "This destination is not there any more. Choose another."
    ]


def test_what_is_stored_stays_while_its_module_is_away(
    bells: Module, answers: list[HookAnswer]
) -> None:
    answers.clear()
    stored = {"target": "bell,3,1"}
    form = form_of(administrator(), stored, initial=stored)
    assert form.is_valid()
    assert "bell,3,1 (not available now)" in form["target"].as_field_group()


@pytest.mark.parametrize(
    "answer",
    [
        HookAnswer("bells", error="late", timed_out=True),
        HookAnswer("bells", ok=True, value={"destinations": [{"destination": "no"}]}),
        HookAnswer("bells", ok=True, value="nonsense"),
    ],
)
def test_a_module_without_a_proper_answer_is_named_and_keeps_no_form_from_coming(
    bells: Module, answers: list[HookAnswer], answer: HookAnswer
) -> None:
    answers[:] = [answer]
    text = form_of(administrator())["target"].as_field_group()
    assert "Without those of The bells: no answer came." in text


def test_pages_for_new_ones_are_offered_to_who_may_open_them(
    bells: Module, answers: list[HookAnswer]
) -> None:
    clerk = User.objects.create_user("clerk", password="-")
    assert "data-popover=" not in form_of(clerk)["target"].as_field_group()
    clerk.user_permissions.add(Permission.objects.get(codename="bells:bells"))
    clerk = User.objects.get(pk=clerk.pk)
    assert "data-popover=" in form_of(clerk)["target"].as_field_group()
    assert "data-popover=" not in form_of(AnonymousUser())["target"].as_field_group()


def test_several_pages_stand_in_a_menu(
    bells: Module, answers: list[HookAnswer], life: Life
) -> None:
    more = XML.replace("</bell>", "</bell><gong><display>gong</display></gong>")
    life.install(zip_of({"bells/module.xml": more.replace("1.0", "1.1"), "bells/module.py": MAIN}))
    text = form_of(administrator())["target"].as_field_group()
    assert text.count("data-popover=") == 2
    assert "New destination" in text


def test_a_disabled_module_offers_no_page(
    bells: Module, answers: list[HookAnswer], life: Life
) -> None:
    life.disable("bells")
    assert "data-popover=" not in form_of(administrator())["target"].as_field_group()


DIALOG = {"X-Requested-With": "dialog"}
ADDRESS = "/popovers/bells/bell/"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, answers: list[HookAnswer]) -> list[tuple[str, str]]:
    """Which pages of the module were opened; one that gets a form makes a bell and leads on."""
    opened: list[tuple[str, str]] = []

    def open_page(request: HttpRequest, _module: str, page: str, way: Way) -> HttpResponse:
        opened.append((page, way.path))
        if request.method != "POST":
            return HttpResponse()
        more = {"destination": "bell,4,1", "description": "Fourth bell"}
        answers[:] = [HookAnswer("bells", ok=True, value={"destinations": [THIRD, more]})]
        return HttpResponseRedirect("/m/bells/")

    monkeypatch.setattr("modules_app.views.popovers.open_page", open_page)
    return opened


def test_a_dialog_learns_what_was_made(
    bells: Module, asked: list[tuple[str, str]], admin_page: Client
) -> None:
    answer = admin_page.post(ADDRESS, headers=DIALOG)
    assert answer.json()["made"] == ["bell,4,1"]
    assert [one["label"] for one in answer.json()["destinations"]] == [
        "Third <b>bell</b>",
        "Fourth bell",
    ]
    assert answer["Cache-Control"] == "no-store"


def test_nothing_counts_as_new_when_the_module_did_not_answer_before(
    bells: Module,
    asked: list[tuple[str, str]],
    answers: list[HookAnswer],
    admin_page: Client,
) -> None:
    answers[:] = [HookAnswer("bells", error="late", timed_out=True)]
    answer = admin_page.post(ADDRESS, headers=DIALOG).json()
    assert answer["made"] == []
    assert len(answer["destinations"]) == 2


def test_a_form_of_the_dialog_reaches_another_page_of_the_same_module(
    bells: Module, asked: list[tuple[str, str]], admin_page: Client
) -> None:
    for at in ("/m/bells/save/?a=b%26c", "/m/bells/a%20b/?fw_popover=1"):
        assert admin_page.get(ADDRESS, {"at": at}, headers=DIALOG).status_code == 200
    assert asked == [
        ("save/", "/m/bells/save/?a=b%26c&fw_popover=1"),
        ("a b/", "/m/bells/a%20b/?fw_popover=1"),
    ]


@pytest.mark.parametrize(
    "at",
    [
        "/m/other/",
        "/modules/",
        "//example.org/m/bells/",
        "https://example.org/m/bells/",
        "/m/bells/../other/",
        "/m/bells/%2e%2e/other/",
        "/m/bells//admin/",
        "/m/bells/%0d%0aX: y/",
    ],
)
def test_no_other_address_is_reached_by_way_of_a_dialog(
    at: str, bells: Module, asked: list[tuple[str, str]], admin_page: Client
) -> None:
    assert admin_page.get(ADDRESS, {"at": at}, headers=DIALOG).status_code == 404
    assert asked == []
