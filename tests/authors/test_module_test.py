"""``module test``: what is wrong with a module is said, and decides the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modules_app.scaffold.build import build_module
from tests.cli.shell import Shell


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A module without pages, which is quick to test."""
    root = tmp_path / "ModuleTried"
    for name, text in build_module("ModuleTried", ["cron"]).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def tried(shell: Shell, folder: Path, *words: str, code: int) -> dict:
    return json.loads(shell.module("test", str(folder), "--json", *words, code=code))


def test_a_module_that_is_well(tmp_path: Path, folder: Path) -> None:
    found = tried(Shell(tmp_path), folder, code=0)
    assert found["ok"] is True
    names = [step["name"] for step in found["steps"]]
    assert names == ["install", "enable", "answers", "tests", "disable", "remove"]
    assert not (tmp_path / "var" / "store").exists()


def test_a_failing_test_is_shown_with_its_line(tmp_path: Path, folder: Path) -> None:
    with (folder / "tests" / "test_module.py").open("a") as file:
        file.write("\n    def test_wrong(self) -> None:\n        self.assertEqual(1, 2)\n")
    found = tried(Shell(tmp_path), folder, code=1)
    last = found["steps"][-1]
    assert (last["name"], last["ok"]) == ("tests", False)
    assert "self.assertEqual(1, 2)" in last["error"]["context"]["output"]


def test_an_error_of_the_check_refuses(tmp_path: Path, folder: Path) -> None:
    (folder / "main.py").write_text("import sys\n\n\ndef f():\n    sys.exit(1)\n")
    conf = (folder / "conf.py").read_text()
    (folder / "conf.py").write_text(
        conf.replace("def create_cron_tasks(self, ", "def create_cron_tasks(self, odd, ")
    )
    found = tried(Shell(tmp_path), folder, code=4)
    (step,) = found["steps"]
    assert [one["slug"] for one in step["report"]["errors"]] == ["hook-signature"]
    assert [one["slug"] for one in step["report"]["warnings"]] == ["process-exit"]


def test_an_answer_that_its_surface_refuses_fails_the_test(tmp_path: Path, folder: Path) -> None:
    conf = (folder / "conf.py").read_text()
    (folder / "conf.py").write_text(conf.replace("17 3 * * *", "77 3 * * *"))
    found = tried(Shell(tmp_path), folder, code=1)
    last = found["steps"][-1]
    assert (last["name"], last["ok"]) == ("answers", False)
    assert "77" in last["error"]["context"]["first"]
