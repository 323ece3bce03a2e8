"""The command line as a script uses it: real processes, exit codes, one JSON document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import mikopbx, php_module
from tests.cli.shell import Shell


def test_a_whole_life_over_ssh(shell: Shell) -> None:
    package = shell.package("test.zip", php_module())
    report = shell.json("check", package)
    assert (report["id"], report["errors"]) == ("ModuleTest", [])
    assert "ModuleTest" in shell.module("install", package, "--dry-run")
    assert shell.json("list") == {"modules": []}
    done = shell.json("install", package, "--yes", "--enable")
    assert (done["verb"], done["outcome"]) == ("enable", "done")
    [row] = shell.json("list")["modules"]
    assert row["enabled"] is True and row["state"] == "enabled"
    placed = shell.json("place", "ModuleTest", "--hide", "--group", "routing", "--caption", "Mine")
    assert (placed["shown"], placed["group"], placed["caption"]) == (False, "routing", "Mine")
    assert shell.json("place", "ModuleTest", "--reset")["group"] == "modules"
    assert shell.json("verify", "ModuleTest") == {"modules": {"ModuleTest": []}}
    shell.module("disable", "ModuleTest", "--yes")
    shell.module("remove", "ModuleTest", "--yes")
    assert [kept["module_id"] for kept in shell.json("kept")["kept"]] == ["ModuleTest"]
    shell.module("install", package, "--yes")
    shell.module("remove", "ModuleTest", "--delete-data", "--yes")
    assert shell.json("kept") == {"kept": []}
    assert len(shell.json("operations")["operations"]) == 6
    assert {step["outcome"] for step in shell.json("log", "1")["steps"]} == {"done"}


def test_a_change_without_terminal_and_yes_is_a_usage_error(shell: Shell) -> None:
    package = shell.package("test.zip", php_module())
    assert shell.module("install", package, code=2) == ""
    assert shell.json("list") == {"modules": []}


def test_refusals_exit_with_4_and_still_print_one_document(shell: Shell) -> None:
    bad = shell.package("bad.zip", mikopbx("../evil"))
    report = shell.json("check", bad, code=4)
    assert report["errors"]
    refused = shell.json("install", bad, "--yes", code=4)
    assert refused["error"]["slug"] == "package-invalid"
    assert (
        shell.json("enable", "ModuleNone", "--yes", code=4)["error"]["slug"] == "module-not-found"
    )
    text = shell.package("text.zip", b"this is not an archive")
    assert shell.json("check", text, code=4)["error"]["context"]["rule"] == "A27"
    assert not list((shell.folder / "var" / "uploads").iterdir())


def test_unknown_verbs_are_usage_errors(shell: Shell) -> None:
    shell.module("frobnicate", code=2)


@pytest.mark.parametrize("point", ["operation.begun", "install.copied", "install.set-up"])
def test_a_killed_installation_leaves_nothing_and_can_be_repeated(shell: Shell, point: str) -> None:
    package = shell.package("test.zip", php_module())
    shell.module("install", package, "--yes", code=-9, PBX_FAULT=f"{point}:kill9")
    assert shell.json("list") == {"modules": []}
    done = shell.json("install", package, "--yes")
    assert done["outcome"] == "done"
    assert shell.json("log", "1")["outcome"] == "aborted"
    generations = list((shell.folder / "var" / "store" / "ModuleTest").iterdir())
    assert len(generations) == 1


def test_a_kill_after_the_commit_is_carried_forward(shell: Shell) -> None:
    package = shell.package("test.zip", php_module())
    shell.module("install", package, "--yes", code=-9, PBX_FAULT="install.committed:kill9")
    assert shell.json("enable", "ModuleTest", "--yes")["outcome"] == "done"
    assert shell.json("log", "1")["outcome"] == "done"


def test_no_text_of_a_package_steers_the_terminal(shell: Shell, tmp_path: Path) -> None:
    name = "Name \x1b[31m\x9b31m\u202e Имя"
    messages = {"messages/en.json": json.dumps({"BreadcrumbModuleTest": name})}
    (tmp_path / "package.zip").write_bytes(mikopbx(files=messages, developer="\x1b]0;dev\x07"))
    shell.module("install", str(tmp_path / "package.zip"), "--yes")
    for words in (["list"], ["show", "ModuleTest"], ["place", "ModuleTest"], ["list", "--json"]):
        done = shell.run("module", *words)
        assert done.returncode == 0
        assert not set("\x1b\x9b\x07\u202e") & set(done.stdout + done.stderr)
    assert "Имя" in shell.module("list")
    assert shell.json("list")["modules"][0]["name"] == name
