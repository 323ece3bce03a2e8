"""A small module with a table, for tests of what goes out and comes back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.builders import zip_of
from tests.lifecycle import Life

XML = """<module><rawname>keeper</rawname><name>The keeper</name><version>1.0</version>
<database><table name="keeper_notes">
<field name="id" type="integer" primarykey="true" autoincrement="true"/>
<field name="text" type="string" length="80" default=""/></table></database></module>"""


def install_keeper(life: Life) -> None:
    """Install it with one row in its table."""
    life.install(zip_of({"keeper/module.xml": XML}))
    write(life, "first")


def write(life: Life, text: str) -> None:
    """Let the table have this one row."""
    with closing(sqlite3.connect(life.database("keeper"))) as connection, connection:
        connection.execute("DELETE FROM keeper_notes")
        connection.execute("INSERT INTO keeper_notes (text) VALUES (?)", [text])


def notes(life: Life) -> list[str]:
    """Return what the table holds."""
    with closing(sqlite3.connect(life.database("keeper"))) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM keeper_notes")]
