"""A new author's way, and examples on a real server: what a person sees of every hook."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from modules_app.packages.pack import build_package
from tests.meta.source import ROOT
from tests.server.running import Server

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
    server.manage("module", "disable", ID, "--yes")
    server.manage("module", "remove", ID, "--delete-data", "--yes")


PAGE = "/m/ModuleEverything/"
REST = "/api/m/ModuleEverything/"

PARTS = (
    "location = /everything/ping",
    "203.0.113.0/24",
    "module_everything: wrong password",
    "everything-nightly",
)
"""What the module adds to the files of nginx, firewall, fail2ban and cron."""


def packed(name: str, folder: Path) -> str:
    path = folder / f"{name}.zip"
    path.write_bytes(build_package(ROOT / "examples" / name))
    return str(path)


def generated(server: Server) -> str:
    """Return the text of all generated files."""
    files = sorted((server.data_dir / "etc").rglob("*"))
    return "\n".join(file.read_text(errors="replace") for file in files if file.is_file())


def notes(server: Server) -> set[str]:
    """Return the names of the hooks that took a note."""
    (database,) = server.data_dir.glob("data/ModuleEverything/*/module.db")
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        return {row[0] for row in connection.execute("SELECT hook FROM m_HookNote")}


def test_every_hook_is_seen_at_work(server: Server, tmp_path: Path) -> None:
    web = server.client
    done = server.manage(
        "module", "install", packed("ModuleEverything", tmp_path), "--enable", "--yes"
    )
    assert "ModuleEverything agrees to be enabled." in done.stderr
    assert "added by a hook" in web.get(f"{PAGE}added/").text
    assert "on_before_execute_route" in web.get(PAGE).text
    assert f"{PAGE}reports/" in web.get("/").text
    assert "Everything: reports" in web.get(f"{PAGE}reports/").text

    settings = web.get("/settings/").text
    assert "Favourite colour" in settings
    assert "This line is from ModuleEverything." in settings
    listed = web.get(f"{REST}notes")
    assert listed.json()["result"] is True
    assert web.get(f"{REST}status").json()["data"] == {"status": "here"}

    server.wait_for(lambda: all(part in generated(server) for part in PARTS))
    seen = {"on_after_module_enable", "on_before_execute_route", "get_module_workers"}
    server.wait_for(lambda: seen <= notes(server))
    record = json.loads(server.manage("module", "show", "ModuleEverything", "--json").stdout)
    assert [one for one in record["hooks"] if not one["ok"]] == []
    server.manage("module", "disable", "ModuleEverything", "--yes")
    assert "Favourite colour" not in web.get("/settings/").text
    server.manage("module", "remove", "ModuleEverything", "--delete-data", "--yes")


def test_a_language_pack_brings_its_language(server: Server, tmp_path: Path) -> None:
    web = server.client
    package = packed("ModuleLanguagePackGerman", tmp_path)
    server.manage("module", "install", package, "--enable", "--yes")
    server.wait_for(lambda: 'value="de"' in web.get("/").text)
    web.post("/language/", {"language": "de", "next": "/"})
    assert "Abmelden" in web.get("/").text
    server.manage("module", "disable", "ModuleLanguagePackGerman", "--yes")
    server.wait_for(lambda: "Abmelden" not in web.get("/").text)
    web.post("/language/", {"language": "en", "next": "/"})
    server.manage("module", "remove", "ModuleLanguagePackGerman", "--delete-data", "--yes")
