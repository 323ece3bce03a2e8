"""``module surfaces``, ``module custom-file`` and what ``module plan`` says of files."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from modules_app.models import CustomFile, Module
from modules_app.operator import surfaces
from modules_app.packages.fsops import FsOps
from modules_app.surfaces.variables import note_variables
from tests.lifecycle import Life
from tests.surfaces.rows import answering

PATH = "cron/pbxadmin"


@pytest.fixture
def site(life: Life, monkeypatch: pytest.MonkeyPatch) -> Life:
    """An installation whose command line looks at surfaces itself."""
    monkeypatch.setattr(
        "modules_app.cli.surfaces.wait_until_looked",
        lambda *, quiet: surfaces.refresh(life.tools),
    )
    answering("ModuleA", create_cron_tasks=["1 * * * * a", "99 * * * * wrong"])
    surfaces.refresh(life.tools)
    return life


def run(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("module", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    capsys.readouterr()
    code, _out = run(*arguments, "--json")
    return code, json.loads(capsys.readouterr().out)


def test_surfaces_are_listed_with_their_complaints(
    site: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    run("surfaces")
    said = capsys.readouterr()
    assert "cron" in said.out and "nginx" in said.out
    assert "ModuleA: cron/pbxadmin:2: “99” is no minute" in said.out + said.err


def test_one_surface_as_json_with_what_would_change(
    site: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    answering("ModuleB", create_cron_tasks=["2 * * * * second"])
    code, said = as_json(capsys, "surfaces", "cron", "--diff")
    assert code == 0
    (record,) = said["surfaces"]
    assert (record["name"], record["standing"], record["waiting"]) == ("cron", "waits", [PATH])
    assert f"+++ {PATH}" in record["diff"] and "second" in record["diff"]
    code, said = as_json(capsys, "surfaces", "cron", "--diff", "--apply")
    assert (said["surfaces"][0]["standing"], said["surfaces"][0]["diff"]) == ("left-out", "")


def test_an_unknown_surface_is_refused(site: Life) -> None:
    assert run("surfaces", "shadow")[0] == 4


def test_a_problem_is_the_status(
    site: Life, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PBX_MODULE_USER = "no-such-user"
    assert run("surfaces", "cron", "--apply")[0] == 1
    assert "no-such-user" in capsys.readouterr().err


def test_an_own_part_is_written_shown_and_deleted(
    site: Life, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").write_text("# mine\n")
    assert run("custom-file", PATH)[0] == 4
    assert run("custom-file", PATH, "--from", str(tmp_path / "mine"))[0] == 0
    assert (site.data_dir.root / "etc" / PATH).read_text().endswith("\n\n\n# mine\n")
    _code, record = as_json(capsys, "custom-file", PATH)
    assert (record["mode"], record["text"]) == ("append", "# mine\n")
    assert run("custom-file", PATH, "--delete")[0] == 0
    assert not CustomFile.objects.exists()
    assert run("custom-file", "etc/passwd", "--from", str(tmp_path / "mine"))[0] == 4


def test_a_plan_says_what_changes_in_files(site: Life, capsys: pytest.CaptureFixture[str]) -> None:
    _code, said = as_json(capsys, "plan", "ModuleA", "--verb", "disable")
    assert said["plan"][-1] == "Change cron/pbxadmin: 0 lines come, 4 go."
    assert "-1 * * * *" in said["diff"]
    Module.objects.update(wanted="off")
    surfaces.refresh(site.tools)
    _code, said = as_json(capsys, "plan", "ModuleA", "--verb", "enable")
    assert said["plan"][-1] == "Change cron/pbxadmin: 4 lines come, 0 go."
    Module.objects.update(generation="g2")
    _code, said = as_json(capsys, "plan", "ModuleA", "--verb", "enable")
    assert said["plan"][-1].endswith("in the files of cron is known after it is enabled.")
    assert said["diff"] == ""


def test_other_variables_than_the_server_s_are_named_and_make_nothing_wait(
    site: Life, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    note_variables(FsOps(), site.data_dir)
    settings.PBX_PORT = settings.PBX_PORT + 1
    assert run("surfaces", "nginx")[0] == 0
    said = capsys.readouterr()
    assert "Waits to be applied" not in said.out
    assert "in this shell PBX_PORT is different" in said.out + said.err
    _code, record = as_json(capsys, "surfaces", "nginx")
    assert (record["surfaces"][0]["standing"], record["other_variables"]) == (
        "applied",
        ["PBX_PORT"],
    )
