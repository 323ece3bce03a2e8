"""The way of a new author: new, edit, test, pack, install, see it; and the module being watched."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server.running import ROOT, Server

pytestmark = pytest.mark.server

ID = "ModuleFirstSteps"
COMMANDS = (
    "new {id} {folder} --with page",
    "test {folder}",
    "pack {folder} --output {package} --version-text 1.0.0",
    "check {package} --strict",
    "install {package} --enable --yes",
)
"""Besides script/setup and script/server; with them they are seven, fewer than ten."""


def test_a_new_author_sees_the_module_after_a_few_commands(server: Server, tmp_path: Path) -> None:
    folder, package = tmp_path / ID, tmp_path / "first.zip"
    new, *others = [c.format(id=ID, folder=folder, package=package) for c in COMMANDS]
    server.manage("module", *new.split())
    texts = folder / "messages" / "en.json"
    edited = texts.read_text().replace("There are no entries yet.", "Nothing here so far.")
    texts.write_text(edited)
    test = folder / "tests" / "test_page.py"
    test.write_text(test.read_text().replace("There are no entries yet.", "Nothing here so far."))
    for command in others:
        server.manage("module", *command.split())
    assert len(COMMANDS) + 2 < 10
    page = server.client.get(f"/m/{ID}/").text
    assert "Nothing here so far." in page
    assert f"/m/{ID}/" in server.client.get("/").text
    watched(server, folder)


def watched(server: Server, folder: Path) -> None:
    """Change the installed module's folder while it is watched."""
    web = server.client
    web.post(f"/m/{ID}/", {"number": "201", "description": "Ann"})
    command = [sys.executable, "manage.py", "module", "watch", str(folder)]
    environment = {**server.environment, "DJANGO_SETTINGS_MODULE": "pbxadmin.settings.web"}
    output = server.data_dir / "watch.out"
    with output.open("w") as file:
        watch = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        server.wait_for(lambda: "installed anew" in output.read_text())
        template = folder / "templates" / "first-steps.html"
        well = template.read_text()
        template.write_text(well.replace("<table ", "<p>It changed.</p><table "))
        server.wait_for(lambda: "It changed." in web.get(f"/m/{ID}/").text)
        assert "Ann" in web.get(f"/m/{ID}/").text

        (folder / "main.py").write_text("def (:\n")
        server.wait_for(lambda: "not installed" in output.read_text())
        assert "main.py:1" in output.read_text()
        shown = web.get(f"/modules/{ID}/").text
        assert "The last change was not installed." in shown
        assert "main.py:1" in shown
        assert "It changed." in web.get(f"/m/{ID}/").text
    finally:
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(60) == 0
    assert "The last change was not installed." not in web.get(f"/modules/{ID}/").text
    assert not list((server.data_dir / "run" / "watched").iterdir())
