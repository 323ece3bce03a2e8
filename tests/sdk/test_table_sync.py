"""One test for each row of the table of differences (reference M5.3), with rows in the table."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from modules_app.bridge.registry import RegistryModule
from tests.workbench import Workbench

HEAD = "from django.db import models\nfrom modules_app.sdk import ModuleModel\n"
NUMBERS = """
class Numbers(ModuleModel):
    number = models.CharField(max_length=20)
    note = models.TextField(null=True)
"""


class Grown:
    """A module with two rows, whose models change from version to version."""

    def __init__(self, bench: Workbench, models: str = NUMBERS) -> None:
        self.bench = bench
        self.module, answer = self.install(models)
        assert answer["ok"], answer
        assert answer["tables"] == {"created": ["m_Numbers"], "altered": [], "kept": []}
        self.rows("INSERT INTO m_Numbers (number, note) VALUES ('100', 'a'), ('200', NULL)")

    def install(self, models: str, **files: str) -> tuple[RegistryModule, dict[str, Any]]:
        module = self.bench.module({"models.py": HEAD + models, **files}, "ModuleGrown")
        return module, self.bench.run(module)

    def becomes(self, models: str) -> dict[str, Any]:
        _module, answer = self.install(models)
        assert answer["ok"], answer["messages"]
        return answer["tables"]

    def refuses(self, models: str) -> str:
        before = self.schema()
        _module, answer = self.install(models)
        assert not answer["ok"]
        assert answer["failed_step"] == "install_db"
        assert self.schema() == before
        assert self.rows("SELECT count(*) FROM m_Numbers") == [(2,)]
        return str(answer["messages"])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.bench.rows(self.module, query)

    def schema(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT type, name, sql FROM sqlite_master ORDER BY name")

    def column(self, name: str) -> tuple[Any, ...]:
        """Return (type, required) of a column."""
        table = "SELECT type, \"notnull\" FROM pragma_table_info('m_Numbers')"
        found = self.rows(f"{table} WHERE name = '{name}'")
        kind, required = found[0]
        return kind.lower(), required


@pytest.fixture
def grown(bench: Workbench) -> Grown:
    return Grown(bench)


def test_a_missing_table_is_made(grown: Grown) -> None:
    tables = grown.becomes(NUMBERS + "class Other(ModuleModel):\n    name = models.TextField()\n")
    assert tables == {"created": ["m_Other"], "altered": [], "kept": []}


def test_identical_models_change_nothing(grown: Grown) -> None:
    before = grown.schema()
    assert grown.becomes(NUMBERS) == {"created": [], "altered": [], "kept": []}
    assert grown.schema() == before


def test_another_order_of_columns_changes_nothing(grown: Grown) -> None:
    before = grown.schema()
    tables = grown.becomes("""
class Numbers(ModuleModel):
    note = models.TextField(null=True)
    number = models.CharField(max_length=20)
""")
    assert tables["altered"] == []
    assert grown.schema() == before


def test_labels_defaults_and_validators_are_no_change(grown: Grown) -> None:
    before = grown.schema()
    tables = grown.becomes("""
def usual(): return "0"
class Numbers(ModuleModel):
    number = models.CharField("Number", max_length=20, default=usual, help_text="Which?")
    note = models.TextField(null=True, blank=True)
    class Meta:
        ordering = ["number"]
        verbose_name = "blocked number"
