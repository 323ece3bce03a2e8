"""A damaged module, those that need it, and what their pages say (reference R3.3 F20)."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from modules_app.bridge.safe_mode import SAFE_MODE_FILE
from modules_app.cli import reading
from modules_app.models import Module
from modules_app.selectors.records import module_details
from tests.builders import zip_of
from tests.lifecycle import Life

XML = """<module><rawname>{id}</rawname><name>The {id}</name><version>1.0</version>
<category>Admin</category><depends>{depends}</depends></module>"""


def package(module_id: str, *needed: str) -> bytes:
    depends = "".join(f"<module>{name}</module>" for name in needed)
    return zip_of({f"{module_id}/module.xml": XML.format(id=module_id, depends=depends)})


@pytest.fixture
def installed(life: Life) -> Iterator[Life]:
    """A parrot, which needs a cage and a perch; the perch is lost."""
    life.install(package("cage"), enable=True)
    life.install(package("perch"), enable=True)
    life.install(package("parrot", "cage ge 1.0", "perch", "core"), enable=True)
    Module.objects.filter(pk="perch").delete()
    yield life


def damage(module_id: str) -> None:
    Module.objects.filter(pk=module_id).update(
        fault="damaged", reason_code="FilesDamaged", reason_text="main.py is altered"
    )


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_list_says_what_a_module_needs_that_is_damaged(
    installed: Life, admin_page: Client
) -> None:
    before = text_of(admin_page, "/modules/")
    assert "It needs perch, which is not installed." in before
    assert "which is damaged" not in before

    damage("cage")

    said = 'It needs <a href="/modules/cage/">The cage</a>, which is damaged.'
    row = text_of(admin_page, "/modules/").partition('id="row-parrot"')[2]
    assert said in row
    assert "main.py is altered" in row
    assert said in text_of(admin_page, "/modules/parrot/row/")
    assert said in text_of(admin_page, "/")


def test_the_pages_of_both_name_each_other(installed: Life, admin_page: Client) -> None:
    damage("cage")

    assert '<a href="/modules/cage/">The cage</a>, which is damaged.' in text_of(
        admin_page, "/modules/parrot/"
    )
    assert 'These need it: <a href="/modules/parrot/">The parrot</a>' in text_of(
        admin_page, "/modules/cage/"
    )


def test_what_is_off_anyway_is_quiet_in_the_list_and_tells_on_its_page(
    installed: Life, admin_page: Client
) -> None:
    installed.disable("parrot")
    damage("cage")

    assert "It needs" not in text_of(admin_page, "/modules/")
    assert "It needs" in text_of(admin_page, "/modules/parrot/")


def test_record_and_command_tell_it_too(
    installed: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    damage("cage")

    needs = [(need["id"], need["state"]) for need in module_details("parrot")["needs"]]
    assert needs == [("cage", "broken"), ("perch", "missing")]
    assert module_details("cage")["needed_by"] == ["parrot"]
    assert reading.show(Namespace(id="parrot", json=False)) == 0
    assert "It needs cage, which is damaged." in capsys.readouterr().out


def test_a_module_that_safe_mode_keeps_out_is_not_called_enabled(
    installed: Life, admin_page: Client, settings: Settings
) -> None:
    (settings.PBX_DATA_DIR / SAFE_MODE_FILE).touch()

    row = text_of(admin_page, "/modules/").partition('id="row-cage"')[2].partition("</tr>")[0]
    page = text_of(admin_page, "/modules/cage/")
    for shown in (row, page):
        assert "Not loaded: safe mode" in shown
    assert ">Enabled<" not in row
    assert 'href="/m/cage/"' not in row
