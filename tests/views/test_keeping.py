"""Export and import of a module's data on pages: who may, what is seen before, what follows."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from modules_app.models import AuditEvent, Operation
from modules_app.operator.housekeeping import keep_house
from modules_app.permissions import Right
from tests.builders import zip_of
from tests.keeper import install_keeper, notes, write
from tests.lifecycle import Life
from tests.pages import Browser, age_proof, person


@pytest.fixture
def keeper(life: Life) -> Life:
    install_keeper(life)
    return life


def export(life: Life, client: Client) -> bytes:
    """Export by the button and download the file."""
    answer = client.post("/modules/keeper/export/")
    operation = life.run(Operation.objects.latest("pk"))
    assert answer["Location"] == f"/operations/{operation.pk}/"
    assert operation.outcome == "done", operation.error
    page = client.get(answer["Location"]).content.decode()
    assert f'href="/operations/{operation.pk}/export/"' in page
    sent = client.get(f"/operations/{operation.pk}/export/")
    assert sent["Content-Disposition"] == 'attachment; filename="keeper-1.0-export.zip"'
    assert sent["Cache-Control"] == "no-store"
    return b"".join(sent)


def bring(client: Client, content: bytes, name: str = "keeper.zip") -> Any:
    return client.post("/modules/import/", {"export": SimpleUploadedFile(name, content)})


def test_data_goes_out_by_a_button_and_comes_back_by_a_page(
    keeper: Life, admin_page: Client
) -> None:
    assert 'action="/modules/keeper/export/"' in admin_page.get("/modules/keeper/").content.decode()
    file = export(keeper, admin_page)
    write(keeper, "second")
    answer = bring(admin_page, file)
    assert answer.status_code == 302
    page = admin_page.get(answer["Location"]).content.decode()
    for said in ("The keeper", "Replace the data of “keeper” by that of version 1.0", "1.0"):
        assert said in page
    assert notes(keeper) == ["second"]
    assert not Operation.objects.filter(verb="import").exists()
    done = admin_page.post(answer["Location"])
    imported = keeper.run(Operation.objects.get(verb="import"))
    assert done["Location"] == f"/operations/{imported.pk}/"
    assert imported.outcome == "done", imported.error
    assert notes(keeper) == ["first"]
    assert admin_page.get(answer["Location"]).status_code == 404
    assert set(
        AuditEvent.objects.filter(action="module-export-download").values_list("target")
    ) == {("keeper",)}


def test_an_export_that_does_not_fit_says_why_and_cannot_be_confirmed(
    keeper: Life, admin_page: Client
) -> None:
    file = export(keeper, admin_page)
    keeper.remove("keeper", keep_data=False)
    where = bring(admin_page, file)["Location"]
    page = admin_page.get(where).content.decode()
    assert "Replace the data" not in page
    assert "Discard the export" in page
    assert admin_page.post(where).status_code == 404
    assert not Operation.objects.filter(verb="import").exists()


def test_what_is_no_export_is_refused_and_leaves_nothing(keeper: Life, admin_page: Client) -> None:
    before = keeper.residue()
    for content in (b"nothing", zip_of({"a.txt": "b"}), zip_of({"export.json": "{}"})):
        assert bring(admin_page, content).status_code == 422
    assert admin_page.post("/modules/import/").status_code == 422
    assert keeper.residue() == before


def test_an_export_can_be_discarded(keeper: Life, admin_page: Client) -> None:
    file = export(keeper, admin_page)
    where = bring(admin_page, file)["Location"]
    before = len(keeper.residue())
    assert admin_page.post(f"{where}discard/")["Location"] == "/modules/import/"
    assert len(keeper.residue()) == before - 1
    assert admin_page.post(f"{where}discard/").status_code == 404


def test_a_file_that_nobody_fetched_goes_after_an_hour(keeper: Life, admin_page: Client) -> None:
    export(keeper, admin_page)
    operation = Operation.objects.latest("pk")
    long_ago = time.time() - 3700
    for file in keeper.data_dir.uploads.iterdir():
        os.utime(file, (long_ago, long_ago))
    keep_house(keeper.tools)
    answer = admin_page.get(f"/operations/{operation.pk}/export/")
    assert answer.status_code == 404
    assert "it was kept for an hour" in answer.content.decode()


@pytest.mark.parametrize("rights", [(Right.VIEW,), (Right.VIEW, Right.OPERATE, Right.REMOVE)])
def test_data_is_for_those_who_may_install(
    keeper: Life, admin_page: Client, rights: tuple[Right, ...]
) -> None:
    export(keeper, admin_page)
    operation = Operation.objects.latest("pk")
    client = Browser()
    client.force_login(person(*rights), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/operations/{operation.pk}/export/").status_code == 403
    assert client.post("/modules/keeper/export/").status_code == 403
    assert client.get("/modules/import/").status_code == 403
    assert bring(client, b"x").status_code == 403
    assert "export/" not in client.get(f"/operations/{operation.pk}/").content.decode()
    assert "keeper/export" not in client.get("/modules/keeper/").content.decode()


def test_a_stolen_cookie_alone_takes_no_data_and_replaces_none(
    keeper: Life, admin_page: Client
) -> None:
    file = export(keeper, admin_page)
    operation = Operation.objects.latest("pk")
    where = bring(admin_page, file)["Location"]
    age_proof(admin_page)
    for answer in (
        admin_page.get(f"/operations/{operation.pk}/export/"),
        admin_page.post("/modules/keeper/export/"),
        admin_page.post(where),
    ):
        assert answer["Location"].startswith("/confirm/")
    assert Operation.objects.latest("pk") == operation


def test_an_operation_of_another_kind_has_no_file(keeper: Life, admin_page: Client) -> None:
    assert admin_page.get(f"/operations/{Operation.objects.get().pk}/export/").status_code == 404


def test_an_export_that_fails_leaves_no_file(keeper: Life, admin_page: Client) -> None:
    keeper.database("keeper").write_bytes(b"no database" * 999)
    before = [one for one in keeper.residue() if one.startswith("uploads")]
    admin_page.post("/modules/keeper/export/")
    operation = keeper.run(Operation.objects.latest("pk"))
    assert operation.outcome == "failed"
    assert [one for one in keeper.residue() if one.startswith("uploads")] == before
    page = admin_page.get(f"/operations/{operation.pk}/").content.decode()
    assert "/export/" not in page