""")
    assert tables["altered"] == []
    assert grown.schema() == before


def test_a_new_nullable_column_is_added(grown: Grown) -> None:
    tables = grown.becomes(NUMBERS + "    prio = models.IntegerField(null=True)\n")
    assert tables["altered"] == ["m_Numbers"]
    assert grown.rows("SELECT number, prio FROM m_Numbers") == [("100", None), ("200", None)]


def test_a_new_column_with_a_default_is_filled(grown: Grown) -> None:
    grown.becomes(NUMBERS + "    prio = models.IntegerField(default=5)\n")
    assert grown.rows("SELECT id, number, note, prio FROM m_Numbers") == [
        (1, "100", "a", 5),
        (2, "200", None, 5),
    ]
    assert grown.column("prio") == ("integer", 1)


def test_a_new_required_column_without_a_default_is_refused_on_rows(grown: Grown) -> None:
    messages = grown.refuses(NUMBERS + "    prio = models.IntegerField()\n")
    assert "prio" in messages and "default" in messages


def test_a_new_required_column_is_made_when_the_table_is_empty(grown: Grown) -> None:
    grown.rows("DELETE FROM m_Numbers")
    grown.becomes(NUMBERS + "    prio = models.IntegerField()\n")
    assert grown.column("prio") == ("integer", 1)


def test_a_column_that_the_model_lost_is_kept_reported_and_no_longer_required(grown: Grown) -> None:
    fewer = "class Numbers(ModuleModel):\n    note = models.TextField(null=True)\n"
    tables = grown.becomes(fewer)
    assert tables["kept"] == [{"table": "m_Numbers", "columns": ["number"]}]
    assert grown.rows("SELECT number FROM m_Numbers") == [("100",), ("200",)]
    assert grown.column("number") == ("varchar(20)", 0)
    assert grown.becomes(fewer)["altered"] == []


def test_a_kept_column_survives_later_changes_and_comes_back(grown: Grown) -> None:
    grown.becomes("class Numbers(ModuleModel):\n    note = models.TextField(null=True)\n")
    short = "class Numbers(ModuleModel):\n    note = models.CharField(null=True, max_length=9)\n"
    grown.becomes(short)
    tables = grown.becomes(NUMBERS)
    assert tables["kept"] == []
    assert grown.rows("SELECT number, note FROM m_Numbers") == [("100", "a"), ("200", None)]


def test_a_table_that_the_models_lost_is_kept_and_reported(grown: Grown) -> None:
    tables = grown.becomes("class Other(ModuleModel):\n    name = models.TextField()\n")
    assert tables["kept"] == [{"table": "m_Numbers", "columns": []}]
    assert grown.rows("SELECT count(*) FROM m_Numbers") == [(2,)]


def test_another_type_and_size_keep_the_values(grown: Grown) -> None:
    grown.becomes("""
class Numbers(ModuleModel):
    number = models.CharField(max_length=40)
    note = models.CharField(max_length=10, null=True)
""")
    assert grown.column("number")[0] == "varchar(40)"
    assert grown.column("note")[0] == "varchar(10)"
    assert grown.rows("SELECT number, note FROM m_Numbers") == [("100", "a"), ("200", None)]


def test_a_column_that_becomes_required_takes_its_default(grown: Grown) -> None:
    grown.becomes(NUMBERS.replace("null=True", 'default="none"'))
    assert grown.rows("SELECT note FROM m_Numbers") == [("a",), ("none",)]


def test_a_column_that_becomes_required_is_refused_while_values_are_missing(grown: Grown) -> None:
    assert "note" in grown.refuses(NUMBERS.replace("null=True", ""))


def test_a_renamed_field_is_not_guessed(grown: Grown) -> None:
    tables = grown.becomes(NUMBERS.replace("note", "remark"))
    assert tables["kept"] == [{"table": "m_Numbers", "columns": ["note"]}]
    assert grown.rows("SELECT note, remark FROM m_Numbers") == [("a", None), (None, None)]


def test_a_field_that_keeps_its_column_under_another_name_keeps_its_values(grown: Grown) -> None:
    tables = grown.becomes(
        NUMBERS.replace("note = models.TextField(", 'remark = models.TextField(db_column="note", ')
    )
    assert tables["kept"] == []
    assert grown.rows("SELECT note FROM m_Numbers") == [("a",), (None,)]


def test_a_renamed_class_that_keeps_its_table_keeps_its_rows(grown: Grown) -> None:
    tables = grown.becomes(
        NUMBERS.replace("Numbers", "Callers") + '    class Meta:\n        db_table = "m_Numbers"\n'
    )
    assert tables == {"created": [], "altered": [], "kept": []}
    assert grown.rows("SELECT count(*) FROM m_Numbers") == [(2,)]


def test_indexes_and_constraints_follow_the_models(grown: Grown) -> None:
    indexed = (
        NUMBERS
        + """
    class Meta:
        indexes = [models.Index(fields=["note"], name="by_note")]
        constraints = [models.UniqueConstraint(fields=["number", "note"], name="once")]
"""
    )
    grown.becomes(indexed)
    assert "by_note" in str(grown.schema())
    with pytest.raises(sqlite3.IntegrityError):
        grown.rows("INSERT INTO m_Numbers (number, note) VALUES ('100', 'a')")
    assert grown.becomes(indexed)["altered"] == []
    grown.becomes(NUMBERS)
    assert "by_note" not in str(grown.schema())
    assert "once" not in str(grown.schema())


def test_a_constraint_that_rows_break_is_refused(grown: Grown) -> None:
    grown.rows("UPDATE m_Numbers SET number = '100'")
    grown.refuses(NUMBERS.replace("max_length=20", "max_length=20, unique=True"))


def test_relations_between_models_of_the_module_are_synchronised(grown: Grown) -> None:
    related = (
        NUMBERS
        + """
