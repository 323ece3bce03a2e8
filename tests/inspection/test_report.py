"""The whole report, on small packages of every kind and on hostile ones."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules_app.domain.findings import Finding, Severity
from modules_app.domain.manifest import Contract, Manifest, MenuEntry
from modules_app.domain.tables import ColumnSpec, ColumnType, TableSpec
from modules_app.inspection.report import PackageReport, inspect_package
from tests.inspection.package import MemoryFiles, slugs


@dataclass(frozen=True)
class Reading:
    manifest: Manifest | None
    findings: tuple[Finding, ...] = ()


MIKO = Manifest(Contract.MIKOPBX, "ModuleXY", "1.0", publisher="MIKO")
FREE = Manifest(
    Contract.FREEPBX,
    "hello",
    "1.0",
    name="Hello",
    description="Says hello",
    menu=(MenuEntry("hello", "Hello page", group="setup"),),
    tables=(TableSpec("hello", (ColumnSpec("id", ColumnType.INTEGER, primary=True),)),),
)
MODEL = """<?php
class Thing extends ModulesModelsBase {
    /** @Primary @Identity @Column(type="integer", nullable=false) */
    public $id;
    function initialize() { $this->setSource('m_Thing'); }
}"""
PHP_PACKAGE: dict[str, str | bytes] = {
    "module.json": "{}",
    "Setup/PbxExtensionSetup.php": "<?php class PbxExtensionSetup { function installDB() {} }",
    "Lib/XYConf.php": "<?php class XYConf { function createCronTasks(&$t) {} }",
    "Models/Thing.php": MODEL,
    "Messages/en.php": "<?php return ['BreadcrumbModuleXY' => 'X and Y', 'other' => 'x'];",
    "Messages/ru.php": "<?php return ['BreadcrumbModuleXY' => 'Икс', "
    "'SubHeaderModuleXY' => 'Описание'];",
    "App/Controllers/ModuleXYController.php": "<?php",
    "public/assets/js/x.js": "1",
    "agi-bin/x.php": "<?php",
}


def inspect(
    content: dict[str, str | bytes], manifest: Manifest = MIKO, language: str = "en"
) -> PackageReport:
    return inspect_package(MemoryFiles(content), Reading(manifest), language=language)


def test_a_package_in_php() -> None:
    report = inspect(PHP_PACKAGE, language="ru")
    assert (report.id, report.name, report.language) == ("ModuleXY", "Икс", "php")
    assert report.titles == {"en": "X and Y", "ru": "Икс"}
    assert report.descriptions == {"ru": "Описание"}
    assert [table.name for table in report.tables] == ["m_Thing"]
    assert [(entry.caption, entry.hidden) for entry in report.menu] == [
        ("BreadcrumbModuleXY", False)
    ]
    assert (report.steps, report.hooks) == (("installDB",), ("createCronTasks",))
    assert report.translations["en"] == {"BreadcrumbModuleXY": "X and Y"}
    assert report.file_count == 9
    assert report.findings == ()
    assert report.is_installable
    assert slugs(report.works) == [
        "works-tables",
        "works-menu",
        "works-translations",
        "works-assets",
        "works-scripts",
    ]
    assert slugs(report.does_not) == [
        "does-not-run-php",
        "does-not-run-installer",
        "does-not-call-hooks",
    ]


def test_sounds_that_asterisk_does_not_get_are_counted() -> None:
    sounds = ("sounds/en/a.wav", "sounds/en/digits/1.gsm", "sounds/en/a/b/c.wav", "sounds/LIESMICH")
    report = inspect({"module.json": "{}", **dict.fromkeys(sounds, "x")})
    works = {finding.slug: finding.context for finding in report.works}
    does_not = {finding.slug: finding.context for finding in report.does_not}
    assert works["works-sounds"] == {"count": 2}
    assert does_not["does-not-link-sounds"] == {"count": 2}


def test_a_package_in_python() -> None:
    report = inspect(
        {
            "module.json": "{}",
            "installer.py": "class S(PbxExtensionSetupBase):\n def add_to_sidebar(self):\n"
            "  return self.item(group='security', icon='ban')",
            "models.py": "class Thing(ModuleModel): pass",
            "conf.py": "class C(ConfigClass):\n def create_cron_tasks(self): ...",
            "urls.py": "urlpatterns = []",
            "messages/en.json": '{"BreadcrumbModuleXY": "X"}',
        }
    )
    assert (report.name, report.language) == ("X", "python")
    assert [(e.group, e.icon, e.hidden) for e in report.menu] == [("security", "ban", False)]
    assert report.as_dict()["models"] == [{"name": "Thing", "table": "m_Thing"}]
    assert report.does_not == ()
    assert slugs(report.works) == [
        "works-menu",
        "works-translations",
        "works-models",
        "works-pages",
        "works-installer",
        "works-hooks",
    ]


def test_a_freepbx_package() -> None:
    po = 'msgid "Hello"\nmsgstr "Привет"\n\nmsgid "Hello page"\nmsgstr "Страница"\n'
    report = inspect(
        {
            "module.xml": "<module/>",
            "Hello.class.php": "<?php class Hello { function install() {} }",
            "i18n/ru_RU/LC_MESSAGES/hello.po": po,
        },
        FREE,
        language="ru",
    )
    assert (report.name, report.contract) == ("Привет", "freepbx")
    assert report.titles == {"ru": "Привет", "en": "Hello"}
    assert report.descriptions == {"en": "Says hello"}
    assert report.menu == FREE.menu
    assert report.tables == FREE.tables
    assert report.hooks == ("install",)
    assert report.translations == {"ru": {"Hello": "Привет", "Hello page": "Страница"}}


def test_a_package_without_code() -> None:
    report = inspect({"module.json": "{}"})
    assert (report.name, report.language, report.does_not) == ("ModuleXY", "declarative", ())
    assert report.menu[0].hidden


def test_without_a_manifest_the_report_still_says_what_it_found() -> None:
    fault = Finding(Severity.ERROR, "json-broken", "Broken.", {}, "module.json:1")
    report = inspect_package(MemoryFiles({"module.json": "{"}), Reading(None, (fault,)))
    assert report.findings == (fault,)
    assert not report.is_installable
    assert report.as_dict()["errors"] == [fault.as_dict()]


@pytest.mark.parametrize(
    ("tables", "slug"),
    [
        ((TableSpec("bad name", (ColumnSpec("a"),)),), "table-bad-name"),
        ((TableSpec("empty", ()),), "table-without-columns"),
        ((TableSpec("t", (ColumnSpec("a"),)), TableSpec("T", (ColumnSpec("a"),))),)
        + ("table-declared-twice",),
    ],
)
def test_tables_that_no_database_can_hold_are_errors(
    tables: tuple[TableSpec, ...], slug: str
) -> None:
    report = inspect({}, Manifest(Contract.FREEPBX, "x", "1", tables=tables))
    assert slugs(report.of(Severity.ERROR)) == [slug]


def test_the_json_form_has_the_fields_of_the_command_line() -> None:
    document = json.loads(json.dumps(inspect(PHP_PACKAGE).as_dict()))
    first = ["id", "name", "version", "contract", "errors", "warnings", "notes"]
    assert list(document)[:7] == first
    column = document["tables"][0]["columns"][0]
    assert (column["name"], column["type"], column["nullable"]) == ("id", "integer", False)


PATHS = [
    *("Setup/PbxExtensionSetup.php", "Lib/XYConf.php", "Models/Thing.php", "Hello.class.php"),
    *("Messages/en.php", "Messages/ru/A.php", "i18n/ru_RU/LC_MESSAGES/x.po", "messages/en.json"),
    *("installer.py", "conf.py", "models.py", "module.py", "urls.py", "models/deep.py"),
]
SNIPPETS = st.sampled_from(
    [
        *("<?php ", "return [", "'a' => ", "];", "class Thing extends X {", "/** @Column(", "*/"),
        *("public $x;", "function addToSidebar() {", "$v['group'] = ", "<<<A\n", "\nA;"),
        "@Indexes(",
        *("class A(ModuleModel):\n", " x = ForeignKey(", "def add_to_sidebar(self):", "f'{", "'"),
        *('msgid "', 'msgstr "', '"\n', "\\", "\0", "{", "}", "(", ")", "[", "\n", '{"a":', "é"),
        *("Thing", "PbxExtensionSetup", "$this->setSource(", "type=", "::", ".", "$", "#, fuzzy\n"),
    ]
)
CONTENTS = st.binary(max_size=60) | st.lists(SNIPPETS, max_size=25).map(lambda s: "".join(s))


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(PATHS), CONTENTS), st.sampled_from([MIKO, FREE]))
def test_no_content_makes_the_report_fail(
    content: dict[str, str | bytes], manifest: Manifest
) -> None:
    report = inspect(content, manifest)
    assert report.file_count == len(content)
    json.dumps(report.as_dict())


SCRIPT = """SET NAMES utf8;
CREATE TABLE IF NOT EXISTS hello_log (id int NOT NULL PRIMARY KEY, line varchar(20));
INSERT INTO hello_log VALUES (1, 'x');
UPDATE users SET name = 'x';
"""


def test_install_sql_is_read_and_what_is_not_run_is_listed_with_its_line() -> None:
    report = inspect({"module.xml": "", "install.sql": SCRIPT}, FREE)
    [works] = [one for one in report.works if one.slug == "works-script"]
    assert works.context == {"count": 2, "names": "hello_log"}
    said = [(one.slug, one.location) for one in report.of(Severity.WARNING)]
    assert said == [("sql-not-run", "install.sql:1"), ("sql-not-run", "install.sql:4")]
    assert report.is_installable


def test_uninstall_sql_is_said_not_to_run() -> None:
    text = "DROP TABLE hello;\nDROP TABLE users;\nINSERT INTO hello VALUES (1);"
    report = inspect({"module.xml": "", "uninstall.sql": text}, FREE)
    assert [(one.slug, one.location) for one in report.findings] == [
        ("sql-not-run", "uninstall.sql:2"),
        ("uninstall-sql", "uninstall.sql"),
        ("uninstall-sql-more", "uninstall.sql:3"),
    ]
    assert "works-script" not in {one.slug for one in report.works}


def test_a_package_of_the_other_contract_has_no_such_scripts() -> None:
    report = inspect({"module.json": "{}", "install.sql": SCRIPT})
    assert not [one for one in report.findings if one.slug == "sql-not-run"]
