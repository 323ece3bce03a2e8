"""Module code runs in the host, so its report about itself is read with care."""

from __future__ import annotations

import json

import pytest

from modules_app.bridge.health import read_health
from modules_app.bridge.names import sequence_of, socket_name


@pytest.mark.parametrize(
    "body",
    [b"", b"no json", b"[]", b"{}", b'{"sequence": 1, "modules": []}', b'{"modules": {}}',
     b'{"sequence": "x", "modules": {}}', b'{"sequence": 1, "modules": {"A": "fine"}}'],
)  # fmt: skip
def test_what_is_no_report_is_no_answer(body: bytes) -> None:
    assert read_health(body) is None


def test_a_report_keeps_what_is_known_and_nothing_else() -> None:
    states = {"A": {"ok": True, "more": 1}, "B": {"ok": "yes"}, "C": {"ok": False, "error": 5}}
    found = read_health(json.dumps({"sequence": 3, "modules": states, "x": 1}).encode())
    assert found == {
        "sequence": 3,
        "safe_mode": False,
        "settled": [],
        "modules": {
            "A": {"ok": True},
            "B": {"ok": False, "error": "", "traceback": "", "passing": False},
            "C": {"ok": False, "error": "5", "traceback": "", "passing": False},
        },
    }


def test_an_error_is_one_line_that_forges_no_other_in_a_log() -> None:
    text = "first\n2026-01-01 ERROR root all is lost\x1b[31m\u2028" + "x" * 1000
    states = {"A": {"ok": False, "error": text}}
    found = read_health(json.dumps({"sequence": 1, "modules": states}).encode())
    assert found is not None
    line = found["modules"]["A"]["error"]
    assert line.isprintable() and len(line) <= 300
    assert line.startswith("first 2026-01-01")


def test_a_socket_tells_its_sequence(tmp_path) -> None:
    assert sequence_of(tmp_path / socket_name(12)) == 12
    assert sequence_of(tmp_path / "host-x.sock") == -1
