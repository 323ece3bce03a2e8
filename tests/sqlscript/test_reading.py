"""Which statements of a script are run here, and what is said of the others."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules_app.domain.tables import ColumnSpec, ColumnType, ForeignKeySpec, KeySpec
from modules_app.sqlscript.reading import MAX_STATEMENTS, read_script
from modules_app.sqlscript.statements import (
    BAD_NAME,
    COMPUTED,
    FOREIGN_TABLE,
    MAX_CHARACTERS,
    OTHER_STATEMENT,
    UNREADABLE,
    AddColumn,
    AddIndex,
    AddPrimaryKey,
    ChangeColumn,
    CreateTable,
    DropColumn,
    DropIndex,
    DropTable,
    InsertRows,
    RenameColumn,
    RenameTable,
    Script,
    Statement,
)

BIRDS = "CREATE TABLE birds (id int);"


def read(script: str) -> Script:
    return read_script(script, module_id="parrot", declared=["words"])


def one(script: str) -> Statement:
    found = read(script)
    assert found.unused == ()
    [statement] = found.statements
    return statement


def test_a_table_of_mysql_becomes_a_declared_table() -> None:
    statement = one("""
        CREATE TABLE IF NOT EXISTS `asterisk`.`birds` (
          `id` int(11) unsigned NOT NULL AUTO_INCREMENT COMMENT 'x',
          `name` varchar(20) COLLATE utf8_bin NOT NULL DEFAULT '',
          code char(4) UNIQUE, price decimal(10,2) unsigned zerofill DEFAULT -1,
          kind enum('a','b') DEFAULT NULL, tame tinyint(1) NOT NULL DEFAULT 0,
          seen timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
          photo mediumblob, cage int, PRIMARY KEY (`id`), UNIQUE KEY `by name` (`name`(10), kind),
          KEY (tame), FULLTEXT KEY f (name), CHECK (tame > 1),
          CONSTRAINT fk FOREIGN KEY (cage) REFERENCES cages (id)
            ON DELETE SET NULL ON UPDATE CASCADE
        ) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8;
    """)
    assert isinstance(statement, CreateTable) and statement.line == 2
    spec = statement.spec
    assert spec.name == "birds"
    assert spec.columns == (
        ColumnSpec("id", ColumnType.INTEGER, primary=True, autoincrement=True, unsigned=True),
        ColumnSpec("name", length=20, default=""),
        ColumnSpec("code", length=4, nullable=True, unique=True, fixed=True),
        ColumnSpec(
            "price",
            ColumnType.DECIMAL,
            precision=10,
            scale=2,
            nullable=True,
            default="-1",
            unsigned=True,
        ),
        ColumnSpec("kind", nullable=True),
        ColumnSpec("tame", ColumnType.BOOLEAN, default="0"),
        ColumnSpec("seen", ColumnType.DATETIME, default="CURRENT_TIMESTAMP"),
        ColumnSpec("photo", ColumnType.BLOB, nullable=True),
        ColumnSpec("cage", ColumnType.INTEGER, nullable=True),
    )
    assert spec.keys == (
        KeySpec("name_kind", ("name", "kind"), unique=True),
        KeySpec("tame", ("tame",)),
        KeySpec("f", ("name",)),
    )
    assert spec.foreign_keys == (
        ForeignKeySpec(("cage",), "cages", ("id",), "CASCADE", "SET NULL"),
    )


def test_values_are_read_with_their_escapes() -> None:
    statement = one(
        r"""INSERT INTO words (a, b, c, d, e) VALUES
        ('it''s', -1, NULL, 0x4142, TRUE), ('a\n\'b\\', 1.5, _utf8'日本', b'101', "x;y")"""
    )
    assert isinstance(statement, InsertRows)
    assert statement.columns == ("a", "b", "c", "d", "e")
    assert statement.rows == (
        ("it's", -1, None, b"AB", 1),
        ("a\n'b\\", 1.5, "日本", 5, "x;y"),
    )


@pytest.mark.parametrize(
    ("script", "conflict"),
    [
        ("INSERT INTO words VALUES (1)", "ABORT"),
        ("INSERT IGNORE INTO words VALUES (1)", "IGNORE"),
        ("REPLACE INTO words VALUES (1)", "REPLACE"),
        ("replace words values (1)", "REPLACE"),
        ("INSERT words SET a = 1", "ABORT"),
        ("/*!40000 INSERT INTO words VALUES (1) */", "ABORT"),
    ],
)
def test_every_plain_form_of_insert_is_read(script: str, conflict: str) -> None:
    statement = one(script)
    assert isinstance(statement, InsertRows)
    assert (statement.rows, statement.conflict) == (((1,),), conflict)


def test_changes_of_a_table_are_read_one_by_one() -> None:
    found = read(
        "ALTER TABLE words ADD COLUMN a int NOT NULL AFTER b, ADD INDEX k (a), DROP COLUMN c,"
        " ADD UNIQUE (a);\nCREATE UNIQUE INDEX i ON words (a, b(3));\n"
        "DROP TABLE IF EXISTS words, parrot_old"
    )
    assert found.unused == ()
    assert list(found.statements) == [
        AddColumn(1, "words", ColumnSpec("a", ColumnType.INTEGER)),
        AddIndex(1, "words", KeySpec("k", ("a",))),
        DropColumn(1, "words", "c"),
        AddIndex(1, "words", KeySpec("a", ("a",), unique=True)),
        AddIndex(2, "words", KeySpec("i", ("a", "b"), unique=True)),
        DropTable(3, "words"),
        DropTable(3, "parrot_old"),
    ]


def test_keys_definitions_and_names_are_changed() -> None:
    found = read(
        "ALTER TABLE words ADD PRIMARY KEY (a, b), ADD CONSTRAINT p PRIMARY KEY (c);\n"
        "ALTER TABLE words MODIFY a varchar(9) NOT NULL, CHANGE COLUMN `b` c int AFTER a;\n"
        "ALTER TABLE words RENAME TO parrot_b, RENAME COLUMN x TO y, DROP KEY k;\n"
        "RENAME TABLE words TO `parrot_c`;DROP INDEX i ON words"
    )
    assert found.unused == ()
    whole = ColumnSpec("c", ColumnType.INTEGER, nullable=True)
    assert list(found.statements) == [
        AddPrimaryKey(1, "words", ("a", "b")),
        AddPrimaryKey(1, "words", ("c",)),
        ChangeColumn(2, "words", "a", ColumnSpec("a", ColumnType.STRING, 9)),
        ChangeColumn(2, "words", "b", whole),
        RenameColumn(3, "words", "x", "y"),
        DropIndex(3, "words", "k"),
        RenameTable(3, "words", "parrot_b"),
        RenameTable(4, "words", "parrot_c"),
        DropIndex(4, "words", "i"),
    ]
    assert found.tables == {"words": {"a", "c", "y"}, "parrot_b": {"a", "c", "y"}} | {
        "parrot_c": {"a", "c", "y"}
    }


def test_a_tables_owner_is_who_declares_creates_or_prefixes_it() -> None:
    own = "INSERT INTO {} VALUES (1);"
    names = ("words", "WORDS", "parrot_x", "Parrot", "asterisk.words", "birds")
    assert read(BIRDS + "".join(map(own.format, names))).unused == ()
    for name in ("birds", "users", "mysql.user", "asteriskcdrdb.words", "par", "a.asterisk.words"):
        [unused] = read(own.format(name)).unused
        assert unused.reason == FOREIGN_TABLE, name
    assert read("DROP TABLE IF EXISTS birds;" + BIRDS).unused == ()
    [unused] = read(own.format("birds")).unused
    assert unused.context == (("table", "birds"),)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("SET NAMES utf8", OTHER_STATEMENT),
        ("/*!40101 SET NAMES utf8 */", OTHER_STATEMENT),
        ("GRANT ALL ON *.* TO x", OTHER_STATEMENT),
        ("UPDATE words SET a = 1", OTHER_STATEMENT),
        ("DELETE FROM words", OTHER_STATEMENT),
        ("TRUNCATE words", OTHER_STATEMENT),
        ("SELECT 1", OTHER_STATEMENT),
        ("ATTACH DATABASE 'x' AS y", OTHER_STATEMENT),
        ("PRAGMA writable_schema = 1", OTHER_STATEMENT),
        ("LOAD DATA INFILE 'x' INTO TABLE words", OTHER_STATEMENT),
        ("CALL x()", OTHER_STATEMENT),
        ("USE mysql", OTHER_STATEMENT),
        ("CREATE DATABASE x", OTHER_STATEMENT),
        ("CREATE TRIGGER t BEFORE INSERT ON words FOR EACH ROW SET @a = 1", OTHER_STATEMENT),
        ("DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//", OTHER_STATEMENT),
        ("CREATE VIEW v AS SELECT * FROM users", OTHER_STATEMENT),
        ("CREATE TABLE x LIKE users", OTHER_STATEMENT),
        ("CREATE TABLE x AS SELECT * FROM users", OTHER_STATEMENT),
        ("CREATE TABLE x (a int) AS SELECT 1", OTHER_STATEMENT),
        ("CREATE TEMPORARY TABLE x (a int)", OTHER_STATEMENT),
        ("CREATE TABLE x (a int, b int AS (a + 1))", OTHER_STATEMENT),
        ("INSERT INTO words SELECT * FROM users", OTHER_STATEMENT),
        ("INSERT INTO words VALUES (1) ON DUPLICATE KEY UPDATE a = 2", OTHER_STATEMENT),
        ("ALTER TABLE words MODIFY a int PRIMARY KEY", OTHER_STATEMENT),
        ("ALTER TABLE words MODIFY a int UNIQUE", OTHER_STATEMENT),
        ("ALTER TABLE words CHANGE a b int AS (c + 1)", OTHER_STATEMENT),
        ("ALTER TABLE words DROP PRIMARY KEY", OTHER_STATEMENT),
        ("ALTER TABLE words DROP FOREIGN KEY k", OTHER_STATEMENT),
        ("ALTER TABLE words ALTER COLUMN a SET DEFAULT 5", OTHER_STATEMENT),
        ("ALTER TABLE words MODIFY a int, DROP PRIMARY KEY", OTHER_STATEMENT),
        ("ALTER TABLE words RENAME TO users", FOREIGN_TABLE),
        ("ALTER TABLE users RENAME TO words", FOREIGN_TABLE),
        ("RENAME TABLE words TO users", FOREIGN_TABLE),
        ("RENAME TABLE words TO parrot_a, parrot_b TO parrot_c", OTHER_STATEMENT),
        ("DROP INDEX i ON users", FOREIGN_TABLE),
        ("DROP INDEX i", OTHER_STATEMENT),
        ('ALTER TABLE words CHANGE a `b" int; --` int', BAD_NAME),
        ("ALTER TABLE words ENGINE = InnoDB", OTHER_STATEMENT),
        ("DROP DATABASE asterisk", OTHER_STATEMENT),
        ("DROP TABLE words, users", FOREIGN_TABLE),
        ("ALTER TABLE users ADD a int", FOREIGN_TABLE),
        ("CREATE INDEX i ON users (a)", FOREIGN_TABLE),
        ("CREATE TABLE mysql.x (a int)", FOREIGN_TABLE),
        ("CREATE TABLE sqlite_x (a int)", BAD_NAME),
        ('CREATE TABLE `a"; DROP TABLE x; --` (a int)', BAD_NAME),
        ("CREATE TABLE x (`a b` int)", BAD_NAME),
        ('INSERT INTO words (`a"b`) VALUES (1)', BAD_NAME),
        ("INSERT INTO words VALUES (load_extension('x'))", COMPUTED),
        ("INSERT INTO words VALUES ((SELECT 1))", COMPUTED),
        ("INSERT INTO words VALUES (SLEEP(9))", COMPUTED),
        ("INSERT INTO words VALUES (1 + 1)", COMPUTED),
        ("INSERT INTO words VALUES (@@version)", COMPUTED),
        ("CREATE TABLE x (a int DEFAULT (load_extension('x')))", COMPUTED),
        ("INSERT INTO words (a) VALUES (1, 2)", UNREADABLE),
        ("INSERT INTO words VALUES ()", UNREADABLE),
        ("INSERT INTO", UNREADABLE),
        ("INSERT INTO words VALUES (" + "- " * 3000 + "1)", UNREADABLE),
    ],
)
def test_everything_else_is_listed_and_not_run(script: str, reason: str) -> None:
    found = read(script)
    assert found.statements == ()
    [unused] = found.unused
    assert unused.reason == reason


def test_a_finding_names_the_line_and_the_beginning_of_the_statement() -> None:
    [unused] = read(f"\n\nUPDATE users\n SET a = '{'x' * 500}'").unused
    finding = unused.finding("install.sql")
    assert finding.location == "install.sql:3"
    assert str(finding).startswith("Not run: UPDATE users SET a = 'xxx")
    assert "{" not in str(finding) and len(str(finding)) < 300


@pytest.mark.parametrize(
    "script",
    [
        "-- x\n" * MAX_CHARACTERS,
        BIRDS * (MAX_STATEMENTS + 1),
        f"{BIRDS}\n" + "INSERT INTO words VALUES ('" + "x" * MAX_CHARACTERS + "')",
    ],
)
def test_of_a_script_beyond_the_limits_nothing_is_run(script: str) -> None:
    found = read(script)
    assert found.statements == ()
    [unused] = found.unused
    assert "Nothing of this script is run" in str(unused.finding("install.sql"))


@pytest.mark.parametrize("inside", ["(" * 11 + "1" + ")" * 11, "f(" * 5000])
def test_deep_nesting_is_not_even_tried(inside: str) -> None:
    [unused] = read(f"INSERT INTO words VALUES ({inside})").unused
    assert "too deeply" in unused.reason


def test_a_null_character_ends_nothing() -> None:
    assert read("INSERT INTO words VALUES ('a\0'); DROP TABLE words").statements == (
        DropTable(1, "words"),
    )


PARTS = st.sampled_from(
    "CREATE TABLE INSERT INTO REPLACE ALTER DROP ADD COLUMN words users VALUES ( ) ( ) , , ; ' \" `"
    " id int varchar(9) DEFAULT NULL NOT NULL 1 -1 'x' PRIMARY KEY UNIQUE INDEX CONSTRAINT FOREIGN"
    " REFERENCES ON DELETE SET SELECT * = /*! */ /* # -- \\ . @a CASE WHEN END IF EXISTS".split(" ")
)


@given(st.lists(PARTS, max_size=25), st.sampled_from(["", "INSERT INTO words ", BIRDS[:-2]]))
def test_no_text_makes_reading_fail(words: list[str], start: str) -> None:
    found = read(start + " ".join(words))
    for unused in found.unused:
        assert str(unused.finding("install.sql"))
    for statement in found.statements:
        assert statement.table.lower() != "users" or "users" in found.created


def test_who_reads_no_script_does_not_pay_for_the_reader() -> None:
    """Loading sqlglot takes longer than most commands; every process would."""
    modules = "modules_app.inspection.report, modules_app.operator.data"
    code = f"import sys, {modules}; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
