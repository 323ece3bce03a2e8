"""One module that plugs into every web surface, and others that misbehave there."""

from __future__ import annotations

from tests.builders import python_module

ID = "ModuleFront"

CONF = '''
import time
from django.http import HttpResponse
from django.urls import path
from modules_app.sdk import ConfigClass
from . import views
from .models import Note

class FrontConf(ConfigClass):
    def on_before_header_menu_show(self, menu):
        menu.add("Front reports", href="reports/", group="maintenance", icon="chart-line")
        menu.add("Front nowhere", href="nowhere/")
        menu.add("Front installers", href="tools/", right="install")

    def on_after_acl_prepared(self, acl):
        acl.add_right("reports", "Read the reports", pages=["reports/"])

    def on_after_routes_prepared(self, routes):
        routes.append(path("added/", views.added))

    def on_before_execute_route(self, request):
        if request.GET.get("stop"):
            return HttpResponse("stopped by the module", status=418)

    def on_after_execute_route(self, request, response):
        if request.GET.get("after"):
            return HttpResponse(f"instead of {response.status_code}")

    def on_after_assets_prepared(self, assets):
        assets.add_css("css/front.css")
        assets.add_js("js/front.js", page="GeneralSettings")

    def on_volt_block_compile(self, controller, block, view):
        names = {
            ("PbxExtensionModules", "TabularMenu"): "blocks/tab",
            ("PbxExtensionModules", "AdditionalTab"): "blocks/body",
            ("Layout", "Footer"): "blocks/footer",
            ("ModulePage", "Header"): "blocks/header",
        }
        return names.get((controller, block))

    def on_before_form_initialize(self, form, entity, options):
        if form.name != "GeneralSettings":
            return
        note = Note.objects.first()
        form.add("greeting", "Front greeting", initial=note.text if note else "", high=20)
        form.add("loud", "Front loud", kind="bool")
        form.add("colour", "Front colour", kind="choice", choices=["red", "blue"])

    def save_form_fields(self, form, values, entity):
        if values["greeting"] == "forbidden":
            return {"greeting": "The module does not like that."}
        Note.objects.update_or_create(pk=1, defaults={"text": values["greeting"]})

    def on_get_controller_permissions(self, controller, permissions):
        permissions["remove"] = False
        permissions["gift"] = True

    def authenticate_user(self, login, password):
        if password == "boom":
            raise ValueError("I saw " + password)
        if password == "slow":
            time.sleep(30)
        if login == "phoebe" and password == "from the module":
            return {"userName": "Phoebe", "role": "Readers", "homePage": "/m/ModuleFront/reports/"}
        return None
'''
VIEWS = '''
from django.http import HttpResponse
from django.utils.translation import gettext
from modules_app.sdk import render_page

def index(request):
    return render_page(request, "front.html", {"text": gettext("Front text")})

def reports(request):
    return render_page(request, "front.html", {"text": f"reports for {request.method}"})

def added(request):
    return HttpResponse("added by the hook")
'''
URLS = '''
from django.urls import path
from . import views
urlpatterns = [
    path("", views.index), path("reports/", views.reports), path("tools/", views.index),
]
'''
MODELS = '''
from django.db import models
from modules_app.sdk import ModuleModel

class Note(ModuleModel):
    text = models.CharField(max_length=50)
'''
PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Front text"
msgstr "Текст модуля"

msgid "Modules"
msgstr "ПОДМЕНА"
"""
BODY = """
<section id="front"><h2>Front body for {{ request.user.username }} at {{ view.path }}</h2>
<script>document.title = "taken over"</script>
<form method="post" action="/modules/ModuleFront/remove/">
<label>Word <input name="q"></label><button>Send to the front</button></form>
<div><p>never closed
"""
FILES = {
    "conf.py": CONF,
    "views.py": VIEWS,
    "urls.py": URLS,
    "models.py": MODELS,
    "templates/front.html": "{% extends 'base.html' %}{% block heading %}Front{% endblock %}"
    "{% block content %}<p class='front'>{{ text }}</p>"
    "<form method='post'>{% csrf_token %}<button>Go</button></form>{% endblock %}",
    "templates/blocks/tab.html": '<ul class="nav"><li><a href="#front">Front tab</a></li></ul>',
    "templates/blocks/body.html": BODY,
    "templates/blocks/footer.html": '<p class="position-fixed top-0">Front footer</p><p>.</p>',
    "templates/blocks/header.html": "<p>Front header over {{ view.module }}</p>",
    "locale/ru/LC_MESSAGES/django.po": PO,
    "public/assets/css/front.css": ".front { color: green; }\n",
    "public/assets/js/front.js": "document.documentElement.dataset.front = 'here';\n",
    "messages/en.json": '{"BreadcrumbModuleFront": "Front", "ext_Mine": "x"}',
}

HANGS = '''
import time
from modules_app.sdk import ConfigClass

class HangsConf(ConfigClass):
    def on_volt_block_compile(self, controller, block, view):
        if view:
            time.sleep(30)
        return "x" if block == "AdditionalTab" else None
'''
RAISES = HANGS.replace("time.sleep(30)", "raise ValueError('wrong on purpose')")


def front(version: str = "1.0.0", **files: str) -> bytes:
    """Return the module of all surfaces."""
    return python_module(ID, version, {**FILES, **files}, grants=["core-assets"])


def hangs(number: int = 0) -> bytes:
    """Return a module whose block never comes."""
    return python_module(f"ModuleHangs{number}", files={"conf.py": HANGS})


def raises() -> bytes:
    """Return a module whose block fails."""
    return python_module("ModuleRaises", files={"conf.py": RAISES})


GERMAN = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Overview"
msgstr "Überblick"
"""


def german(module_id: str = "ModuleGerman") -> bytes:
    """Return a language pack."""
    return python_module(
        module_id,
        files={
            "locale/de/LC_MESSAGES/django.po": GERMAN,
            "locale/ru/LC_MESSAGES/django.po": GERMAN.replace("Überblick", "ПОДМЕНА"),
        },
        module_type="languagepack",
        language_code="de",
    )
