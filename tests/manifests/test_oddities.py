"""One hand-written descriptor per oddity of real manifests, and per way of being broken.

The file name begins with the slug of the finding that it must give.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from modules_app.domain.findings import Severity
from modules_app.manifests.reader import ManifestReading, read_manifest

DESCRIPTORS = Path(__file__).parent / "descriptors"
ODD = sorted((DESCRIPTORS / "odd").iterdir())
BROKEN = sorted((DESCRIPTORS / "broken").iterdir())


def name(path: Path) -> str:
    return path.name


def read(path: Path) -> ManifestReading:
    return read_manifest(f"module{path.suffix}", path.read_bytes())


@pytest.mark.parametrize("path", ODD, ids=name)
def test_an_oddity_is_said_with_its_line_and_does_not_refuse_the_module(path: Path) -> None:
    reading = read(path)
    slug = path.name.split(".")[0]
    assert reading.manifest is not None, reading.errors
    found = [one for one in reading.findings if one.slug == slug]
    assert found, reading.findings
    assert [one.slug for one in reading.findings if one.slug != slug] == []
    for one in found:
        assert one.location.startswith(f"module{path.suffix}:")
        if path.suffix == ".xml":
            assert one.location.rpartition(":")[2].isdigit()
        assert "{" not in str(one)


@pytest.mark.parametrize("path", BROKEN, ids=name)
def test_a_broken_manifest_is_refused_with_its_place(path: Path) -> None:
    reading = read(path)
    slug = path.name.split(".")[0]
    assert reading.manifest is None
    errors = [one for one in reading.errors if one.slug == slug]
    assert errors, reading.findings
    assert all(one.severity is Severity.ERROR for one in reading.errors)
    lines = path.read_text(encoding="utf-8").count("\n") + 1
    for one in errors:
        place = one.location.rpartition(":")[2]
        assert place.startswith("/") or slug == "json-not-object" or 0 < int(place) <= lines


@pytest.mark.parametrize(
    "path", [path for path in BROKEN if path.name.startswith("xml-syntax")], ids=name
)
def test_what_is_still_usable_of_ill_formed_xml_is_reported(path: Path) -> None:
    reading = read(path)
    assert reading.usable["id"] == "broken"
    assert reading.usable["version"] == "1.0"
    assert reading.errors[0].context["line"] >= 4
    assert reading.errors[0].context["column"] >= 1


def test_all_faults_are_collected_not_only_the_first() -> None:
    data = b"""<module>
<rawname>a/b</rawname>
<name>Bad</name>
<version>1.0\xe2\x80\x8b</version>
<database>
<table name="sqlite_master"><field name="a" type="integer"/></table>
<table name="t"><field name="b" type="money"/></table>
</database>
</module>"""
    reading = read_manifest("module.xml", data)
    places = [(one.location, one.slug) for one in reading.errors]
    assert places == [
        ("module.xml:2", "id-invalid"),
        ("module.xml:4", "version-invalid"),
        ("module.xml:6", "sql-name-invalid"),
        ("module.xml:7", "column-type-unknown"),
    ]
    assert reading.usable["name"] == "Bad"


def test_repeated_depends_blocks_are_joined() -> None:
    reading = read(DESCRIPTORS / "odd" / "element-repeated.depends.xml")
    assert reading.manifest is not None
    values = [entry["value"] for entry in reading.manifest.facts["depends"]]
    assert values == ["13.0", "core ge 13.0"]


def test_the_first_of_repeated_texts_that_says_something_counts() -> None:
    reading = read(DESCRIPTORS / "odd" / "element-repeated.description.xml")
    assert reading.manifest is not None
    assert reading.manifest.description == "The real one"


def test_unknown_fields_are_kept_as_facts() -> None:
    reading = read(DESCRIPTORS / "odd" / "element-unknown.top.xml")
    assert reading.manifest is not None
    dependent = {"name": "dependent", "children": [{"name": "name", "text": "framework"}]}
    assert reading.manifest.facts["other"] == [{"name": "dependents", "children": [dependent]}]
    reading = read(DESCRIPTORS / "odd" / "field-unknown.json")
    assert reading.manifest is not None
    assert reading.manifest.facts["other"] == {"modul_type": "utility"}
    assert reading.findings[0].context["spelling"] == "module_type"


def test_another_file_name_is_no_manifest() -> None:
    for other in ("composer.json", "Module.json", "module.xml.bak", ""):
        assert read_manifest(other, b"{}").errors[0].slug == "manifest-unknown-name"


def test_comments_cdata_entities_and_crlf_are_plain_xml() -> None:
    data = (
        b'<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- top -->\r\n<module>\r\n'
        b"<rawname>odd</rawname><name>A &amp; <!-- in -->&#66; \xc3\xa9</name>\r\n"
        b"<version>1</version><description><![CDATA[a <b>bold</b> & plain]]></description>\r\n"
        b"<changelog>*2* two\r\n*1* one</changelog></module><!-- end -->"
    )
    reading = read_manifest("module.xml", data)
    assert reading.findings == ()
    assert reading.manifest is not None
    assert reading.manifest.name == "A & B \u00e9"
    assert reading.manifest.description == "a <b>bold</b> & plain"
    assert reading.manifest.changelog == "*2* two\n*1* one"
