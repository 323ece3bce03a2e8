"""A module's data over REST: exported, downloaded, sent back, refused."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from modules_app.models import AuditEvent, Operation
from modules_app.permissions import Right
from tests.api.conftest import MakeProgram, Program
from tests.api.test_core import TOKEN, as_page, browser
from tests.builders import zip_of
from tests.keeper import XML, install_keeper, notes, write
from tests.lifecycle import Life
from tests.pages import age_proof

ZIP = "application/zip"


@pytest.fixture
def keeper(life: Life) -> Life:
    install_keeper(life)
    return life


def exported(life: Life, ask: Program) -> bytes:
    queued = ask("POST", "modules/keeper/export").json()
    life.run(Operation.objects.get(pk=queued["operation"]))
    answer = ask("GET", f"operations/{queued['operation']}/export")
    assert answer.status_code == 200
    return b"".join(answer)


def written() -> str:
    return str(Operation.objects.filter(verb="export").latest("pk").result["file"])


def send(ask: Program, content: bytes, module: str = "keeper", **headers: Any) -> Any:
    return ask("POST", f"modules/{module}/import", content, content_type=ZIP, **headers)


def test_data_goes_out_as_a_file_and_comes_back(keeper: Life, program: MakeProgram) -> None:
    ask = program("install", "view")
    content = exported(keeper, ask)
    write(keeper, "second")

    answer = send(ask, content, **{"Idempotency-Key": "one"})
    assert answer.status_code == 202, answer.content
    assert (answer.json()["verb"], answer.headers["Location"]) == ("import", answer.json()["url"])
    again = send(ask, content, **{"Idempotency-Key": "one"})
    assert again.json()["operation"] == answer.json()["operation"]

    ended = keeper.run(Operation.objects.get(pk=answer.json()["operation"]))
    assert ended.outcome == "done", ended.error
    assert notes(keeper) == ["first"]
    left = [name for name in keeper.residue() if name.startswith("uploads/")]
    assert left == [f"uploads/{written()}"], "only what was exported, for its hour"


def test_the_file_is_named_and_no_cache_keeps_it(keeper: Life, program: MakeProgram) -> None:
    ask = program("install", "view")
    exported(keeper, ask)
    answer = ask("GET", f"operations/{Operation.objects.latest('pk').pk}/export")
    assert answer["Content-Disposition"] == 'attachment; filename="keeper-1.0-export.zip"'
    assert (answer["Cache-Control"], answer["Content-Type"]) == ("no-store", ZIP)


def test_an_export_of_another_module_is_refused(keeper: Life, program: MakeProgram) -> None:
    ask = program("install", "view")
    content = exported(keeper, ask)
    keeper.install(zip_of({"other/module.xml": XML.replace("keeper", "other")}))
    before = keeper.residue()

    answer = send(ask, content, "other")
    assert (answer.status_code, answer.json()["error"]["slug"]) == (422, "export-of-another")
    assert keeper.residue() == before
    assert send(ask, content, "nobody").status_code == 404


def test_an_export_larger_than_a_package_is_left_to_the_command_line(
    keeper: Life, program: MakeProgram, settings: Settings
) -> None:
    ask = program("install", "view")
    content = exported(keeper, ask)
    settings.PBX_ARCHIVE_LIMITS = {**settings.PBX_ARCHIVE_LIMITS, "packed_bytes": 10}
    before = keeper.residue()
    assert send(ask, content).status_code == 413
    assert keeper.residue() == before


def test_what_is_no_export_is_refused(keeper: Life, program: MakeProgram) -> None:
    ask = program("install")
    before = keeper.residue()
    assert send(ask, b"no archive").status_code == 422
    assert ask("POST", "modules/keeper/import", {"a": 1}).status_code == 415
    assert keeper.residue() == before
    assert not Operation.objects.filter(verb="import").exists()


def test_only_the_scope_to_install_moves_data(keeper: Life, program: MakeProgram) -> None:
    may, others = program("install", "view"), program("operate", "view", "remove", name="other")
    content = exported(keeper, may)
    number = Operation.objects.latest("pk").pk
    assert others("POST", "modules/keeper/export").status_code == 403
    assert others("GET", f"operations/{number}/export").status_code == 403
    assert send(others, content).status_code == 403
    assert AuditEvent.objects.filter(action="api-post-module-import", outcome="denied").exists()


def test_a_session_needs_a_fresh_password(keeper: Life, program: MakeProgram) -> None:
    content = exported(keeper, program("install"))
    number = Operation.objects.latest("pk").pk
    page = browser(Right.INSTALL, Right.VIEW)
    age_proof(page)
    sent = {"data": content, "content_type": ZIP, "headers": {"X-CSRFToken": TOKEN}}
    asked = [
        as_page(page, "POST", "modules/keeper/export"),
        as_page(page, "GET", f"operations/{number}/export"),
        page.generic("POST", "/api/v1/modules/keeper/import", **sent),
    ]
    assert {one.json()["error"]["slug"] for one in asked} == {"password-needed"}


def test_an_operation_without_a_file_says_so(keeper: Life, program: MakeProgram) -> None:
    number = Operation.objects.get(verb="install").pk
    answer = program("install")("GET", f"operations/{number}/export")
    assert (answer.status_code, answer.json()["error"]["slug"]) == (404, "export-not-there")
