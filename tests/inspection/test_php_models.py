"""Tables from Models/*.php: one sample per thing that real models do."""

from __future__ import annotations

import pytest

from modules_app.domain.tables import ColumnSpec, ColumnType, KeySpec, TableSpec
from modules_app.inspection.php_models import read_php_models
from tests.inspection.package import slugs, sources

HEAD = """<?php
namespace Modules\\ModuleX\\Models;
use MikoPBX\\Modules\\Models\\ModulesModelsBase;
"""


def model(body: str, *, before: str = "", name: str = "Thing") -> str:
    return f"{HEAD}{before}\nclass {name} extends ModulesModelsBase\n{{\n{body}\n}}\n"


SOURCE = "public function initialize(): void { $this->setSource('m_Thing'); parent::initialize(); }"
ID = """
    /**
     * @Primary
     * @Identity
     * @Column(type="integer", nullable=false)
     */
    public $id;
"""


def read(text: str, path: str = "Models/Thing.php") -> tuple[list[TableSpec], list[str]]:
    package = sources({path: text})
    tables = [found.table for found in read_php_models(package)]
    return tables, slugs(package.findings.all)


def column(arguments: str) -> ColumnSpec:
    text = f"/** @Column({arguments}) */ public $c;"
    ((table,), _findings) = read(model(ID + text + SOURCE))
    return table.columns[1]


def test_the_running_example_of_the_seeds() -> None:
    text = model(
        ID + "/**\n * Blocked.\n *\n * @Column(type=\"string\", nullable=true)\n */\n"
        "public $number;"
        "public function initialize(): void { $this->setSource('m_BlackListNumbers'); }",
        name="BlackListNumbers",
    )
    tables, findings = read(text, "Models/BlackListNumbers.php")
    assert findings == []
    assert tables == [
        TableSpec(
            "m_BlackListNumbers",
            (
                ColumnSpec("id", ColumnType.INTEGER, primary=True, autoincrement=True),
                ColumnSpec("number", ColumnType.STRING, nullable=True),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("type='integer', nullable=true", ColumnSpec("c", ColumnType.INTEGER, nullable=True)),
        ("type='decimal'", ColumnSpec("c", ColumnType.INTEGER)),
        ("type='tinyint'", ColumnSpec("c", ColumnType.INTEGER)),
        ("type='boolean'", ColumnSpec("c", ColumnType.BOOLEAN)),
        ("type='text'", ColumnSpec("c", ColumnType.TEXT)),
        ("type='longblob'", ColumnSpec("c", ColumnType.BLOB)),
        ("type='json'", ColumnSpec("c", ColumnType.JSON)),
        ("nullable=false", ColumnSpec("c", ColumnType.STRING)),
        ("type='string'", ColumnSpec("c", ColumnType.STRING)),
        ("type='string', length=1, default='0'", ColumnSpec("c", length=1, default="0")),
        ("type='string', length='40'", ColumnSpec("c", length=40)),
        ("type='string', default=''", ColumnSpec("c", default="")),
        ("type='integer', default=5", ColumnSpec("c", ColumnType.INTEGER, default="5")),
        ("type='string', default=true", ColumnSpec("c", default="1")),
        ("column='real_name'", ColumnSpec("real_name")),
    ],
)
def test_column_arguments(arguments: str, expected: ColumnSpec) -> None:
    assert column(arguments) == expected


def test_an_identity_is_first_and_alone_in_the_key() -> None:
    other = "/**\n * @Primary\n * @Column(type='integer', nullable=true)\n */\npublic $number;"
    ((table,), _findings) = read(model(other + ID + SOURCE))
    assert [(c.name, c.primary) for c in table.columns] == [("id", True), ("number", False)]


def test_properties_without_a_column_annotation_are_no_columns() -> None:
    extra = "/** just a word about @var */ public $plain; private static $cache = [];"
    ((table,), _findings) = read(model(ID + extra + SOURCE))
    assert [c.name for c in table.columns] == ["id"]


def test_typed_properties_with_defaults_and_comments_in_between() -> None:
    extra = "/** @Column(type='string', nullable=true) */ // why\n public ?string $c = \"x\";"
    ((table,), _findings) = read(model(ID + extra + SOURCE))
    assert table.columns[1] == ColumnSpec("c", nullable=True)


def test_indexes_of_the_class_comment() -> None:
    before = """/**
 * Class Thing
 * @method static mixed findFirst(array $parameters = null)
 * @Indexes(
 *     [name='number', columns=['number'], type=''],
 *     [name='both', columns=['id','number'], type='UNIQUE'],
 *     [name='CallerID', columns=['CallerID'], type='']
 * )
 */"""
    body = ID + "/** @Column(type='string', nullable=true) */ public $number;" + SOURCE
    ((table,), findings) = read(model(body, before=before))
    assert table.keys == (
        KeySpec("number", ("number",)),
        KeySpec("both", ("id", "number"), unique=True),
    )
    assert findings == ["php-model-bad-index"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("function initialize() { $this->setSource('m_' . 'Other'); }", "m_Other"),
        ("const T = 'm_Other'; function initialize() { $this->setSource(self::T); }", "m_Other"),
        ("function INITIALIZE() { if (1) { $this->setsource(\"m_Other\"); } }", "m_Other"),
        ("function getSource() { return 'm_Other'; }", "m_Other"),
        ("function initialize() { $this->setSource($x); }", "m_Thing"),
        ("", "m_Thing"),
    ],
)
def test_the_name_of_the_table(source: str, name: str) -> None:
    ((table,), findings) = read(model(ID + source))
    assert table.name == name
    assert findings == ([] if name == "m_Other" else ["php-model-default-table"])


