"""A workbench for modules, and a core database for those that look into it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modules_app.processes.zygote import Zygote
from tests.workbench import Workbench


@pytest.fixture
def bench(tmp_path: Path, zygote: Zygote) -> Workbench:
    return Workbench(tmp_path, zygote)


@pytest.fixture
def core_file() -> Iterator[Path]:
    """The core database as the children see it, with one setting."""
    path = Path(os.environ["PBX_DATA_DIR"]) / "core.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE modules_app_pbxsetting (key TEXT PRIMARY KEY, value TEXT)")
        connection.execute("INSERT INTO modules_app_pbxsetting VALUES ('SIPPort', '5060')")
    yield path
    for name in ("core.sqlite3", "core.sqlite3-wal", "core.sqlite3-shm"):
        path.with_name(name).unlink(missing_ok=True)
