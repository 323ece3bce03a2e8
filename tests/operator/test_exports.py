"""A module's data in one file, and back: ``module export`` and ``module import``."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from modules_app.exceptions import ModuleError
from modules_app.models import AuditEvent, Module, PbxSetting
from modules_app.operator import data
from modules_app.operator.exporting import export_module
from modules_app.services.importing import import_module, receive_export
from tests.builders import php_module, zip_of
from tests.lifecycle import ACTOR, Life

MANIFEST = """<module><rawname>keeper</rawname><name>Keeper</name><version>{version}</version>
<database><table name="keeper_notes">
<field name="id" type="integer" primarykey="true" autoincrement="true"/>
<field name="text" type="string" length="80" default=""/>{more}</table></database></module>"""
CODE = """
from django.db import connections
from modules_app.sdk import FreePbxModule

class Keeper(FreePbxModule):
    def install(self):
        self.settings.set("keeper_word", "first")

    def backup(self):
        {backup}

    def restore(self, data):
        {restore}
"""
BACKUP = 'return {"word": self.settings.get("keeper_word"), "logo.bin": bytes([0, 255])}'
RESTORE = """
        assert data["logo.bin"] == bytes([0, 255])
        self.settings.set("keeper_word", data["word"] + "!")
"""


def package(
    version: str = "1.0.0", *, more: str = "", backup: str = BACKUP, restore: str = RESTORE
) -> bytes:
    manifest = MANIFEST.format(version=version, more=more)
    code = CODE.replace("{backup}", backup).replace("{restore}", restore.strip())
    return zip_of({"module.xml": manifest, "module.py": code})


def write(life: Life, text: str, module: str = "keeper") -> None:
    with sqlite3.connect(life.database(module)) as connection:
        connection.execute("INSERT INTO keeper_notes (text) VALUES (?)", [text])
    connection.close()


def notes(life: Life) -> list[str]:
    with sqlite3.connect(life.database("keeper")) as connection:
        found = [row[0] for row in connection.execute("SELECT text FROM keeper_notes ORDER BY id")]
    connection.close()
    return found


def export(life: Life, module_id: str = "keeper", name: str = "keeper.export") -> Path:
    target = life.data_dir.root / name
    export_module(life.tools, actor=ACTOR, module_id=module_id, target=target)
    return target


def take(life: Life, file: Path | bytes) -> Any:
    content = file if isinstance(file, bytes) else file.read_bytes()
    received, about = receive_export([content])
    return life.run(import_module(actor=ACTOR, received=received, about=about))


@pytest.fixture
def keeper(life: Life) -> Life:
    assert life.install(package()).outcome == "done"
    assert life.enable("keeper").outcome == "done"
    write(life, "one")
    return life


def test_what_was_exported_comes_back_with_what_backup_returned(keeper: Life) -> None:
    file = export(keeper)
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        about = json.loads(archive.read("export.json"))
        assert json.loads(archive.read("backup.json")) == {"word": "first"}
    assert names == {"export.json", "module.db", "backup.json", "files/logo.bin"}
    assert (about["id"], about["version"], about["contract"]) == ("keeper", "1.0.0", "freepbx")
    write(keeper, "two")
    PbxSetting.objects.filter(key="keeper_word").update(value="second")
    before = keeper.residue()
    operation = take(keeper, file)
    assert operation.outcome == "done", operation.error
    assert notes(keeper) == ["one"]
    assert PbxSetting.objects.get(key="keeper_word").value == "first!"
    assert Module.objects.get().wanted == "on"
    new = {name for name in set(keeper.residue()) - set(before) if "wal" not in name}
    epoch = Module.objects.get().epoch
    assert new - {f"data/keeper/{epoch}/module.db-shm"} == {
        f"data/keeper/{epoch}",
        f"data/keeper/{epoch}/module.db",
    }
    actions = AuditEvent.objects.values_list("action", "outcome")
    assert {("module-export", "done"), ("module-import", "done")} <= set(actions)


def test_the_way_back_leads_to_the_data_of_before(keeper: Life) -> None:
    file = export(keeper)
    write(keeper, "two")
    assert take(keeper, file).outcome == "done"
    assert keeper.rollback("keeper").outcome == "done"
    assert notes(keeper) == ["one", "two"]


def test_an_older_export_is_brought_up_to_the_version_that_is_installed(keeper: Life) -> None:
    file = export(keeper)
    more = '<field name="colour" type="string" length="10" default="red"/>'
    assert keeper.install(package("1.1.0", more=more)).outcome == "done"
    assert take(keeper, file).outcome == "done"
    with sqlite3.connect(keeper.database("keeper")) as connection:
        rows = connection.execute("SELECT text, colour FROM keeper_notes").fetchall()
    connection.close()
    assert rows == [("one", "red")]


def test_a_newer_export_is_refused(keeper: Life) -> None:
    assert keeper.install(package("1.1.0")).outcome == "done"
    file = export(keeper)
    assert keeper.rollback("keeper").outcome == "done"
    with pytest.raises(ModuleError) as refused:
        take(keeper, file)
    assert refused.value.slug == "export-newer"
    assert not list(keeper.data_dir.uploads.iterdir())


@pytest.mark.parametrize(
    "restore", ["return False", "raise ValueError('no')", "import os; os._exit(3)"]
)
def test_a_restore_that_fails_leaves_everything_as_it_was(life: Life, restore: str) -> None:
    assert life.install(package(restore=restore)).outcome == "done"
    assert life.enable("keeper").outcome == "done"
    write(life, "one")
    file = export(life)
    write(life, "two")
    epoch = Module.objects.get().epoch
    operation = take(life, file)
    assert operation.outcome == "failed", operation.error
    row = Module.objects.get()
    assert (row.epoch, row.wanted, row.fault) == (epoch, "on", "none")
    assert notes(life) == ["one", "two"]
    assert not list(life.data_dir.uploads.iterdir())
    assert [path.name for path in (life.data_dir.data / "keeper").iterdir()] == [epoch]


def test_a_backup_that_fails_writes_no_file(life: Life) -> None:
    assert life.install(package(backup="raise ValueError('no')")).outcome == "done"
    with pytest.raises(ModuleError) as failed:
        export(life)
    assert failed.value.slug == "backup-failed"
    assert not (life.data_dir.root / "keeper.export").exists()
    assert not list(life.data_dir.run.glob("export-*"))


def test_what_backup_returns_has_a_limit(life: Life) -> None:
    assert life.install(package(backup="return {'a': 'x' * 17_000_000}")).outcome == "done"
    with pytest.raises(ModuleError) as failed:
        export(life)
    assert "larger than" in str(failed.value)


def test_a_module_without_python_is_exported_and_imported_too(life: Life) -> None:
    assert life.install(php_module()).outcome == "done"
    with sqlite3.connect(life.database("ModuleTest")) as connection:
        connection.execute("INSERT INTO m_Numbers (number) VALUES ('7')")
    connection.close()
    file = export(life, "ModuleTest")
    with sqlite3.connect(life.database("ModuleTest")) as connection:
        connection.execute("DELETE FROM m_Numbers")
    connection.close()
    assert take(life, file).outcome == "done"
    with sqlite3.connect(life.database("ModuleTest")) as connection:
        assert connection.execute("SELECT number FROM m_Numbers").fetchall() == [("7",)]
    connection.close()


def changed(file: Path, **parts: bytes | None) -> bytes:
    """Return an export with other files; None takes one away."""
    names = {"about": "export.json", "database": "module.db", "data": "backup.json"}
    with zipfile.ZipFile(file) as archive:
        found: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    for part, content in parts.items():
        name = names.get(part, part)
        if content is None:
            found.pop(name)
        else:
            found[name] = content
    return zip_of(found)


def test_what_is_no_export_is_refused_before_anything_happens(keeper: Life) -> None:
    file = export(keeper)
    about = json.loads(zipfile.ZipFile(file).read("export.json"))
    wrong = [
        b"",
        b"no zip",
        package(),
        changed(file, about=None),
        changed(file, about=b"{"),
        changed(file, about=b"[1]"),
        changed(file, about=json.dumps({**about, "format": 2}).encode()),
        changed(file, about=json.dumps({**about, "more": 1}).encode()),
        changed(file, about=json.dumps({**about, "id": "../x"}).encode()),
        changed(file, about=json.dumps({**about, "files": {}}).encode()),
        changed(file, about=json.dumps({**about, "files": []}).encode()),
        changed(file, **{"../evil": b"x"}),
        changed(file, **{"/etc/evil": b"x"}),
    ]
    for content in wrong:
        with pytest.raises(ModuleError):
            receive_export([content])
    assert not list(keeper.data_dir.uploads.iterdir())


def test_content_that_was_changed_is_refused_and_nothing_is_lost(keeper: Life) -> None:
    file = export(keeper)
    write(keeper, "two")
    about = json.loads(zipfile.ZipFile(file).read("export.json"))
    rubbish = b"SQLite format 3\0" + b"\1" * 500
    named = {**about, "files": {**about["files"], "module.db": hashlib.sha256(rubbish).hexdigest()}}
    for content in (
        changed(file, data=b"{}"),
        changed(file, database=rubbish),
        changed(file, **{"files/more": b"x"}),
        changed(file, database=rubbish, about=json.dumps(named).encode()),
    ):
        assert take(keeper, content).outcome in ("failed", "refused")
        assert notes(keeper) == ["one", "two"]
        assert not list(keeper.data_dir.uploads.iterdir())


def test_an_export_of_a_module_that_is_not_installed_is_refused(keeper: Life) -> None:
    file = export(keeper)
    assert keeper.remove("keeper", keep_data=False).outcome == "done"
    with pytest.raises(ModuleError) as refused:
        take(keeper, file)
    assert refused.value.http_status == 404


UNSAFE = """
PRAGMA journal_mode = DELETE;
DROP TABLE keeper_notes;
CREATE TABLE keeper_notes (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, text VARCHAR(80),
  CHECK (load_extension(text) IS NULL));
PRAGMA ignore_check_constraints = 1;
INSERT INTO keeper_notes (text) VALUES ('/tmp/evil.so');
CREATE VIEW keeper_view AS SELECT load_extension('/tmp/evil.so');
"""


def test_a_schema_of_a_stranger_uses_nothing_that_is_not_harmless(
    keeper: Life, tmp_path: Path
) -> None:
    file = export(keeper)
    hostile = tmp_path / "module.db"
    hostile.write_bytes(zipfile.ZipFile(file).read("module.db"))
    with closing(sqlite3.connect(hostile)) as connection:
        connection.executescript(UNSAFE)
    for opened in (data._open(hostile), data._new_data(hostile)):
        with closing(opened), pytest.raises(sqlite3.OperationalError, match="unsafe use of"):
            opened.execute("SELECT * FROM keeper_view").fetchall()
    about = json.loads(zipfile.ZipFile(file).read("export.json"))
    content = hostile.read_bytes()
    about["files"]["module.db"] = hashlib.sha256(content).hexdigest()

    operation = take(keeper, changed(file, database=content, about=json.dumps(about).encode()))

    assert (operation.outcome, operation.error["slug"]) == ("failed", "data-damaged")
    assert notes(keeper) == ["one"]
