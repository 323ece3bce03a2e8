"""Requirements in both manifests: what is kept of them and what is said about them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from modules_app.domain.dependencies.grammar import read_requirements
from modules_app.domain.findings import Severity
from modules_app.domain.manifest import Contract
from modules_app.manifests.reader import ManifestReading, read_manifest

XML = """<module><rawname>bird</rawname><name>Bird</name><version>1.0</version>
<depends>
<module>core >= 13.0</module>
<module>
 cage ge 1.0</module>
<version>callrecording ge 12.0.1</version>
<module>perch ge 1.0</module>
</depends></module>"""
JSON = {
    "moduleUniqueID": "ModuleBird",
    "version": "1.0",
    "min_pbx_version": "2024.1",
    "developer": "A person",
}


def of_xml(text: str) -> ManifestReading:
    return read_manifest("module.xml", text.encode())


def of_json(depends: Any) -> ManifestReading:
    return read_manifest("module.json", json.dumps({**JSON, "depends": depends}).encode())


def slugs(reading: ManifestReading) -> list[str]:
    return [one.slug for one in reading.findings if one.severity is not Severity.NOTE]


def test_the_check_of_a_package_says_line_text_and_our_reading() -> None:
    reading = of_xml(XML)

    found = [one for one in reading.findings if one.slug == "requirement-loose"]
    assert [one.location for one in found] == ["module.xml:3", "module.xml:4", "module.xml:6"]
    assert [one.context["reading"] for one in found] == [
        "core ge 13.0",
        "cage ge 1.0",
        "module callrecording ge 12.0.1",
    ]
    assert all(one.severity is Severity.WARNING for one in found)
    assert reading.manifest is not None


def test_blanks_that_freepbx_would_trip_over_are_kept_beside_the_value() -> None:
    manifest = of_xml(XML).manifest
    assert manifest is not None

    depends = manifest.facts["depends"]

    assert depends[1] == {
        "kind": "module",
        "value": "cage ge 1.0",
        "line": 4,
        "raw": "\n cage ge 1.0",
    }
    assert "raw" not in depends[3]


def test_a_mikopbx_module_may_name_what_it_depends_on() -> None:
    reading = of_json({"module": ["hellopbx ge 1.0", "cdr"], "version": "2026.1"})

    assert reading.manifest is not None
    assert slugs(reading) == []
    read, odd = read_requirements(reading.manifest.facts["depends"], Contract.MIKOPBX)
    assert [str(one) for one in read] == ["hellopbx ge 1.0", "cdr", "ge 2026.1"]
    assert odd == ()


def test_odd_requirements_in_json_are_remarked_too() -> None:
    reading = of_json({"module": ["hellopbx >= 1.0"]})

    assert slugs(reading) == ["requirement-loose"]
    assert reading.manifest is not None


@pytest.mark.parametrize(
    ("depends", "slug"),
    [
        ([], "field-wrong-type"),
        ("core", "field-wrong-type"),
        ({"module": {"core": "1.0"}}, "field-wrong-type"),
        ({"module": [1, None, ["core"]]}, "field-wrong-type"),
        ({"modules": ["core"]}, "requirement-kind-unknown"),
        ({"phpversion": "8.2"}, "requirement-kind-unknown"),
        ({"module": "???"}, "requirement-unreadable"),
    ],
)
def test_what_is_not_of_the_form_is_said_and_left_out(depends: Any, slug: str) -> None:
    reading = of_json(depends)

    assert reading.manifest is not None
    assert set(slugs(reading)) == {slug}
    read, _odd = read_requirements(reading.manifest.facts.get("depends", ()), Contract.MIKOPBX)
    assert read == ()


@pytest.mark.parametrize(
    ("depends", "slug"),
    [
        ({"module": ["core"] * 101}, "requirements-too-many"),
        ({"module": ["core"] * 99, "file": ["/x", "/y"]}, "requirements-too-many"),
        ({"module": "ModuleBird"}, "requires-itself"),
        ({"module": ["modulebird ge 1.0"]}, "requires-itself"),
    ],
)
def test_hostile_requirements_refuse_the_package(depends: Any, slug: str) -> None:
    reading = of_json(depends)

    assert reading.manifest is None
    assert slug in [one.slug for one in reading.errors]


def test_every_requirement_of_the_real_world_is_read(corpus: Path) -> None:
    """All values of 20 years: what FreePBX skips in them is known by number (reference F2.2)."""
    seen: Counter[tuple[str, str]] = Counter()
    for line in (corpus / "DEPENDS.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        kind, value, _count = line.split("\t")
        read, odd = read_requirements([{"kind": kind, "value": value}], Contract.FREEPBX)
        assert bool(read) == bool(value), line
        seen[kind, odd[0].slug if odd else ""] += 1

    assert dict(seen) == {
        ("module", ""): 364,
        ("module", "requirement-loose"): 2,
        ("version", ""): 200,
        ("version", "requirement-loose"): 6,
        ("engine", ""): 14,
        ("phpversion", ""): 10,
        ("phpcomponent", ""): 1,
        ("file", ""): 3,
    }
