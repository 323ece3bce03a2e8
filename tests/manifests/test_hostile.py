"""Hostile manifests of reference R2.3, by their ids. None of them becomes a Manifest."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from modules_app.domain.findings import Finding
from modules_app.manifests.reader import ManifestReading, read_manifest

SOUND = {"moduleUniqueID": "ModuleOk", "developer": "Me", "version": "1", "min_pbx_version": "1"}


def xml(body: str = "", *, rawname: str = "okay", version: str = "1.0") -> ManifestReading:
    text = (
        f"<module>\n<rawname>{rawname}</rawname>\n<name>Ok</name>\n"
        f"<version>{version}</version>\n{body}\n</module>"
    )
    return read_manifest("module.xml", text.encode())


def raw_json(text: str | bytes) -> ManifestReading:
    return read_manifest("module.json", text if isinstance(text, bytes) else text.encode())


def as_json(**fields: Any) -> ManifestReading:
    return raw_json(json.dumps({**SOUND, **fields}))


def rules(reading: ManifestReading) -> set[str]:
    return {one.context.get("rule", "") for one in reading.errors}


def assert_refused(reading: ManifestReading, rule: str) -> Finding:
    assert reading.manifest is None
    assert rule in rules(reading), reading.findings
    return next(one for one in reading.errors if one.context.get("rule") == rule)


def test_the_sound_manifests_of_these_tests_are_accepted() -> None:
    assert xml().findings == ()
    assert as_json().findings == ()


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE module SYSTEM "http://127.0.0.1:9/evil.dtd">',
        '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE m [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>',
        "<!doctype module>",
    ],
)
def test_m01_external_entities_and_dtds_open_nothing(prologue: str) -> None:
    opened: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if active and (event == "open" or event.startswith("socket.")):
            opened.append(f"{event} {arguments}")

    active = True
    sys.addaudithook(watch)
    text = f"<?xml version='1.0'?>\n{prologue}\n<module><rawname>&x;</rawname></module>"
    reading = read_manifest("module.xml", text.encode())
    active = False
    finding = assert_refused(reading, "M01")
    assert finding.location == "module.xml:2"
    assert opened == []


@pytest.mark.parametrize("text", ["<?xml-stylesheet href='x'?>\n", "<?php system('id'); ?>"])
def test_m01_processing_instructions_are_refused_wherever_they_stand(text: str) -> None:
    module = "<module><rawname>okay</rawname><version>1</version></module>"
    for document in (text + module, module + text, module.replace("<version>", text + "<version>")):
        assert_refused(read_manifest("module.xml", document.encode()), "M01")


def test_m02_a_bomb_of_entities_is_refused_before_parsing() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    reading = read_manifest(
        "module.xml", f"<!DOCTYPE m [{entities}]><module>&l9;</module>".encode()
    )
    assert_refused(reading, "M01")
    assert_refused(read_manifest("module.xml", b'<!ENTITY l0 "lol"><module/>'), "M02")


def test_m03_depth_attributes_and_size_are_capped() -> None:
    assert_refused(xml("<a>" * 200 + "</a>" * 200), "M03")
    attributes = " ".join(f'a{n}="1"' for n in range(5000))
    assert_refused(xml(f"<menuitems {attributes}/>"), "M03")
    assert_refused(xml("<a/>" * 10_000), "M03")
    assert_refused(xml("<a>" * 200_000), "M03")
    assert_refused(raw_json(json.dumps({"developer": "x" * 70_000})), "M03")
    assert xml("<a>" * 9_000).manifest is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp500"])
def test_m04_other_encodings_are_refused(encoding: str) -> None:
    text = f"<module><rawname>okay</rawname>{' ' * 8}<name>Zo\u00eb</name></module>"
    assert_refused(read_manifest("module.xml", text.encode(encoding)), "M04")


@pytest.mark.parametrize("encoding", ["UTF-7", "windows-1252", "ISO-8859-1", "UTF-16"])
def test_m04_a_declared_other_encoding_is_refused(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?><module><rawname>okay</rawname></module>"
    assert_refused(read_manifest("module.xml", text.encode("ascii")), "M04")


def test_m04_bytes_that_are_not_utf8_are_refused_with_their_line() -> None:
    finding = assert_refused(read_manifest("module.xml", b"<module>\n<name>Zo\xeb</name>"), "M04")
    assert finding.location == "module.xml:2"


def test_m05_every_duplicate_key_is_refused_with_its_line() -> None:
    reading = raw_json(
        '{"moduleUniqueID": "ModuleA",\n"moduleUniqueID": "ModuleB",\n'
        '"wiki_links": {"en": {},\n"\\u0065n": {}}, "version": "1"}'
    )
    assert_refused(reading, "M05")
    assert [one.location for one in reading.errors] == ["module.json:2", "module.json:4"]
    assert reading.errors[1].context["path"] == "/wiki_links/en"


def test_m05_the_same_key_in_two_objects_is_no_duplicate() -> None:
    links = {language: {"//example.org/a": "//example.org/b"} for language in ("en", "ru")}
    assert as_json(wiki_links=links).findings == ()


@pytest.mark.parametrize("text", ["[" * 60_000, '{"a":' * 10_000, '[{"a":' * 9 + "1" + "}]" * 9])
def test_m06_deep_nesting_is_refused_before_parsing(text: str) -> None:
    assert_refused(raw_json(text), "M06")


def test_m06_brackets_inside_texts_are_not_nesting() -> None:
    assert as_json(developer="[{" * 50 + '\\"' + "[" * 50).manifest is not None


@pytest.mark.parametrize(
    "number",
    ["9" * 5000, "1e999", "NaN", "Infinity", "-Infinity", "-0", "-0.0", str(2**53 + 1)],
)
def test_m07_numbers_that_readers_understand_differently_are_refused(number: str) -> None:
    reading = raw_json(f'{{"moduleUniqueID": "ModuleA",\n"lic_product_id": {number}}}')
    finding = assert_refused(reading, "M07")
    assert finding.location == "module.json:2"
    assert finding.context["path"] == "/lic_product_id"


@pytest.mark.parametrize("text", ["\\ud800", "\\udc00\\ud800", "\\u0000"])
def test_m08_half_surrogates_and_nul_are_refused(text: str) -> None:
    assert_refused(raw_json(f'{{"moduleUniqueID": "ModuleA", "developer": "{text}"}}'), "M08")
    assert_refused(raw_json(f'{{"moduleUniqueID": "ModuleA", "{text}": 1}}'), "M08")


def test_m08_utf16_json_is_refused_and_whole_pairs_are_fine() -> None:
    assert_refused(raw_json(json.dumps(SOUND).encode("utf-16-le")), "M04")
    assert raw_json(json.dumps({**SOUND, "developer": "\U0001f99c"})).manifest is not None


BAD_IDS = ["..", "a/b", "a.b", "CON", "admin", "django", "static", "nul", "\u0130d", "\u212aelvin"]


@pytest.mark.parametrize("bad", [*BAD_IDS, "core", "Module\n", "a", "A" * 65, " Module"])
def test_m11_bad_and_reserved_ids_are_refused_in_module_json(bad: str) -> None:
    assert_refused(as_json(moduleUniqueID=bad), "M11")


@pytest.mark.parametrize("bad", BAD_IDS)
def test_m11_bad_and_reserved_ids_are_refused_in_module_xml(bad: str) -> None:
    assert assert_refused(xml(rawname=bad), "M11").location == "module.xml:2"


@pytest.mark.parametrize("bad", [None, 7, ["ModuleA"], ""])
def test_m11_an_id_that_is_no_text_is_refused(bad: Any) -> None:
    assert_refused(as_json(moduleUniqueID=bad), "M11")


def test_m13_markup_stays_text_and_control_characters_go() -> None:
    evil = "<script>alert(1)</script>{{7*7}}{% debug %}=cmd"
    reading = as_json(developer=f"{evil}\r\n\x1b[31mred\u202e", description="one\r\ntwo\x07")
    assert reading.manifest is not None
    assert reading.manifest.publisher == f"{evil} [31mred"
    assert reading.manifest.description == "one\ntwo"
    assert {one.slug for one in reading.findings} == {"text-control-characters"}


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " data:text/html,x",
        "https://user@example.org/",
        "https://xn--80ak6aa92e.com/",
        "https://\u0430pple.com/",
        "https:///nohost",
        "//",
        "https://example.org/\u0001",
        "https://example.org\\@evil.org",
        'https://example.org/" onclick="x',
        "https://example.org:99999/",
        "https://[::1",
        "/relative",
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
def test_m14_strange_links_are_dropped_with_a_warning(link: str) -> None:
    reading = as_json(wiki_links={"en": {"https://example.org/old": link}})
    assert reading.manifest is not None
    assert reading.manifest.wiki_links == {"en": {}}
    assert [one.context.get("rule") for one in reading.findings] == ["M14"]


@pytest.mark.parametrize(
    "link", ["http://example.org", "HTTPS://Example.org:8443/a?b=c#d", "//e.org/x"]
)
def test_m14_plain_web_links_are_kept(link: str) -> None:
    reading = xml(f"<info>{link}</info><licenselink>javascript:1</licenselink>")
    assert reading.manifest is not None
    assert reading.manifest.info_link == link
    assert reading.manifest.license_link == ""


@pytest.mark.parametrize("version", ["1.0\u200b", "1.0\n2", "1" * 65, "1\u202e0"])
def test_m15_versions_with_hidden_signs_or_without_end_are_refused(version: str) -> None:
    assert_refused(as_json(version=version), "M15")


@pytest.mark.parametrize("version", ["01.0", "2.11.0.0beta1.10", "1.2.5.x", "99999.0", "1.0 final"])
def test_m15_any_visible_version_is_accepted(version: str) -> None:
    reading = as_json(version=version)
    assert reading.manifest is not None
    assert reading.manifest.version == version


def test_m16_a_module_that_requires_itself_is_refused() -> None:
    finding = assert_refused(xml("<depends>\n<module>okay ge 1.0</module></depends>"), "M16")
    assert finding.location == "module.xml:6"


def test_m16_ten_thousand_requirements_are_refused() -> None:
    assert_refused(xml(f"<depends>{'<version>1</version>' * 101}</depends>"), "M16")
    assert_refused(xml(f"<depends>{'<version>1</version>' * 10_000}</depends>"), "M03")


def field(attributes: str) -> ManifestReading:
    return xml(f'<database><table name="t"><field {attributes}/></table></database>')


SQL_INJECTIONS = ["x&quot;; DROP TABLE t", "sqlite_master", "SQLite_x"]


@pytest.mark.parametrize("name", [*SQL_INJECTIONS, "", "1a", "_a", "\u0101", "a b", "a" * 64])
def test_m17_names_that_are_no_sql_names_are_refused(name: str) -> None:
    assert_refused(field(f'name="{name}" type="string" primarykey="true"'), "M17")
    assert_refused(
        xml(f'<database><table name="{name}"><field name="a" type="text"/></table></database>'),
        "M17",
    )
    if name:
        key = f'<key name="{name}" type="index"><column name="a"/></key>'
        table = f'<table name="t"><field name="a" type="text"/>{key}</table>'
        assert_refused(xml(f"<database>{table}</database>"), "M17")


@pytest.mark.parametrize("name", [*SQL_INJECTIONS, "a b", "\u0101"])
@pytest.mark.parametrize(
    "place", ['foreigntable="{}" foreigncols="a"', 'foreigntable="t" foreigncols="a,{}"']
)
def test_m17_foreign_keys_name_only_sql_names(name: str, place: str) -> None:
    key = f'<key name="k" type="foreign" {place.format(name)}><column name="a"/></key>'
    table = f'<table name="t"><field name="a" type="integer" primarykey="true"/>{key}</table>'
    assert_refused(xml(f"<database>{table}</database>"), "M17")


@pytest.mark.parametrize(
    "attributes",
    [
        "name='a' type=\"TEXT DEFAULT (load_extension('x'))\"",
        "name='a'",
        "name='a' type='integer' default='1&#10;2'",
        f"name='a' type='string' default='{'x' * 1001}'",
    ],
)
def test_m17_strange_types_and_defaults_are_refused(attributes: str) -> None:
    assert_refused(field(attributes), "M17")


def test_m17_sql_words_are_fine_because_names_are_always_quoted() -> None:
    reading = field('name="select" type="integer" primarykey="true"')
    assert reading.manifest is not None
    assert reading.manifest.tables[0].columns[0].name == "select"


def test_m17_thousands_of_columns_are_refused() -> None:
    fields = "".join(f'<field name="c{n}" type="text"/>' for n in range(600))
    assert_refused(xml(f'<database><table name="t">{fields}</table></database>'), "M17")


@pytest.mark.parametrize("path", ["/login", "/admin", "/m/other/", "/"])
def test_m19_a_menu_item_cannot_lead_into_the_admin(path: str) -> None:
    reading = xml(f'<menuitems><item href="{path}">Item</item></menuitems>')
    assert reading.manifest is not None
    assert reading.manifest.menu[0].href == ""
    assert [one.context["rule"] for one in reading.findings] == ["M19"]


def test_m19_a_display_name_cannot_be_a_path() -> None:
    reading = xml('<menuitems><item display="../login">Item</item></menuitems>')
    assert reading.manifest is not None
    assert "display" not in reading.manifest.menu[0].facts
    assert [one.context["rule"] for one in reading.findings] == ["M19"]


def test_a_report_of_a_hostile_file_stays_short() -> None:
    reading = xml('<database><table name="t">' + '<field name=""/>' * 3000 + "</table></database>")
    assert reading.manifest is None
    assert len(reading.findings) == 201
    assert reading.findings[-1].context["count"] > 1000
