"""Left-over data on the module's page, and the page that counts before it deletes."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.test import Client

from modules_app.domain.operations import Outcome
from modules_app.models import Module, Operation
from modules_app.permissions import Right
from tests.builders import php_module, zip_of
from tests.lifecycle import Life
from tests.pages import module, person

PAGE = "/modules/ModuleTest/"


@pytest.fixture
def shrunk(life: Life) -> Life:
    """ModuleTest lost the column "note"; one row has a value in it."""
    life.install(php_module("1.0.0", column="note"))
    with closing(sqlite3.connect(life.database("ModuleTest"))) as data, data:
        data.execute("INSERT INTO m_Numbers (number, note) VALUES ('1', 'x'), ('2', '')")
    life.install(php_module("1.1.0"))
    return life


def freepbx(version: str, column: str) -> bytes:
    return zip_of(
        {
            "module.xml": f"<module><rawname>parrot</rawname><name>P</name><version>{version}"
            '</version><database><table name="words"><field name="id" type="integer"'
            f' primarykey="true"/><field name="{column}" type="string" length="9"/></table>'
            "</database></module>"
        }
    )


def html_of(client: Client, address: str) -> str:
    return str(client.get(address).content.decode())


def test_the_page_of_a_module_lists_what_is_left_over(shrunk: Life, admin_page: Client) -> None:
    html = html_of(admin_page, PAGE)
    assert "Left over" in html and "<code>note</code>" in html
    assert f'href="{PAGE}purge/?table=m_Numbers&amp;column=note"' in html


def test_a_module_without_left_overs_has_no_such_section(db: None, admin_page: Client) -> None:
    module("ModuleTest")
    assert "Left over" not in html_of(admin_page, PAGE)
    assert "Nothing is left over" in html_of(admin_page, f"{PAGE}purge/")


def test_the_report_of_an_upgrade_says_what_is_renamed(life: Life, admin_page: Client) -> None:
    life.install(freepbx("1.0", "word"))
    waiting = life.upload(freepbx("1.1", "title"))
    html = html_of(admin_page, f"/uploads/{waiting.pk}/")
    assert "In the table words the column word becomes title; its values are kept." in html


def test_it_is_counted_and_said_before_it_is_deleted(shrunk: Life, admin_page: Client) -> None:
    html = html_of(admin_page, f"{PAGE}purge/?table=m_Numbers&column=note")
    assert "Delete the column note of the table m_Numbers. Rows with a value: 1." in html
    assert not Operation.objects.filter(verb="purge").exists()
    sent = {"table": "m_Numbers", "column": "note", "request_key": "k"}
    answer = admin_page.post(f"{PAGE}purge/", sent)
    operation = Operation.objects.get(verb="purge")
    assert answer.headers["Location"] == f"/operations/{operation.pk}/"
    assert admin_page.post(f"{PAGE}purge/", sent).headers["Location"] == answer["Location"]
    assert shrunk.run(operation).outcome == Outcome.DONE
    assert Module.objects.get().facts["left_over"] == {}
    assert "Deletion of left-over data" in html_of(admin_page, f"/operations/{operation.pk}/")


def test_what_is_in_use_cannot_be_deleted_by_a_forged_form(
    shrunk: Life, admin_page: Client
) -> None:
    answer = admin_page.post(f"{PAGE}purge/", {"table": "m_Numbers", "column": "number"})
    assert answer.status_code == 422
    assert not Operation.objects.filter(verb="purge").exists()


def test_only_who_may_remove_sees_the_buttons(shrunk: Life, client: Client) -> None:
    rights = {Right.VIEW, Right.OPERATE, Right.INSTALL}
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(person(*rights), backend=backend)
    html = html_of(client, PAGE)
    assert "<code>note</code>" in html and "purge/" not in html
    assert client.get(f"{PAGE}purge/").status_code == 403
    assert client.post(f"{PAGE}purge/").status_code == 403
