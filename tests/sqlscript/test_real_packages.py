"""Scripts as real packages carry them."""

from __future__ import annotations

import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

from modules_app.manifests.reader import read_manifest
from modules_app.sqlscript.applying import apply_script
from modules_app.sqlscript.reading import read_script
from modules_app.tables.sqlite import apply_tables, plan_tables


def scripts(package: Path) -> tuple[str, dict[str, str], bytes]:
    """Return the name of the top folder, every SQL file of a package, and its module.xml."""
    texts: dict[str, str] = {}
    manifest = b""
    with tarfile.open(package) as archive:
        for member in archive.getmembers():
            opened = archive.extractfile(member) if member.isfile() else None
            if opened is None:
                continue
            top, _, path = member.name.partition("/")
            if path.endswith(".sql"):
                texts[path] = opened.read().decode("utf-8", "replace")
            elif path == "module.xml":
                manifest = opened.read()
    return top, texts, manifest


def test_every_script_of_a_real_package_is_read_and_what_is_plain_runs(packages: Path) -> None:
    seen = 0
    for package in sorted(packages.glob("*.tar.gz")):
        name, texts, document = scripts(package)
        manifest = read_manifest("module.xml", document).manifest
        tables = manifest.tables if manifest else ()
        for path, text in texts.items():
            seen += 1
            script = read_script(text, module_id=name, declared=[one.name for one in tables])
            for unused in script.unused:
                assert str(unused.finding(path))
            with closing(sqlite3.connect(":memory:")) as db:
                apply_tables(db, plan_tables(db, tables))
                for _run in range(2):
                    apply_script(db, script, declared=tables, fresh=[one.name for one in tables])
    assert seen