class Call(ModuleModel):
    number = models.ForeignKey(Numbers, on_delete=models.CASCADE, related_name="calls")
    others = models.ManyToManyField(Numbers, related_name="others")
"""
    )
    assert grown.becomes(related)["created"] == ["m_Call", "m_Call_others"]
    assert grown.becomes(related) == {"created": [], "altered": [], "kept": []}


def test_one_refused_table_leaves_all_tables_as_they_were(grown: Grown) -> None:
    grown.refuses(
        "class Aaa(ModuleModel):\n    name = models.TextField()\n"
        + NUMBERS.replace("note = models.TextField(null=True)", "prio = models.IntegerField()")
    )


def test_another_primary_key_is_refused(grown: Grown) -> None:
    assert "primary key" in grown.refuses("""
class Numbers(ModuleModel):
    number = models.CharField(max_length=20, primary_key=True)
    note = models.TextField(null=True)
""")


def test_a_table_of_the_version_in_php_is_adopted_with_its_rows(bench: Workbench) -> None:
    models = NUMBERS + "    prio = models.IntegerField(default=3)\n"
    module = bench.module({"models.py": HEAD + models}, "ModuleGrown")
    bench.rows(
        module,
        "CREATE TABLE m_Numbers (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "
        "number VARCHAR(20), legacy VARCHAR(9) NOT NULL)",
    )
    bench.rows(module, "INSERT INTO m_Numbers (number, legacy) VALUES ('100', 'x')")
    tables = bench.run(module)["tables"]
    assert tables["altered"] == ["m_Numbers"]
    assert tables["kept"] == [{"table": "m_Numbers", "columns": ["legacy"]}]
    query = "SELECT id, number, note, prio, legacy FROM m_Numbers"
    assert bench.rows(module, query) == [(1, "100", None, 3, "x")]
    bench.rows(module, "INSERT INTO m_Numbers (number, prio) VALUES ('200', 1)")
    assert bench.run(module)["tables"]["altered"] == []


def test_an_adopted_table_gets_the_promises_of_the_model_or_is_refused(bench: Workbench) -> None:
    models = NUMBERS.replace("max_length=20", "max_length=20, unique=True")
    module = bench.module({"models.py": HEAD + models}, "ModuleGrown")
    bench.rows(module, "CREATE TABLE m_Numbers (id INTEGER PRIMARY KEY, number TEXT, note TEXT)")
    bench.rows(module, "INSERT INTO m_Numbers (number) VALUES (NULL)")
    assert "number" in bench.run(module)["messages"][0]
    bench.rows(module, "UPDATE m_Numbers SET number = '100'")
    assert bench.run(module)["ok"]
    with pytest.raises(sqlite3.IntegrityError):
        bench.rows(module, "INSERT INTO m_Numbers (number) VALUES ('100')")


def test_a_table_with_another_primary_key_is_not_taken_over(bench: Workbench) -> None:
    module = bench.module({"models.py": HEAD + NUMBERS}, "ModuleGrown")
    bench.rows(module, "CREATE TABLE m_Numbers (number TEXT PRIMARY KEY)")
    answer = bench.run(module)
    assert not answer["ok"]
    assert "m_Numbers exists already" in answer["messages"][0]


MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    initial = True
    dependencies = {dependencies}
    operations = [migrations.CreateModel("Numbers", [
        ("id", models.BigAutoField(primary_key=True)),
        ("number", models.CharField(max_length=20)),
    ], options={{"db_table": "m_Numbers"}})]
"""


def test_a_package_with_migrations_uses_them(bench: Workbench) -> None:
    files = {"models.py": HEAD + NUMBERS, "migrations/__init__.py": ""}
    files["migrations/0001_initial.py"] = MIGRATION.format(dependencies=[])
    module = bench.module(files, "ModuleGrown")
    answer = bench.run(module)
    assert answer["tables"] == {"created": ["m_Numbers"], "altered": [], "kept": []}, answer
    bench.rows(module, "INSERT INTO m_Numbers (number) VALUES ('100')")
    assert bench.run(module)["tables"] == {"created": [], "altered": [], "kept": []}
    assert bench.rows(module, "SELECT number FROM m_Numbers") == [("100",)]


def test_migrations_that_need_another_application_are_refused(bench: Workbench) -> None:
    files = {"models.py": HEAD + NUMBERS, "migrations/__init__.py": ""}
    dependencies = [("auth", "0001_initial")]
    files["migrations/0001_initial.py"] = MIGRATION.format(dependencies=dependencies)
    answer = bench.run(bench.module(files, "ModuleGrown"))
    assert not answer["ok"]
    assert "auth" in answer["messages"][0]
