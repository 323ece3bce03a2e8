"""Every attack of the list W01-W25 is tried by a test of its name, or stands here with a reason."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
IDS = [f"W{number:02}" for number in range(1, 26)]
NOT_YET = {
    "W11": "no address is fetched from anywhere before there is a catalogue",
    "W12": "there is no feed of updates before there is a catalogue",
    "W23": "a chain of digests over the audit comes with the catalogue's signatures",
    "B13": "the host has no user of its own, so a module that means harm can open core.sqlite3 "
    "by its path; only its Django connection is read-only (docs/explanation/security.md)",
}


def tried() -> set[str]:
    """Return the ids with which names of tests begin."""
    names = re.findall(
        r"^def test_([wbm]\d\d)_", "\n".join(f.read_text() for f in TESTS.rglob("test_*.py")), re.M
    )
    return {name.upper() for name in names}


def test_every_attack_is_tried_or_listed_with_a_reason() -> None:
    found = tried()
    assert [one for one in IDS if one not in found and one not in NOT_YET] == []
    known = [one for one in NOT_YET if one in found and one in IDS]
    assert known == [], "it is tried now; strike it off the list"
    assert "M13" in found
