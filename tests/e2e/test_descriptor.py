"""A FreePBX module in Python, met in a browser: menu, pages, a guest on them, first step, grant."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.axe import check
from tests.builders import zip_of
from tests.e2e.conftest import NewContext
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

XML = """<module><rawname>parrot</rawname><name>The parrot</name><version>1.0</version>
<category>Reports</category><changelog>*1.0* hatched</changelog>
<attention>Mind the beak</attention><oobe method="setUp"/>
<popovers><perch><display>wings</display></perch></popovers>
<menuitems><parrot category="Applications">Parrot</parrot><wings beta="yes">Wings</wings>
<song needsenginedb="yes">Song</song><nest hidden="true" requires_auth="false">Nest</nest>
<shop href="https://example.org/shop" target="_blank">Shop</shop></menuitems></module>"""
MAIN = """
from django.http import HttpResponseRedirect
from modules_app.sdk import FreePbxModule, render_page

class Parrot(FreePbxModule):
    def show_page(self, request, display):
        if request.method == "POST":
            return HttpResponseRedirect("/m/parrot/")
        return render_page(request, "page.html", {"display": display})

    def set_up(self):
        return "Choose a perch."
"""
TEMPLATE = """{% extends "base.html" %}{% load sdk %}
{% block title %}{{ title }}{% endblock %}{% block heading %}Page {{ display }}{% endblock %}
{% block content %}<form method="post">{% csrf_token %}{% gui_hooks %}
{% popover "parrot" "New perch" %} <button class="btn btn-primary">Save</button></form>
{% endblock %}"""
GUEST = """
from django.contrib import messages
from modules_app.sdk import FreePbxModule, posted

class Guest(FreePbxModule):
    def my_gui_hooks(self):
        return ["wings"]

    def do_gui_hook(self, component, page):
        component.add("colour", "Colour of the feathers")

    def my_config_page_inits(self):
        return ["wings"]

    def do_config_page_init(self, page, request):
        if request.method == "POST":
            messages.success(request, "Painted " + posted(request).get("colour", "nothing"))
"""
GUEST_XML = "<module><rawname>guest</rawname><name>The guest</name><version>1.0</version></module>"


def install(site: Site) -> None:
    files = {"module.xml": XML, "module.py": MAIN, "templates/page.html": TEMPLATE}
    site.install(zip_of({f"parrot/{name}": text for name, text in files.items()}), enable=True)
    site.install(zip_of({"guest/module.xml": GUEST_XML, "guest/module.py": GUEST}), enable=True)


def test_the_descriptor_does_what_it_says(site: Site, page: Page, new_context: NewContext) -> None:
    install(site)
    stranger = new_context(login=False).new_page()
    stranger.goto("/m/parrot/nest/")
    expect(stranger).to_have_url(f"{site.base_url}/login/?next=/m/parrot/nest/")

    page.goto("/")
    menu = page.get_by_role("navigation", name="Main menu")
    expect(menu.get_by_role("link", name="Song needs Asterisk")).to_be_visible()
    expect(menu.get_by_role("link", name="Shop")).to_have_attribute("rel", "noopener noreferrer")
    expect(menu.get_by_role("link", name="Nest")).to_have_count(0)
    steps = page.get_by_role("region", name="First steps")
    expect(steps.get_by_text("Choose a perch.")).to_be_visible()
    check(page, "overview with a first step")
    steps.get_by_role("button", name="Leave out").click()
    expect(page.get_by_text("Mind the beak")).to_be_visible()
    expect(page.get_by_role("region", name="First steps")).to_have_count(0)
    check(page, "module with everything that module.xml says")

    menu.get_by_role("link", name="Wings").click()
    expect(page.locator("#beta")).to_contain_text("This page is a beta")
    check(page, "page with fields of a guest")
    page.get_by_label("Colour of the feathers").fill("green")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Page parrot")).to_be_visible()
    expect(page.get_by_text("Painted green").last).to_be_visible()
    page.get_by_role("link", name="New perch").click()
    expect(page.get_by_role("heading", name="Page wings")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Page parrot")).to_be_visible()
    expect(page).to_have_url(f"{site.base_url}/m/parrot/")

    song = page.request.get("/m/parrot/song/")
    assert song.status == 503
    assert "The page needs Asterisk, whose connection is not configured." in song.text()
    page.goto("/modules/parrot/")
    page.get_by_role("link", name="Decide").click()
    page.get_by_role("button", name="Grant").click()
    expect(page.get_by_text("Granted by")).to_be_visible()
    stranger.goto("/m/parrot/nest/")
    expect(stranger.get_by_role("heading", name="Page nest")).to_be_visible()
    expect(stranger.get_by_role("navigation", name="Main menu")).to_have_count(0)
    check(stranger, "page for strangers")
    stranger.get_by_role("button", name="Save").click()
    expect(stranger).to_have_url(f"{site.base_url}/login/?next=/m/parrot/nest/")
