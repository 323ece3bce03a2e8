"""A destination is made in a dialog above the form that needs it, and what was typed stays."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.axe import check
from tests.builders import zip_of
from tests.e2e.conftest import NewContext
from tests.e2e.site import Site

XML = """<module><rawname>bells</rawname><name>The bells</name><version>1.0</version>
<popovers><bell><display>new</display><action>add</action></bell></popovers>
<menuitems><bells>Bells</bells></menuitems><database><table name="bells_rung">
<field name="id" type="integer" primarykey="true" autoincrement="true"/>
<field name="name" type="string" length="40"/></table></database></module>"""
MODELS = """
from django.db import models
from modules_app.sdk import ModuleModel

class Bell(ModuleModel):
    name = models.CharField(max_length=40)

    class Meta:
        db_table = "bells_rung"
        managed = False
"""
MAIN = """
from django import forms
from django.http import HttpResponseRedirect
from modules_app.sdk import DestinationField, FreePbxModule, offer_destinations, render_page
from .models import Bell

class BellForm(forms.Form):
    name = forms.CharField(max_length=8)

class RouteForm(forms.Form):
    name = forms.CharField()
    target = DestinationField()

class Bells(FreePbxModule):
    def show_page(self, request, display):
        if display == "new":
            form = BellForm(request.POST or None)
            if form.is_valid():
                Bell.objects.create(name=form.cleaned_data["name"])
                return HttpResponseRedirect("/m/bells/")
        else:
            form = RouteForm(request.POST or None)
            offer_destinations(form, request)
            if form.is_valid():
                display = "sent to " + form.cleaned_data["target"]
        status = 422 if form.errors else 200
        return render_page(request, "page.html", {"display": display, "form": form}, status=status)

    def destinations(self):
        return [{"destination": f"bell,{one.pk},1", "description": one.name}
                for one in Bell.objects.order_by("pk")]

    def destination_popovers(self):
        return {"bell": "Bell"}
"""
TEMPLATE = """{% extends "base.html" %}
{% block title %}{{ title }}{% endblock %}{% block heading %}Page {{ display }}{% endblock %}
{% block content %}<form method="post" class="card card-body">{% csrf_token %}{{ form }}
<button class="btn btn-primary">Save</button></form>{% endblock %}"""


def install(site: Site) -> None:
    files = {
        "module.xml": XML,
        "module.py": MAIN,
        "models.py": MODELS,
        "templates/page.html": TEMPLATE,
    }
    site.install(zip_of({f"bells/{name}": text for name, text in files.items()}), enable=True)


def test_a_destination_is_made_in_place(site: Site, page: Page) -> None:
    install(site)
    page.goto("/m/bells/")
    page.get_by_label("Name").fill("typed before")
    own = page.get_by_label("Destination").locator("option[value='internal,hangup,1']")
    expect(own).to_have_count(1)
    check(page, "form with a destination")
    opener = page.get_by_role("link", name="New: Bell")
    opener.click()
    dialog = page.get_by_role("dialog", name="Page new")
    expect(dialog.get_by_label("Name")).to_be_focused()
    check(page, "dialog with a module's form")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()

    opener.click()
    dialog.get_by_label("Name").fill("far too long a name")
    dialog.get_by_label("Name").evaluate("field => field.removeAttribute('maxlength')")
    dialog.get_by_label("Name").fill("far too long a name")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(".error-summary")).to_be_focused()
    check(page, "dialog with a mistake")
    dialog.get_by_label("Name").fill("Dinner")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    chosen = page.get_by_label("Destination")
    expect(chosen).to_be_focused()
    expect(chosen.locator("option:checked")).to_have_text("Dinner")
    expect(page.get_by_label("Name")).to_have_value("typed before")
    expect(page.get_by_role("status")).to_have_text("“Dinner” was made and is chosen.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Page sent to bell,1,1")).to_be_visible()


def test_on_a_small_dark_screen_the_dialog_fits(site: Site, new_context: NewContext) -> None:
    install(site)
    small = new_context(viewport={"width": 360, "height": 640}, color_scheme="dark").new_page()
    small.goto("/m/bells/")
    small.get_by_role("link", name="New: Bell").click()
    dialog = small.get_by_role("dialog", name="Page new")
    expect(dialog.get_by_label("Name")).to_be_focused()
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    check(small, "dialog on a small dark screen")
    dialog.get_by_role("button", name="Close").click()
    expect(small.get_by_role("link", name="New: Bell")).to_be_focused()


def test_a_lost_server_or_session_keeps_what_was_typed(site: Site, page: Page) -> None:
    install(site)
    page.goto("/m/bells/")
    page.get_by_role("link", name="New: Bell").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Supper")
    page.route("**/popovers/**", lambda route: route.abort("connectionreset"))
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The server does not answer.")
    expect(dialog.get_by_label("Name")).to_have_value("Supper")
    page.unroute("**/popovers/**")
    kept = page.context.cookies()
    page.context.clear_cookies(name="sid")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("You are signed out.")
    page.context.add_cookies([one for one in kept if one["name"] == "sid"])
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Destination").locator("option:checked")).to_have_text("Supper")


def test_without_scripts_it_is_a_page_that_leads_back(site: Site, new_context: NewContext) -> None:
    install(site)
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto("/m/bells/")
    plain.get_by_role("link", name="New: Bell").click()
    expect(plain.get_by_role("navigation", name="Main menu")).to_be_visible()
    plain.get_by_label("Name").fill("Lunch")
    plain.get_by_role("button", name="Save").click()
    expect(plain).to_have_url(f"{site.base_url}/m/bells/")
    expect(plain.get_by_label("Destination").get_by_role("option", name="Lunch")).to_be_attached()
