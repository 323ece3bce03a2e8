"""Left-over data over ssh."""

from __future__ import annotations

from tests.builders import php_module
from tests.cli.shell import Shell


def test_left_over_columns_are_counted_asked_about_and_deleted(shell: Shell) -> None:
    shell.module("install", shell.package("a.zip", php_module("1.0.0", column="note")), "--yes")
    refused = shell.json("purge", "ModuleTest", "--yes", code=4)
    assert refused["error"]["slug"] == "nothing-left-over"
    shell.module("install", shell.package("b.zip", php_module("1.1.0")), "--yes")
    plan = shell.json("purge", "ModuleTest", "--dry-run")["plan"]
    assert plan[0] == "Delete the column note of the table m_Numbers. Rows with a value: 0."
    assert shell.json("operations")["operations"][0]["verb"] == "upgrade"
    other = shell.json("purge", "ModuleTest", "--column", "number", "--yes", code=4)
    assert other["error"]["slug"] == "nothing-left-over"
    assert shell.run("module", "purge", "ModuleTest").returncode == 2
    words = ("purge", "ModuleTest", "--table", "m_Numbers", "--column", "note", "--yes")
    assert shell.json(*words)["outcome"] == "done"
    assert shell.json("purge", "ModuleTest", "--yes", code=4)["error"]["slug"] == (
        "nothing-left-over"
    )
