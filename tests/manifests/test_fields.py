"""Every field of reference M1 and F1 arrives in the Manifest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modules_app.domain.findings import Severity
from modules_app.domain.manifest import Contract, Manifest, MenuEntry
from modules_app.domain.tables import ColumnSpec, ColumnType, ForeignKeySpec, KeySpec, TableSpec
from modules_app.manifests.reader import read_manifest

DESCRIPTORS = Path(__file__).parent / "descriptors"


def read(file: str) -> Manifest:
    path = DESCRIPTORS / file
    reading = read_manifest(f"top/module{path.suffix}", path.read_bytes())
    assert reading.manifest is not None, reading.errors
    assert not [one for one in reading.findings if one.severity is Severity.WARNING]
    return reading.manifest


@pytest.fixture(scope="module")
def parrot() -> Manifest:
    return read("full.xml")


def test_every_field_of_module_json_is_read() -> None:
    assert read("full.json") == Manifest(
        contract=Contract.MIKOPBX,
        id="ModuleParrot",
        version="1.2.3",
        name="Parrot",
        description="Repeats calls",
        publisher="Example Ltd",
        support_email="help@example.org",
        module_type="languagepack",
        min_pbx_version="2024.1.114",
        lic_product_id=7,
        lic_feature_id=8,
        wiki_links={"en": {"https://wiki.example.org/old": "https://docs.example.org/new"}},
        facts={
            "name_translations": {"de": "Papagei", "en": "Parrot"},
            "description_translations": {"en": "Repeats calls"},
            "language_code": "pt-br",
            "release_settings": {"publish_release": True},
            "translation_sync": {"enabled": True, "exclude_files": ["a.php"]},
        },
    )


def test_a_plain_module_json_gets_the_defaults() -> None:
    manifest = read("plain.json")
    assert (manifest.module_type, manifest.lic_product_id, manifest.name) == ("general", 0, "")
    assert manifest.wiki_links == manifest.facts == {}


def test_a_plain_module_xml_gets_the_defaults() -> None:
    manifest = read("plain.xml")
    assert manifest.contract is Contract.FREEPBX
    assert (manifest.can_disable, manifest.can_uninstall) == (True, True)
    assert manifest.menu == manifest.tables == ()
    assert manifest.facts == {}


def test_the_texts_of_module_xml_are_as_written(parrot: Manifest) -> None:
    assert parrot.contract is Contract.FREEPBX
    assert (parrot.id, parrot.version, parrot.name) == ("parrot", "17.0.1", "Parrot & Friends")
    assert (parrot.publisher, parrot.license) == ("Example Ltd", "GPLv3+")
    assert parrot.license_link == "//example.org/gpl.txt"
    assert parrot.info_link == "http://example.org/parrot"
    assert parrot.category == "Applications"
    assert parrot.description == "Repeats <b>calls</b>"
    assert parrot.changelog == "*17.0.1* 0 bugs\n    *17.0.0* first"
    assert (parrot.can_disable, parrot.can_uninstall) == (False, False)


def test_plain_elements_without_a_field_of_their_own_are_facts(parrot: Manifest) -> None:
    expected = {
        "repo": "Local",
        "type": "setup",
        "modtype": "framework",
        "authentication": "false",
        "requires_auth": "false",
        "location": "release/17.0/parrot-17.0.1.tgz",
        "md5sum": "0",
        "edit_url": "config.php?display=parrot",
        "attention": "Feed it",
        "updateurl": "https://example.org/feed.json",
        "more-info": "https://example.org/more",
    }
    assert {name: parrot.facts[name] for name in expected} == expected
    assert json.loads(json.dumps(dict(parrot.facts))) == parrot.facts


def test_depends_supported_breaking_and_commercial_are_facts(parrot: Manifest) -> None:
    depends = [(entry["kind"], entry["value"]) for entry in parrot.facts["depends"]]
    assert depends == [
        ("version", "17.0"),
        ("phpversion", "8.2"),
        ("phpcomponent", "Zend Guard Loader"),
        ("module", "core ge 17.0.1"),
        ("file", "/usr/sbin/asterisk"),
        ("engine", "asterisk 20"),
    ]
    lines = (DESCRIPTORS / "full.xml").read_text(encoding="utf-8").splitlines()
    for entry in parrot.facts["depends"]:
        assert entry["value"] in lines[entry["line"] - 1]
    assert parrot.facts["supported"] == ["16.0", "17.0"]
    assert parrot.facts["breaking"] == [
        {
            "rawname": "cat",
            "type": "conflict",
            "version": "lt 15.0.1",
            "errormessage": "RAW_NAME eats parrots.",
        }
    ]
    assert parrot.facts["commercial"] == {"type": "paid", "link": "//example.org/buy"}


def test_supported_without_version_elements_is_read_too() -> None:
    data = (
        b"<module><rawname>odd</rawname><name>O</name><version>1</version>"
        b"<supported>16.0</supported></module>"
    )
    reading = read_manifest("module.xml", data)
    assert reading.manifest is not None
    assert reading.manifest.facts["supported"] == ["16.0"]


def test_menu_items_are_read_with_their_group(parrot: Manifest) -> None:
    assert parrot.menu == (
        MenuEntry(
            key="parrot",
            caption="Parrot",
            group="routing",
            order=-4,
            facts={
                "category": "Connectivity",
                "display": "cage",
                "access": "all",
                "needsenginedb": "yes",
            },
        ),
        MenuEntry(
            key="parrot_old",
            caption="Old cage",
            group="setup",
            hidden=True,
            facts={"requires_auth": "false", "beta": "yes", "needsenginerunning": "yes"},
        ),
        MenuEntry(
            key="parrot_help",
            caption="Help",
            group="other",
            href="https://example.org/help",
            target="_blank",
            facts={"category": "Elsewhere"},
        ),
    )


def test_what_plugs_in_is_read(parrot: Manifest) -> None:
    assert parrot.facts["methods"] == [
        {"name": "get_config", "function": "parrot_get_config", "priority": 480},
        {"name": "get_config", "function": "parrot_more_config", "priority": 300},
    ]
    assert parrot.facts["hooks"] == [
        {
            "target": "bulkhandler",
            "class": "Bulkhandler",
            "namespace": "FreePBX\\modules",
            "priority": 100,
            "methods": [
                {
                    "name": "bulkTypes",
                    "calling_method": "getTypes",
                    "class": "Parrot",
                    "namespace": "FreePBX\\modules",
                }
            ],
        },
        {
            "target": "dashboard",
            "class": "dashboard",
            "namespace": "",
            "priority": 500,
            "methods": [
                {"name": "onDraw", "calling_method": "draw", "class": "Parrot", "namespace": ""}
            ],
        },
    ]
    assert parrot.facts["console"] == [
        {"name": "parrot", "class": "Cage", "aliases": ["bird", "polly"]},
        {"name": "FEED", "class": "Feed", "aliases": []},
    ]
    popover = {"id": "parrot", "arguments": {"display": "parrot", "view": "form"}}
    assert parrot.facts["popovers"] == [popover]
    assert parrot.facts["oobe"] == {"method": "welcome", "priority": 150}
    assert parrot.facts["fileinclude"] == {
        "install": ["lib/a.php", "b.php"],
        "uninstall": ["c.php"],
    }


def test_declared_tables_are_read(parrot: Manifest) -> None:
    words = TableSpec(
        "parrot_words",
        (
            ColumnSpec(
                "id", ColumnType.INTEGER, primary=True, autoincrement=True, unsigned=True
            ),
            ColumnSpec("word", length=190, nullable=True, default="", unique=True),
            ColumnSpec("price", ColumnType.DECIMAL, precision=10, scale=0, default="0.00"),
            ColumnSpec("continue", ColumnType.BOOLEAN, default="0"),
        ),
        (KeySpec("word_idx", ("word", "price"), unique=True),),
        like_doctrine=True,
    )
    pairs = TableSpec(
        "parrot_pairs",
        (
            ColumnSpec("a", ColumnType.BIGINT, primary=True),
            ColumnSpec("b", length=36, primary=True, fixed=True),
        ),
        like_doctrine=True,
    )
    assert parrot.tables == (words, pairs)


def table_of(body: str) -> tuple[TableSpec, list[str]]:
    """Return the last table of a descriptor, and what was said about it."""
    data = (
        "<module><rawname>odd</rawname><name>O</name><version>1</version>"
        f"<database>{body}</database></module>"
    )
    reading = read_manifest("module.xml", data.encode())
    assert reading.manifest is not None, reading.errors
    return reading.manifest.tables[-1], [one.slug for one in reading.findings]


def test_a_foreign_key_is_read_with_what_it_does() -> None:
    cages = (
        '<table name="cages"><field name="a" type="integer" primaryKey="true"/>'
        '<field name="b" type="integer" primaryKey="true"/></table>'
    )
    birds = (
        '<table name="birds"><field name="id" type="integer" primarykey="TRUE"/>'
        '<field name="x" type="integer"/><field name="y" type="integer"/>'
        '<key name="cage" type="foreign" foreigntable="cages" foreigncols="a, b"'
        ' ondelete="set  null" onupdate="cascade"><column name="x"/><column name="y"/></key>'
        "</table>"
    )
    table, said = table_of(cages + birds)
    assert table.foreign_keys == (
        ForeignKeySpec(("x", "y"), "cages", ("a", "b"), "CASCADE", "SET NULL"),
    )
    assert said == []
    table, said = table_of(birds)
    assert said == ["foreign-key-not-made"]


def test_an_action_that_does_not_exist_is_said_and_left_out() -> None:
    table, said = table_of(
        '<table name="birds"><field name="id" type="integer" primarykey="true"/>'
        '<field name="x" type="integer"/>'
        '<key name="k" type="foreign" foreigntable="birds" foreigncols="id" ondelete="explode">'
        '<column name="x"/></key></table>'
    )
    assert table.foreign_keys == (ForeignKeySpec(("x",), "birds", ("id",)),)
    assert said == ["foreign-action-unknown"]


@pytest.mark.parametrize("more", ["", 'foreigntable="birds"', 'foreigncols="id" foreigntable=" "'])
def test_half_a_foreign_key_is_said_and_left_out(more: str) -> None:
    table, said = table_of(
        '<table name="birds"><field name="id" type="integer" primarykey="true"/>'
        f'<key name="k" type="foreign" {more}><column name="id"/></key></table>'
    )
    assert table.foreign_keys == ()
    assert said == ["foreign-key-incomplete"]


@pytest.mark.parametrize(
    ("attributes", "column"),
    [
        ('type="string" length="9" fixed="true"', ColumnSpec("c", length=9, fixed=True)),
        ('type="string" length="70000"', ColumnSpec("c", ColumnType.TEXT, length=70000)),
        ('type="guid"', ColumnSpec("c", length=36, fixed=True)),
        ('type="GUID" length="4"', ColumnSpec("c", length=36, fixed=True)),
        ('type="string" notnull="false"', ColumnSpec("c", nullable=True)),
        ('type="string" notnull="0"', ColumnSpec("c", nullable=True)),
        ('type="string" unique="yes"', ColumnSpec("c")),
        ('type="string" unique="True"', ColumnSpec("c", unique=True)),
        ('type="float" unsigned="true"', ColumnSpec("c", ColumnType.FLOAT, unsigned=True)),
        (
            'type="decimal" precision="20" scale="5"',
            ColumnSpec("c", ColumnType.DECIMAL, precision=20, scale=5),
        ),
    ],
)
def test_the_attributes_of_a_field_are_read(attributes: str, column: ColumnSpec) -> None:
    table, _said = table_of(f'<table name="t"><field name="c" {attributes}/></table>')
    assert table.columns == (column,)
