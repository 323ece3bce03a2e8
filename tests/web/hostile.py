"""Modules and texts that mean harm."""

from __future__ import annotations

import json

from tests.builders import module_json, zip_of

SUM = "7538"
"""What ``{{ 7|add:7531 }}`` would become if text were taken for a template."""
WORD = "W" * 180
MARK = (
    "<script>window.marked=1</script><img src=x onerror=window.marked=1>"
    "\"onmouseover=window.marked=1 x='y javascript:window.marked=1 "
    "{{ 7|add:7531 }}{{ settings.SECRET_KEY }}{% debug %}{x:>90000000}%(x)s \u202egnirts "
)
CONTROL = "\r\n2026-01-01 00:00:00 CRITICAL forged line\x1b[2J\x1b[31mred\x07\x00"
FORMULA = "=cmd|'/C calc'!A0"
TEXT = MARK + WORD
SCRIPT = "document.documentElement.dataset.ran = '1'; new Image().src = '/healthz?ran';"

PAGES = """
import io
import json
import zipfile

from django.http import HttpResponse
from django.urls import path

EVIL = {
    "Content-Security-Policy": "default-src * 'unsafe-inline'",
    "Content-Security-Policy-Report-Only": "default-src *",
    "X-Frame-Options": "ALLOWALL",
    "X-Content-Type-Options": "no",
    "Referrer-Policy": "unsafe-url",
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Permissions-Policy": "camera=*",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Credentials": "true",
    "Cache-Control": "public, max-age=9999",
    "Clear-Site-Data": '"*"',
    "Service-Worker-Allowed": "/",
    "Refresh": "0; url=https://evil.example/",
    "Link": "</m/ModuleHostile/x.css>; rel=stylesheet",
    "Server-Timing": "x",
}

def page(request):
    status, kind = int(request.GET.get("status", 200)), request.GET.get("type", "text/html")
    answer = HttpResponse("<script>1</script>", status=status, content_type=kind, headers=EVIL)
    answer.set_cookie("sid", "stolen", path="/")
    answer.set_cookie("csrftoken", "stolen", path="/")
    answer.set_cookie("m_ModuleHostile_own", "kept", path="/", domain="127.0.0.1")
    return answer

def elsewhere(request):
    return HttpResponse(status=302, headers={"Location": request.GET["to"]})

def echo(request):
    said = [f"{name}={value}" for name, value in request.META.items() if name.startswith("HTTP_")]
    return HttpResponse("\\n".join(said), content_type="text/plain")

def fails(request):
    raise ValueError(request.GET.get("say", "wrong"))

def meddles(request):
    said = []
    for meddle in MEDDLINGS:
        try:
            meddle()
            said.append(f"{meddle.__name__}: done")
        except BaseException as error:
            said.append(f"{meddle.__name__}: {type(error).__name__}")
    return HttpResponse("\\n".join(said), content_type="text/plain")

def _actor():
    from modules_app.permissions import Actor
    return Actor.system()

def disables():
    from modules_app.services.lifecycle import disable_module
    disable_module(actor=_actor(), module_id="ModuleHostile", force=True)

def removes():
    from modules_app.services.lifecycle import remove_module
    remove_module(actor=_actor(), module_id="ModuleHostile")

def uploads():
    from modules_app.services.uploads import receive_upload
    manifest = {
        "moduleUniqueID": "ModuleSmuggled", "developer": "x", "support_email": "x@example.org",
        "version": "1.0.0", "min_pbx_version": "2025.1.1",
    }
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("module.json", json.dumps(manifest))
    receive_upload(actor=_actor(), chunks=[package.getvalue()], filename="x.zip")

def sets():
    from modules_app.services.settings import write_settings
    write_settings(actor=_actor(), values={"PBXLicense": "stolen"})

def writes_rows():
    from modules_app.models import Operation
    Operation.objects.using("core").update(outcome="done")

def makes_a_user():
    from django.contrib.auth.models import User
    User.objects.using("core").create(username="intruder", is_superuser=True)

def unlocks_the_core():
    from django.db import connections
    with connections["core"].cursor() as cursor:
        cursor.execute("PRAGMA query_only=0")
        cursor.execute("UPDATE modules_app_operation SET outcome = 'done'")

MEDDLINGS = [disables, removes, uploads, sets, writes_rows, makes_a_user, unlocks_the_core]

urlpatterns = [
    path("meddles/", meddles), path("", page),
    path("elsewhere/", elsewhere), path("echo/", echo), path("fails/", fails),
]
"""
ASSETS: dict[str, str | bytes] = {
    "evil.html": f"<!doctype html><script>{SCRIPT}</script>",
    "evil.htm": f"<script>{SCRIPT}</script>",
    "evil.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><script>{SCRIPT}</script></html>',
    "evil.xml": f'<x:script xmlns:x="http://www.w3.org/1999/xhtml">{SCRIPT}</x:script>',
    "evil.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><script>{SCRIPT}</script></svg>',
    "evil.js": SCRIPT,
    "evil.png": f"<script>{SCRIPT}</script>",
    "evil.txt": f"<!doctype html><script>{SCRIPT}</script>",
    "evil.json": f"<script>{SCRIPT}</script>",
    "evil.map": f"<script>{SCRIPT}</script>",
    "evil.css": f"<script>{SCRIPT}</script>",
    "evil.mp3": f"<script>{SCRIPT}</script>",
    "evil.php": "<?php echo 1;",
    "upper.PNG": f"<script>{SCRIPT}</script>",
    "evil": f"<!doctype html><script>{SCRIPT}</script>",
    "good.js": "console.log('good');\n",
}


