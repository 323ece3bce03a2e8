"""The ways back over ssh: rollback, repair, verify, and what the commands say about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.broken_modules import in_hook
from tests.builders import php_module, python_module
from tests.cli.shell import Shell

VETO = in_hook("on_before_module_disable", "self.messages.append('A call is on.')\nreturn False")


@pytest.fixture
def upgraded(shell: Shell) -> Shell:
    """An installation with ModuleTest, upgraded from 1.0.0 to 1.1.0."""
    shell.module("install", shell.package("one.zip", php_module("1.0.0")), "--yes")
    shell.module("install", shell.package("two.zip", php_module("1.1.0")), "--yes")
    return shell


def damage(shell: Shell) -> None:
    [messages] = (shell.folder / "var" / "store" / "ModuleTest").glob("*/code/Messages/en.php")
    messages.chmod(0o644)
    messages.write_text("<?php // changed by somebody")


def test_the_version_before_comes_back_after_its_plan(upgraded: Shell) -> None:
    planned = upgraded.json("plan", "ModuleTest", "--verb", "rollback")["plan"]
    assert "from 1.1.0 to 1.0.0" in planned[0]
    assert upgraded.json("rollback", "ModuleTest", "--dry-run")["plan"] == planned
    assert upgraded.json("show", "ModuleTest")["previous_version"] == "1.0.0"
    assert upgraded.module("rollback", "ModuleTest", code=2) == ""
    done = upgraded.json("rollback", "ModuleTest", "--yes")
    assert (done["verb"], done["outcome"], done["record"]["version"]) == (
        "rollback", "done", "1.0.0",
    )  # fmt: skip


def test_without_a_version_before_there_is_no_way_back(shell: Shell) -> None:
    shell.module("install", shell.package("one.zip", php_module()), "--yes")
    for words in (["rollback", "ModuleTest", "--yes"], ["plan", "ModuleTest", "--verb=rollback"]):
        refused = shell.json(*words, code=4)
        assert refused["error"]["slug"] == "no-previous-version"
    assert shell.json("operations")["operations"][0]["verb"] == "install"


def test_damage_is_found_named_and_repaired(shell: Shell) -> None:
    shell.module("install", shell.package("one.zip", php_module()), "--yes")
    assert shell.json("repair", "ModuleTest", "--yes", code=4)["error"]["slug"] == (
        "not-in-this-state"
    )
    damage(shell)
    done = shell.run("module", "verify")
    assert done.returncode == 6
    assert "Messages/en.php" in done.stdout
    assert "module repair ModuleTest" in done.stderr
    record = shell.json("show", "ModuleTest")
    assert (record["state"], record["way_out"]) == ("broken", "repair")
    assert "Messages/en.php" in record["checks"]["files"]["problems"][0]
    assert shell.json("repair", "ModuleTest", "--yes")["outcome"] == "done"
    assert shell.json("verify") == {"modules": {"ModuleTest": []}}
    assert shell.json("show", "ModuleTest")["state"] == "disabled"


def test_without_its_package_a_damaged_module_cannot_be_repaired(shell: Shell) -> None:
    shell.module("install", shell.package("one.zip", php_module()), "--yes")
    damage(shell)
    shell.module("verify", code=6)
    for package in (shell.folder / "var" / "packages").iterdir():
        package.unlink()
    refused = shell.json("repair", "ModuleTest", "--yes", code=4)
    assert refused["error"]["slug"] == "package-not-kept"


def test_a_veto_names_the_command_that_does_it_anyway(shell: Shell, tmp_path: Path) -> None:
    package = shell.package("py.zip", python_module(files=VETO))
    shell.module("install", package, "--yes", "--enable")
    refused = shell.run("module", "disable", "ModulePy", "--yes")
    assert refused.returncode == 4
    assert "module disable ModulePy --force" in refused.stderr
    shell.module("disable", "ModulePy", "--force", "--yes")
    [hook] = [
        one
        for one in shell.json("show", "ModulePy")["hooks"]
        if one["hook"] == "on_before_module_disable"
    ]
    assert hook["ok"] and hook["failed_at"] is None
