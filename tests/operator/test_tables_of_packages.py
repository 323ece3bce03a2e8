"""The data of a FreePBX module through its versions: renames, install.sql, left-overs, purging."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from modules_app.domain.operations import Outcome
from modules_app.domain.states import Verb
from modules_app.exceptions import NotAllowed, Refused
from modules_app.models import AuditEvent, Module, Operation
from modules_app.permissions import Actor
from modules_app.services.batch_plans import plan_batch
from modules_app.services.batches import start_batch
from modules_app.services.lifecycle import install_module
from modules_app.services.plans import plan_operation
from modules_app.services.purging import purge_columns
from tests.builders import zip_of
from tests.lifecycle import ACTOR, Life

ID = "parrot"
FIELD = '<field name="{}" type="string" length="{}" notnull="false"/>'


def package(version: str, fields: str, sql: str = "", more: str = "", files: Any = ()) -> bytes:
    document = (
        f"<module><rawname>{ID}</rawname><name>Parrot</name><version>{version}</version>"
        '<database><table name="words">'
        '<field name="id" type="integer" primarykey="true" autoincrement="true"/>'
        f"{fields}</table>{more}</database></module>"
    )
    content = {"module.xml": document, **dict(files)}
    return zip_of({**content, "install.sql": sql} if sql else content)


def field(name: str, length: int = 20) -> str:
    return FIELD.format(name, length)


def rows(life: Life, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(life.database(ID))) as connection:
        return connection.execute(query).fetchall()


def change(life: Life, query: str) -> None:
    with closing(sqlite3.connect(life.database(ID))) as connection, connection:
        connection.execute(query)


def left_over() -> dict[str, list[str]]:
    found: dict[str, list[str]] = Module.objects.get().facts["left_over"]
    return found


def said(operation: Operation) -> list[str]:
    return [one["text"].format(**one["context"]) for one in operation.plan]


def run_purge(life: Life, **chosen: str) -> Operation:
    return life.run(purge_columns(actor=ACTOR, module_id=ID, **chosen))


def test_a_renamed_column_is_in_the_plan_and_keeps_its_values(life: Life) -> None:
    life.install(package("1.0", field("word") + field("note", 9)))
    change(life, "INSERT INTO words (word, note) VALUES ('x', 'y')")
    upload = life.upload(package("1.1", field("title") + field("note", 9)))
    options = {"upload": str(upload.pk)}
    plan = plan_operation(verb=Verb.UPGRADE, module_id=ID, options=options)
    assert plan[1]["rename"] == ["words", "word", "title"]
    operation = life.install(package("1.1", field("title") + field("note", 9)))
    sentence = "In the table words the column word becomes title; its values are kept."
    assert sentence in said(operation)
    assert rows(life, "SELECT id, title, note FROM words") == [(1, "x", "y")]
    assert Module.objects.get().facts["table_changes"]["changes"][0]["renamed"] == [
        ["word", "title"]
    ]
    assert left_over() == {}


def test_an_ambiguous_rename_is_none_and_the_old_column_is_left_over(life: Life) -> None:
    life.install(package("1.0", field("word")))
    change(life, "INSERT INTO words (word) VALUES ('x')")
    operation = life.install(package("1.1", field("title") + field("name")))
    assert not any("becomes" in sentence for sentence in said(operation))
    assert rows(life, "SELECT word, title, name FROM words") == [("x", None, None)]
    assert left_over() == {"words": ["word"]}


def test_the_plan_for_several_modules_says_it_too(life: Life) -> None:
    life.install(package("1.0", field("word")))
    change(life, "INSERT INTO words (word) VALUES ('x')")
    upload = life.upload(package("1.1", field("title")))
    plan = plan_batch(verb=Verb.INSTALL, upload_ids=[str(upload.pk)])
    assert [str(one) for one in plan.warnings if one.slug == "column-renamed"] == [
        "“parrot”: in the table words the column word becomes title; its values are kept."
    ]
    start_batch(actor=ACTOR, verb=Verb.INSTALL, upload_ids=[str(upload.pk)])
    assert life.run(Operation.objects.get(verb="upgrade")).outcome == Outcome.DONE
    assert rows(life, "SELECT title FROM words") == [("x",)]


def test_a_rename_that_the_data_does_not_allow_is_said_and_nothing_is_lost(life: Life) -> None:
    life.install(package("1.0", field("word")))
    change(life, "ALTER TABLE words ADD COLUMN title varchar(20)")
    change(life, "INSERT INTO words (word, title) VALUES ('x', 'y')")
    operation = life.install(package("1.1", field("title")))
    assert [one for one in operation.messages if "did not become" in one["text"]]
    assert rows(life, "SELECT word, title FROM words") == [("x", "y")]


def test_a_left_over_column_that_comes_back_is_used_again(life: Life) -> None:
    life.install(package("1.0", field("word") + field("title")))
    change(life, "INSERT INTO words (word, title) VALUES ('x', 'y')")
    life.install(package("1.1", field("word")))
    operation = life.install(package("1.2", field("title")))
    assert not any("becomes" in sentence for sentence in said(operation))
    assert rows(life, "SELECT word, title FROM words") == [("x", "y")]
    assert left_over() == {"words": ["word"]}


def test_a_column_that_went_long_ago_is_no_origin_of_a_rename(life: Life) -> None:
    life.install(package("1.0", field("word") + field("note", 9)))
    life.install(package("1.1", field("note", 9)))
    operation = life.install(package("1.2", field("note", 9) + field("title")))
    assert not any("becomes" in sentence for sentence in said(operation))
    assert left_over() == {"words": ["word"]}


def test_a_plan_without_the_sentence_renames_nothing(life: Life) -> None:
    """Between asking and running, only what a person saw counts."""
    life.install(package("1.0", field("word")))
    upload = life.upload(package("1.1", field("title")))
    operation = install_module(actor=ACTOR, upload_id=upload.pk)
    Operation.objects.filter(pk=operation.pk).update(plan=[])
    life.run(Operation.objects.get(pk=operation.pk))
    assert left_over() == {"words": ["word"]}


SQL = """
CREATE TABLE IF NOT EXISTS parrot_log (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, line text);
INSERT INTO parrot_log (line) VALUES ('first');
INSERT INTO words (word) VALUES ('hello');
UPDATE users SET name = 'x';
"""


def test_install_sql_runs_after_the_declared_tables(life: Life) -> None:
    operation = life.install(package("1.0", field("word"), SQL))
    assert operation.outcome == Outcome.DONE
    assert rows(life, "SELECT * FROM parrot_log") == [(1, "first")]
    assert rows(life, "SELECT * FROM words") == [(1, "hello")]
    assert Module.objects.get().facts["table_changes"]["script"] == {"created": ["parrot_log"]}


def test_install_sql_runs_again_without_touching_rows(life: Life) -> None:
    life.install(package("1.0", field("word"), SQL))
    change(life, "UPDATE parrot_log SET line = 'mine'")
    more = SQL + "ALTER TABLE parrot_log ADD COLUMN at datetime;"
    operation = life.install(package("1.1", field("word"), more))
    assert operation.outcome == Outcome.DONE
    assert rows(life, "SELECT * FROM parrot_log") == [(1, "mine", None)]
    assert rows(life, "SELECT * FROM words") == [(1, "hello")]
    assert len([one for one in operation.messages if "left out" in one["text"]]) == 2
    assert left_over() == {}
    life.install(package("1.2", field("word"), SQL))
    assert left_over() == {}, "a column of a table that a script makes is not ours to judge"


def test_a_table_that_no_script_makes_any_more_is_left_over(life: Life) -> None:
    life.install(package("1.0", field("word"), SQL))
    life.install(package("1.1", field("word")))
    assert left_over() == {"parrot_log": []}


def test_a_script_that_fails_refuses_the_version_and_changes_nothing(life: Life) -> None:
    life.install(package("1.0", field("word")))
    change(life, "INSERT INTO words (word) VALUES ('x'), ('x')")
    operation = life.install(
        package("1.1", field("word"), "ALTER TABLE words ADD UNIQUE KEY w (word);")
    )
    assert operation.outcome == Outcome.FAILED
    assert operation.error["slug"] == "script-failed"
    assert Module.objects.get().version == "1.0"
    assert rows(life, "SELECT word FROM words") == [("x",), ("x",)]


OTHER = '<table name="colours"><field name="id" type="integer" primarykey="true"/></table>'


@pytest.fixture
def shrunk(life: Life) -> Life:
    """Version 1.1 without the column "note" and without the table "colours"."""
    life.install(package("1.0", field("word") + field("note", 9), more=OTHER))
    change(life, "INSERT INTO words (word, note) VALUES ('a', 'x'), ('b', ''), ('c', NULL)")
    change(life, "INSERT INTO colours VALUES (7)")
    life.install(package("1.1", field("word")))
    assert left_over() == {"words": ["note"], "colours": []}
    return life


def test_the_plan_of_purging_counts_what_is_lost(shrunk: Life) -> None:
    plan = plan_operation(verb=Verb.PURGE, module_id=ID, options={})
    sentences = [one["text"].format(**one["context"]) for one in plan]
    assert sentences[:2] == [
        "Delete the table colours. Its rows: 1.",
        "Delete the column note of the table words. Rows with a value: 1.",
    ]
    assert "Version 1.0 is not kept any longer then, as one step back is." in sentences


def test_purging_deletes_what_is_left_over_and_nothing_else(shrunk: Life) -> None:
    before = Module.objects.get()
    operation = run_purge(shrunk)
    assert (operation.outcome, operation.verb) == (Outcome.DONE, "purge")
    assert rows(shrunk, "SELECT * FROM words") == [(1, "a"), (2, "b"), (3, "c")]
    names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    assert rows(shrunk, names) == [("words",)]
    after = Module.objects.get()
    assert (after.generation, after.version) == (before.generation, "1.1")
    assert after.epoch != before.epoch and left_over() == {}
    assert AuditEvent.objects.filter(action="module-purge", outcome="done").exists()
    epochs = {path.name for path in (shrunk.data_dir.data / ID).iterdir()}
    assert epochs == {before.epoch, after.epoch}
    generations = [path.name for path in (shrunk.data_dir.store / ID).iterdir()]
    assert generations == [after.generation]


def test_purging_can_be_undone_until_the_next_change(shrunk: Life) -> None:
    run_purge(shrunk)
    assert shrunk.rollback(ID).outcome == Outcome.DONE
    assert rows(shrunk, "SELECT note FROM words WHERE id = 1") == [("x",)]
    assert left_over() == {"words": ["note"], "colours": []}
    assert Module.objects.get().version == "1.1"


def test_one_table_or_one_column_can_be_chosen(shrunk: Life) -> None:
    run_purge(shrunk, table="WORDS", column="Note")
    assert left_over() == {"colours": []}
    assert rows(shrunk, "SELECT * FROM colours") == [(7,)]
    run_purge(shrunk, table="colours")
    assert left_over() == {}
    with pytest.raises(Refused) as caught:
        purge_columns(actor=ACTOR, module_id=ID)
    assert caught.value.slug == "nothing-left-over"


@pytest.mark.parametrize(
    "chosen",
    [
        {"table": "words", "column": "word"},
        {"column": "id"},
        {"table": "sqlite_schema"},
        {"table": "colours", "column": "id"},
    ],
)
def test_only_what_is_left_over_can_be_purged(shrunk: Life, chosen: dict[str, str]) -> None:
    with pytest.raises(Refused):
        purge_columns(actor=ACTOR, module_id=ID, **chosen)
    assert not Operation.objects.filter(verb="purge").exists()


def test_purging_needs_the_right_to_remove_and_is_asked_for_once(shrunk: Life) -> None:
    with pytest.raises(NotAllowed):
        purge_columns(actor=Actor(name="x", channel="web", rights=frozenset()), module_id=ID)
    first = purge_columns(actor=ACTOR, module_id=ID, request_key="k")
    assert purge_columns(actor=ACTOR, module_id=ID, request_key="k").pk == first.pk


def test_a_purge_that_fails_leaves_everything_as_it_was(shrunk: Life) -> None:
    change(shrunk, "CREATE VIEW v AS SELECT note FROM words")
    before = shrunk.residue()
    operation = run_purge(shrunk)
    assert operation.error["slug"] == "purge-failed"
    assert rows(shrunk, "SELECT note FROM words WHERE id = 1") == [("x",)]
    assert left_over() == {"words": ["note"], "colours": []}
    assert shrunk.residue() == before


def test_an_enabled_module_stays_enabled_while_its_data_is_purged(shrunk: Life) -> None:
    shrunk.enable(ID)
    assert run_purge(shrunk).outcome == Outcome.DONE
    module = Module.objects.get()
    assert (module.wanted, module.phase) == ("on", "probation")


def test_what_a_table_of_today_refers_to_is_not_purged(life: Life) -> None:
    life.install(package("1.0", field("word"), more=OTHER))
    life.install(package("1.1", field("word")))
    change(life, "CREATE TABLE own (c int REFERENCES colours (id))")
    operation = run_purge(life, table="colours")
    assert operation.error["slug"] == "purge-failed"
    assert "own refers to it" in str(operation.error["context"]["reason"])


PYTHON = {
    "module.py": """
from modules_app.sdk import FreePbxModule
from django.db import connections

class Parrot(FreePbxModule):
    def install(self):
        return True
"""
}


def test_what_code_in_python_made_itself_is_never_left_over(life: Life) -> None:
    assert life.install(package("1.0", field("word") + field("note", 9), files=PYTHON)).outcome
    change(life, "CREATE TABLE own (a int)")
    change(life, "ALTER TABLE words ADD COLUMN own text")
    operation = life.install(package("1.1", field("word"), files=PYTHON))
    assert operation.outcome == Outcome.DONE, operation.error
    assert Module.objects.get().language == "python"
    assert left_over() == {"words": ["note"]}
