"""Whatever the bytes are, reading them gives findings and never an exception."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from modules_app.manifests.reader import CONTRACTS, read_manifest

DESCRIPTORS = Path(__file__).parent / "descriptors"
SEEDS = [DESCRIPTORS / "full.xml", DESCRIPTORS / "full.json"]
NAMES = st.sampled_from(sorted(CONTRACTS))
KEYS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["moduleUniqueID", "version", "wiki_links", "name", "lic_product_id"]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
)


def check(name: str, data: bytes) -> None:
    reading = read_manifest(name, data)
    assert (reading.manifest is None) == bool(reading.errors)
    for finding in reading.findings:
        assert finding.location.startswith(name)
        str(finding).encode("utf-8")
    if reading.manifest is not None:
        json.dumps(dict(reading.manifest.facts), allow_nan=False).encode("utf-8")


@given(NAMES, st.binary(max_size=400))
def test_arbitrary_bytes_never_raise(name: str, data: bytes) -> None:
    check(name, data)


@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_arbitrary_json_never_raises(value: dict[str, object]) -> None:
    check("module.json", json.dumps(value).encode())


@settings(max_examples=200)
@given(st.sampled_from(SEEDS), st.data())
def test_a_damaged_manifest_never_raises(seed: Path, data: st.DataObject) -> None:
    good = seed.read_bytes()
    start = data.draw(st.integers(0, len(good)))
    length = data.draw(st.integers(0, 60))
    junk = data.draw(
        st.one_of(st.binary(max_size=12), st.sampled_from([b"<", b"&", b'"', b"</", b"]]>", b"\\"]))
    )
    check(f"module{seed.suffix}", good[:start] + junk + good[start + length :])