def test_abstract_classes_and_helpers_declare_nothing() -> None:
    abstract = model(ID + SOURCE).replace("class Thing", "abstract class Thing")
    assert read(abstract) == ([], [])
    assert read("<?php class Thing { public $x; }") == ([], [])
    assert read("<?php interface Thing {}") == ([], ["php-model-missing"])


def test_inherited_columns_are_named_as_not_read() -> None:
    text = model(ID + SOURCE).replace("extends ModulesModelsBase", "extends CallDetailRecordsBase")
    assert read(text)[1] == ["php-model-inherits"]


def test_a_malformed_annotation_says_file_and_line() -> None:
    package = sources(
        {"Models/Thing.php": model(ID + "/**\n *\n * @Column(type=\n */\npublic $c;" + SOURCE)}
    )
    assert [len(found.table.columns) for found in read_php_models(package)] == [1]
    (finding,) = package.findings.all
    lines = package.read("Models/Thing.php").split(b"\n")
    path, _colon, line = finding.location.partition(":")
    assert (finding.slug, path) == ("php-annotation", "Models/Thing.php")
    assert b"@Column(type=" in b"".join(lines[int(line) - 2 : int(line)])


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        ("type='money'", "php-model-unknown-type"),
        ("length='long'", "php-model-bad-length"),
        ("column='a b'", "php-model-bad-column"),
    ],
)
def test_what_is_not_understood_is_a_finding(arguments: str, slug: str) -> None:
    assert read(model(ID + f"/** @Column({arguments}) */ public $c;" + SOURCE))[1] == [slug]


def test_a_hostile_table_name_leaves_the_model_out() -> None:
    text = model(ID + "function initialize() { $this->setSource('x\"; DROP TABLE y'); }")
    assert read(text) == ([], ["php-model-bad-table"])


def test_of_two_models_with_one_table_the_first_counts() -> None:
    package = sources(
        {
            "Models/A.php": model(ID + SOURCE, name="A"),
            "Models/B.php": model(ID + SOURCE, name="B"),
        }
    )
    assert [found.name for found in read_php_models(package)] == ["A"]
    assert slugs(package.findings.all) == ["php-model-table-taken"]


def test_a_syntax_error_is_reported_and_the_rest_is_read() -> None:
    tables, findings = read(model(ID + SOURCE) + "\nfunction (")
    assert [table.name for table in tables] == ["m_Thing"]
    assert findings == ["php-syntax"]
