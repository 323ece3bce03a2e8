"""Safe mode over ssh, with no server and with a core database that cannot be read."""

from __future__ import annotations

import json

from tests.cli.shell import Shell


def test_u12_the_command_switches_safe_mode_on_and_off(shell: Shell) -> None:
    assert shell.json("safe-mode")["safe_mode"] is False
    said = shell.json("safe-mode", "on", "--reason", "calls drop")
    assert (said["details"]["actor"], said["details"]["reason"]) == ("command line", "calls drop")
    assert json.loads((shell.folder / "var" / "safe-mode").read_text())["why"] == "person"
    shown = shell.module("safe-mode", "status")
    assert "Safe mode is on." in shown and "Reason: calls drop" in shown
    assert "Safe mode is off." in shell.module("safe-mode", "off")
    actions = [one["action"] for one in shell.json("audit")["events"]]
    assert actions == ["safe-mode-off", "safe-mode-on"]


def test_s9_the_command_works_when_the_core_database_does_not(shell: Shell) -> None:
    for name in ("core.sqlite3-wal", "core.sqlite3-shm"):
        (shell.folder / "var" / name).unlink(missing_ok=True)
    (shell.folder / "var" / "core.sqlite3").write_bytes(b"no database" * 1000)
    assert shell.json("safe-mode", "on")["safe_mode"] is True
    assert (shell.folder / "var" / "safe-mode").exists()
    assert shell.json("safe-mode", "off")["safe_mode"] is False


def test_a_dry_run_says_what_it_means_for_calls_and_switches_nothing(shell: Shell) -> None:
    assert shell.module("safe-mode", "on", "--dry-run") == "No calls are affected.\n"
    assert shell.json("safe-mode", "off", "--dry-run") == {"plan": ["Safe mode is off."]}
    assert shell.json("safe-mode")["safe_mode"] is False
    assert "No calls are affected." in shell.module("safe-mode", "on")
