"""Real manifests of public modules: all well-meant ones are read, all broken ones explained."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from lxml import etree

from modules_app.manifests.reader import ManifestReading, read_manifest

WELL_MEANT = ("freepbx", "freepbx-history", "mikopbx")
FLAGS = ("true", "false", "yes", "no", "index", "unique")
SWITCHES = ("candisable", "canuninstall")  # read as yes or no, so their text is not kept


def readings(corpus: Path, folder: str) -> dict[str, ManifestReading]:
    files = [*(corpus / folder).glob("*.module.xml"), *(corpus / folder).glob("*.module.json")]
    return {
        path.name: read_manifest(f"module{path.suffix}", path.read_bytes())
        for path in sorted(files)
    }


def names_a_module(data: bytes) -> bool:
    """Say whether the file is well-formed and carries an id; two dummies in the wild do not."""
    try:
        return bool(etree.fromstring(data).findtext("rawname"))
    except etree.XMLSyntaxError:
        return False


def test_every_well_meant_manifest_is_read(corpus: Path) -> None:
    seen = 0
    for folder in WELL_MEANT:
        for name, reading in readings(corpus, folder).items():
            data = (corpus / folder / name).read_bytes()
            if name.endswith(".json") or names_a_module(data):
                seen += 1
                assert reading.manifest is not None, (name, reading.errors)
            else:
                assert {one.slug for one in reading.errors} <= {"id-missing", "xml-syntax"}, name
    assert seen > 100


def test_every_ill_formed_manifest_is_explained_and_partly_usable(corpus: Path) -> None:
    broken = readings(corpus, "freepbx-broken")
    assert broken
    for name, reading in broken.items():
        assert reading.manifest is None, name
        assert all(one.slug == "xml-syntax" for one in reading.errors), name
        assert all(one.context["line"] and one.context["column"] for one in reading.errors), name
        assert reading.usable["id"] and reading.usable["version"], name


def test_files_that_only_share_the_name_are_refused_with_a_reason(corpus: Path) -> None:
    for name, reading in readings(corpus, "mikopbx-odd").items():
        assert [one.slug for one in reading.errors] in (["id-missing"], ["json-not-object"]), name


def test_no_text_of_a_real_manifest_is_lost_without_a_word(corpus: Path) -> None:
    for name, reading in readings(corpus, "freepbx").items():
        if reading.manifest is None:
            continue
        kept = " ".join(_texts(asdict(reading.manifest)))
        said = {one.location for one in reading.findings}
        said |= {one.context.get("element") for one in reading.findings}
        root = etree.fromstring((corpus / "freepbx" / name).read_bytes())
        elements = [one for one in root.iter(etree.Element) if one.tag not in SWITCHES]
        for element in elements:
            if f"module.xml:{element.sourceline}" in said or said & set(_names(element)):
                continue
            attributes = [one for one in element.attrib.values() if one.lower() not in FLAGS]
            for text in (element.text or "", *attributes):
                assert " ".join(text.split()) in kept, (name, element.sourceline, text)


def test_no_field_of_a_real_module_json_is_lost(corpus: Path) -> None:
    for name, reading in readings(corpus, "mikopbx").items():
        assert reading.manifest is not None
        kept = " ".join(_texts(asdict(reading.manifest)))
        given = json.loads((corpus / "mikopbx" / name).read_bytes())
        for text in _texts(list(given.values())):
            assert " ".join(text.split()) in kept, (name, text)


def _names(element: etree._Element) -> list[str]:
    return [str(element.tag), *(str(parent.tag) for parent in element.iterancestors())]


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in _texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in _texts(one)]
    return [" ".join(str(value).split())]