def module_with_pages(version: str = "1.0.0") -> bytes:
    """Return a module whose pages and assets try to weaken what web says."""
    assets = {f"public/assets/js/{name}": content for name, content in ASSETS.items()}
    manifest = module_json("ModuleHostile", version)
    return zip_of({"module.json": manifest, "urls.py": PAGES, "secret.txt": "canary", **assets})


MEDDLING_INSTALLER = """
from modules_app.sdk import PbxExtensionSetupBase
from pbx_modules.ModuleMeddles import urls

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_files(self):
        for meddle in urls.MEDDLINGS:
            try:
                meddle()
                self.messages.append(f"{meddle.__name__} done")
            except BaseException as error:
                self.messages.append(f"{meddle.__name__} {type(error).__name__}")
        return True
"""


def module_that_meddles() -> bytes:
    """Return a module whose installer uses our services."""
    files = {"installer.py": MEDDLING_INSTALLER, "urls.py": PAGES}
    return zip_of({"module.json": module_json("ModuleMeddles"), **files})


INSTALLER = f"""
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_files(self):
        self.messages.append({TEXT + CONTROL!r})
        self.messages.append({FORMULA!r})
        return {{outcome}}
"""
MODELS = f"""
from django.db import models
from modules_app.sdk import ModuleModel

class Note(ModuleModel):
    text = models.CharField(verbose_name={TEXT!r}, max_length=90, help_text={TEXT!r})

    class Meta:
        verbose_name = {TEXT!r}
        verbose_name_plural = {TEXT!r}
"""


def module_of_marks(module_id: str = "ModuleMarks", *, installs: bool = True) -> bytes:
    """Return a module of the MikoPBX contract that says hostile things wherever it can."""
    manifest = module_json(
        module_id,
        "1.0.0",
        developer=TEXT,
        support_email=f"{TEXT}@example.org",
        name=TEXT,
        description=TEXT,
        info_link="javascript:window.marked=1",
        release_settings={"changelog": {"en": TEXT}},
        wiki_links={"en": {"javascript:window.marked=1": "data:text/html,x"}},
        **{f"field{TEXT[:60]}": TEXT},
    )
    words = {f"Breadcrumb{module_id}": TEXT, f"SubHeader{module_id}": TEXT, TEXT[:90]: TEXT}
    return zip_of(
        {
            "module.json": manifest,
            "installer.py": INSTALLER.replace("{outcome}", str(installs)),
            "models.py": MODELS,
            "messages/en.json": json.dumps(words),
            "messages/ru.json": json.dumps(words),
        }
    )


XML = """<module>
 <rawname>hellomarks</rawname><name>{t}</name><version>1.0</version><publisher>{t}</publisher>
 <license>{t}</license><licenselink>javascript:window.marked=1</licenselink>
 <changelog>{t}</changelog><description>{t}</description><category>{t}</category>
 <menuitems><hellomarks>{t}</hellomarks><second category="{t}">{t}</second></menuitems>
 <more-info>javascript:window.marked=1</more-info><info>data:text/html,x</info>
 <supported><version>{t}</version></supported>
 <database><table name="hellomarks_notes"><field name="id" type="integer" primarykey="true"/>
  <field name="note" type="string" length="80" default="{d}"/></table></database>
</module>"""


def descriptor_of_marks() -> bytes:
    """Return a module of the FreePBX contract that says hostile things wherever it can."""
    escaped = TEXT.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return zip_of({"module.xml": XML.format(t=escaped, d="&lt;script>window.marked=1&lt;/script>")})
