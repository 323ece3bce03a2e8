"""M13, W13: what a package says is text: in every page of ours, in Django's admin, in every log."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from modules_app.domain.operations import Outcome
from modules_app.exceptions import ModuleError
from modules_app.models import Operation
from modules_app.services.uploads import receive_upload
from tests.builders import zip_of
from tests.lifecycle import ACTOR, Life
from tests.pages import administrator
from tests.web.hostile import FORMULA, SUM, TEXT, descriptor_of_marks, module_of_marks

BACKEND = "django.contrib.auth.backends.ModelBackend"
MOST = 1_500_000
"""No page is as large as a text that was taken for a pattern would make it."""


class Markup(HTMLParser):
    """Collects what must not be there: code in the page, handlers, addresses that are code."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.wrong += [f"{tag} {name}" for name in values if name.startswith("on")]
        self.wrong += [f"{tag} {value}" for value in values.values() if _is_code(value)]
        if tag == "script" and "src" not in values:
            self.wrong.append("script")
        if tag == "img" and values.get("src") == "x":
            self.wrong.append("img")
        if tag == "a":
            self.links.add(values.get("href", ""))


def _is_code(value: str) -> bool:
    return value.strip().lower().startswith(("javascript:", "data:text", "vbscript:"))


@pytest.fixture
def superuser(life: Life) -> Client:
    client = Client()
    client.force_login(administrator(), backend=BACKEND)
    return client


def crawl(client: Client, *starts: str) -> dict[str, str]:
    """Return every page that can be reached by links from ``starts``, in both languages."""
    pages: dict[str, str] = {}
    waiting = {*starts, *(f"/admin/modules_app/{name}/" for name in _admin_lists())}
    while waiting:
        address = waiting.pop()
        client.cookies["pbx_language"] = "ru" if len(pages) % 4 == 3 else "en"
        answer = client.get(address)
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        pages[address] = answer.content.decode()
        found = Markup()
        found.feed(pages[address])
        waiting |= {link for link in found.links if _is_ours(link)} - set(pages)
    return pages


def _admin_lists() -> list[str]:
    return "module operation auditevent upload storedpackage menuitem pbxsetting".split()


def _is_ours(link: str) -> bool:
    if link.startswith("/admin/"):
        return bool(re.fullmatch(r"/admin/modules_app/\w+/[^/?]+/change/", link))
    return bool(re.fullmatch(r"/(?!/)[^?#]*", link)) and not link.startswith("/m/")


def check(pages: dict[str, str]) -> None:
    for address, text in pages.items():
        markup = Markup()
        markup.feed(text)
        assert markup.wrong == [], address
        assert not re.search(rf"(?<![\w-]){SUM}(?![\w-])", text), address
        assert len(text) < MOST, address


def test_m13_nothing_that_installed_modules_say_becomes_markup(
    life: Life, superuser: Client
) -> None:
    for package in (module_of_marks(), descriptor_of_marks()):
        done = life.install(package)
        assert done.outcome == Outcome.DONE, done.error
    life.enable("hellomarks")
    failed = life.install(module_of_marks("ModuleFails", installs=False))
    assert failed.outcome in (Outcome.FAILED, Outcome.REFUSED)
    waiting = life.upload(module_of_marks("ModuleWaits"))
    starts = [f"/operations/{one.pk}/" for one in Operation.objects.all()]
    pages = crawl(
        superuser, "/", "/modules/", "/operations/", f"/uploads/{waiting.pk}/", "/settings/",
        "/modules/ModuleMarks/", "/modules/hellomarks/", "/modules/ModuleMarks/remove/", *starts,
    )  # fmt: skip

    assert len(pages) > 25
    assert sum("window.marked" in text for text in pages.values()) > 8, "the texts are shown"
    check(pages)


def test_m13_a_refusal_is_escaped_like_everything_else(life: Life, superuser: Client) -> None:
    manifests = (
        f'{{"moduleUniqueID": {TEXT[:40]!r}'.replace("'", '"'),
        f"<module><rawname>{TEXT}</rawname></module>",
        "<module><rawname>x</rawname><version>1</version><menuitems><"
        + "a" * 300 + "/></menuitems></module>",
    )  # fmt: skip
    pages = {}
    for number, manifest in enumerate(manifests):
        name = "module.xml" if manifest.startswith("<") else "module.json"
        file = SimpleUploadedFile(f"{TEXT[:150]}.zip", zip_of({name: manifest}))
        answer = superuser.post("/modules/upload/", {"package": file})
        assert answer.status_code == 422
        pages[str(number)] = answer.content.decode()
    check({**pages, **crawl(superuser, "/")})


@pytest.mark.parametrize("kind", ["key", "search", "module", "sort", "next"])
def test_m13_what_a_person_types_is_text_too(superuser: Client, kind: str) -> None:

    addresses = {
        "key": "/operations/?module=",
        "search": "/modules/?q=",
        "module": "/modules/?state=",
        "sort": "/modules/?sort=",
        "next": "/login/?next=",
    }
    answer = superuser.get(addresses[kind], query_params={addresses[kind].split("?")[1][:-1]: TEXT})
    assert answer.status_code in (200, 302)
    check({kind: answer.content.decode()})


def test_m13_no_cell_of_the_audit_is_a_formula(life: Life, superuser: Client) -> None:
    """A spreadsheet runs what begins with =, +, -, @, a tab or a line end (CSV injection)."""
    for name in (FORMULA, "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", '"=1"'):
        file = SimpleUploadedFile("x.zip", b"no package")
        file.name = name
        with pytest.raises(ModuleError):
            receive_upload(actor=ACTOR, chunks=file.chunks(), filename=name)
    answer = superuser.get("/audit/audit.csv")
    text = b"".join(answer) if answer.streaming else answer.content
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert len(rows) > 7
    assert "SUM(1)" in text.decode()
    assert [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r"))] == []
    assert superuser.get("/audit/audit.json").status_code == 200
