"""The pages of generated configuration and of one's own parts of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from modules_app.models import AuditEvent, CustomFile, Module, SurfaceState
from modules_app.operator import surfaces
from modules_app.permissions import Right
from tests.pages import person
from tests.surfaces.rows import answering

PATH = "cron/pbxadmin"
BAD = ["1 * * * * <b>fine</b>", "99 * * * * <i>wrong</i>"]


@pytest.fixture
def applied(db: None, tmp_path: Path, settings: Settings) -> None:
    """A module with a good and a wrong line, applied; then a second module that waits."""
    settings.PBX_DATA_DIR = tmp_path
    (tmp_path / "run").mkdir()
    answering("ModuleA", create_cron_tasks=BAD)
    surfaces.refresh(None, ["cron"])  # type: ignore[arg-type]
    answering("ModuleB", create_cron_tasks=["2 * * * * second"])


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("db")
def test_before_the_first_look_the_page_says_who_writes_the_files(admin_page: Client) -> None:
    assert "No file was applied yet" in text_of(admin_page, "/configuration/")


@pytest.mark.usefixtures("applied")
def test_the_list_shows_state_files_complaints_and_what_waits(admin_page: Client) -> None:
    text = text_of(admin_page, "/configuration/")
    assert "Waits to be applied" in text
    assert 'href="/configuration/file/cron/pbxadmin/"' in text
    assert 'href="/modules/ModuleA/"' in text
    assert "“99” is no minute" in text
    assert "&lt;i&gt;wrong" in text and "<i>wrong" not in text
    assert "second" in text
    assert "PBX_CRON_DIR" in text


@pytest.mark.usefixtures("applied")
def test_a_file_shows_whose_lines_are_whose_and_the_difference(admin_page: Client) -> None:
    text = text_of(admin_page, f"/configuration/file/{PATH}/")
    assert 'href="/configuration/module/ModuleA/"' in text
    assert "&lt;b&gt;fine" in text and "<b>fine" not in text
    assert '<span class="diff-added">+' in text
    assert "What would change now" in text


@pytest.mark.usefixtures("applied")
def test_a_module_has_a_page_of_its_own_lines(admin_page: Client) -> None:
    text = text_of(admin_page, "/configuration/module/ModuleA/")
    assert "&lt;b&gt;fine" in text and "“99” is no minute" in text
    waiting = text_of(admin_page, "/configuration/module/ModuleB/")
    assert "second" in waiting
    Module.objects.filter(pk="ModuleB").delete()
    assert admin_page.get("/configuration/module/ModuleB/").status_code == 404


@pytest.mark.usefixtures("applied")
def test_applying_again_is_asked_of_the_operator(admin_page: Client) -> None:
    answer = admin_page.post("/configuration/apply/", {"name": "cron"})
    assert answer.status_code == 302
    state = SurfaceState.objects.get(name="cron")
    assert (state.asked, state.again) == (True, True)
    surfaces.refresh(None, ["cron"])  # type: ignore[arg-type]
    assert "second" in text_of(admin_page, f"/configuration/file/{PATH}/")
    assert admin_page.post("/configuration/apply/", {"name": "shadow"}).status_code == 404


@pytest.mark.usefixtures("applied")
def test_an_own_text_is_stored_applied_shown_and_deleted(admin_page: Client) -> None:
    url = f"/configuration/custom/{PATH}/"
    values = {"mode": "append", "text": "# mine\r\n"}
    assert admin_page.post(url, values).status_code == 302
    row = CustomFile.objects.get(pk=PATH)
    assert (row.text, row.changed_by) == ("# mine\n", "root")
    assert AuditEvent.objects.filter(action="custom-file-write", target=PATH).exists()
    surfaces.refresh(None, ["cron"])  # type: ignore[arg-type]
    text = text_of(admin_page, f"/configuration/file/{PATH}/")
    assert "What your own text changes" in text
    assert "Your own text" in text and "# mine" in text
    assert admin_page.post(f"{url}delete/").status_code == 302
    assert not CustomFile.objects.exists()
    assert admin_page.post(f"{url}delete/").status_code == 404


@pytest.mark.usefixtures("applied")
@pytest.mark.parametrize(
    ("path", "values", "status"),
    [
        (PATH, {"mode": "script", "text": "x"}, 422),
        (PATH, {"text": "x"}, 422),
        (PATH, {"mode": "append", "text": "a\0b"}, 422),
        ("cron/other", {"mode": "append", "text": "x"}, 404),
        ("../etc/passwd", {"mode": "append", "text": "x"}, 404),
    ],
)
def test_a_wrong_own_text_is_refused(
    admin_page: Client, path: str, values: dict[str, str], status: int
) -> None:
    assert admin_page.post(f"/configuration/custom/{path}/", values).status_code == status
    assert not CustomFile.objects.exists()


@pytest.mark.usefixtures("applied")
def test_others_neither_see_nor_change_it(client: Client) -> None:
    client.force_login(
        person(Right.VIEW, Right.OPERATE), backend="django.contrib.auth.backends.ModelBackend"
    )
    for path in ("", f"file/{PATH}/", "module/ModuleA/"):
        assert client.get(f"/configuration/{path}").status_code == 403
    for path in ("apply/", f"custom/{PATH}/", f"custom/{PATH}/delete/"):
        assert client.post(f"/configuration/{path}").status_code == 403


@pytest.mark.usefixtures("applied")
def test_the_page_of_a_verb_shows_what_files_change(admin_page: Client) -> None:
    text = text_of(admin_page, "/modules/ModuleA/disable/")
    assert "Change cron/pbxadmin: 0 lines come, 4 go." in text
    assert "How generated files change" in text
    module = Module.objects.get(pk="ModuleA")
    Module.objects.filter(pk="ModuleA").update(wanted="off")
    text = text_of(admin_page, "/modules/ModuleA/enable/")
    assert "Change cron/pbxadmin: 4 lines come, 0 go." in text
    Module.objects.filter(pk="ModuleA").update(generation="g2")
    text = text_of(admin_page, f"/modules/{module.pk}/enable/")
    assert "is known after it is enabled" in text


def many(count: int) -> None:
    """Modules in use that answer for each surface; half of the answers are applied."""
    for number in range(count):
        module_id = f"ModuleMany{number:04}"
        folder = f"/m/{module_id}/x"
        answering(
            module_id,
            create_cron_tasks=[f"{number % 60} * * * * run-{number}"],
            create_nginx_locations=f"location {folder} {{ return 204; }}",
            get_default_firewall_rules={},
            generate_fail2ban_jails="",
        )


@pytest.mark.usefixtures("applied")
@pytest.mark.parametrize("state", ["applied", "waiting"])
def test_more_modules_cost_the_list_no_more_queries(admin_page: Client, state: str) -> None:
    def queries() -> list[str]:
        if state == "applied":
            surfaces.refresh(None, ["cron"])  # type: ignore[arg-type]
        with CaptureQueriesContext(connection) as captured:
            text_of(admin_page, "/configuration/")
        found = (query["sql"].partition(" WHERE ")[0] for query in captured)
        return sorted(one for one in found if "registrysequence" not in one)  # known for a moment

    many(2)
    text_of(admin_page, "/configuration/")
    few = queries()
    many(40)
    assert queries() == few
