"""Several modules with one command: one plan, honest exit codes, one JSON document."""

from __future__ import annotations

from tests.builders import freepbx, php_module, python_module
from tests.cli.shell import Shell

NO = """
from modules_app.sdk import PbxExtensionSetupBase

class PbxExtensionSetup(PbxExtensionSetupBase):
    def install_module(self):
        return False
"""


def chain(shell: Shell) -> list[str]:
    return [
        shell.package("beta.zip", freepbx("beta", needs=("alpha",))),
        shell.package("alpha.zip", freepbx("alpha")),
    ]


def test_several_are_planned_installed_disabled_and_removed_with_one_command_each(
    shell: Shell,
) -> None:
    packages = chain(shell)
    planned = shell.json("install", *packages, "--enable", "--dry-run")
    assert [step["id"] for step in planned["steps"]] == ["alpha", "beta"]
    assert shell.json("plan", *packages)["problems"] == []
    assert not list((shell.folder / "var" / "uploads").iterdir())

    done = shell.json("install", *packages, "--enable", "--yes")
    assert (done["outcome"], done["counts"]) == ("done", {"done": 4})
    assert [(o["verb"], o["module"]) for o in done["operations"]] == [
        ("install", "alpha"),
        ("enable", "alpha"),
        ("install", "beta"),
        ("enable", "beta"),
    ]

    refused = shell.json("disable", "alpha", "--yes", code=4)
    assert refused["error"]["slug"] == "dependents-enabled"
    planned = shell.json("disable", "alpha", "--cascade", "--dry-run")
    assert [step["id"] for step in planned["steps"]] == ["beta", "alpha"]
    off = shell.json("disable", "alpha", "--cascade", "--yes")
    assert (off["mode"], off["outcome"]) == ("together", "done")
    assert "beta: disable: Done" in shell.module("batch", str(off["batch"]))

    gone = shell.json("remove", "alpha", "beta", "--yes")
    assert gone["outcome"] == "done"
    assert shell.json("list") == {"modules": []}


def test_exit_codes_say_how_much_was_done(shell: Shell) -> None:
    bad = shell.package("bad.zip", python_module("ModuleB", files={"installer.py": NO}))
    good = [shell.package(f"{one}.zip", python_module(one)) for one in ("ModuleA", "ModuleC")]
    told = shell.json("install", bad, *good, "--yes", "--together", code=1)
    assert told["outcome"] == "failed"
    assert shell.json("list") == {"modules": []}

    told = shell.json("install", good[0], bad, good[1], "--yes", code=3)
    assert [one["outcome"] for one in told["operations"]] == ["done", "failed", "cancelled"]
    shell.module("remove", "ModuleA", "--delete-data", "--yes")

    told = shell.json("install", good[0], bad, good[1], "--yes", "--continue", code=3)
    assert [one["outcome"] for one in told["operations"]] == ["done", "failed", "done"]

    assert shell.module("disable", "ModuleA", "ModuleC", code=2) == ""
    shell.json("disable", "ModuleA", "ModuleNone", "--yes", code=4)
    shell.module("disable", "ModuleA", "--cascade", "--continue", "--yes", code=2)
    assert not list((shell.folder / "var" / "uploads").iterdir())


def test_upgrade_all_takes_the_newer_packages_that_are_kept_here(shell: Shell) -> None:
    assert shell.json("upgrade", "--all", "--yes") == {"operations": []}
    new, old = (shell.package(f"{v}.zip", php_module(v)) for v in ("1.1.0", "1.0.0"))
    shell.module("install", new, "--yes")
    assert shell.json("upgrade", "--all", "--yes") == {"operations": []}
    shell.module("install", old, "--allow-downgrade", "--yes")

    done = shell.json("upgrade", "--all", "--yes")

    assert done["outcome"] == "done"
    assert shell.json("show", "ModuleTest")["version"] == "1.1.0"


def test_a_set_that_is_killed_is_wholly_off_or_wholly_on_afterwards(shell: Shell) -> None:
    shell.module("install", *chain(shell), "--enable", "--yes")
    for point, enabled in (("together.committing", True), ("operation.committed", False)):
        shell.module("disable", "alpha", "--cascade", "--yes", code=-9, PBX_FAULT=f"{point}:kill9")
        shell.module("cancel", "99", code=4)
        shell.json("enable", "ModuleNone", "--yes", code=4)  # a command recovers what was left
        found = {row["id"]: row["enabled"] for row in shell.json("list")["modules"]}
        assert found == {"alpha": enabled, "beta": enabled}


def test_a_lower_version_is_not_allowed_among_several(shell: Shell) -> None:
    packages = [shell.package(f"{one}.zip", freepbx(one)) for one in ("alpha", "beta")]
    done = shell.run("module", "install", *packages, "--allow-downgrade", "--yes")
    assert done.returncode == 4 and "installed alone" in done.stderr
    assert shell.json("list")["modules"] == []
