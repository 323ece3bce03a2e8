"""The signed statement between web and host (design 3)."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules_app.bridge import statement
from modules_app.bridge.statement import BadStatement, read, sign

KEY = "k" * 48


def test_what_was_signed_is_read() -> None:
    data = {"user_id": 1, "name": "Анна", "permissions": ["view"]}
    assert read(sign(data, KEY), KEY) == data


def test_a_statement_is_a_header_value() -> None:
    assert sign({"name": "Анна\r\nX: y"}, KEY).isascii()
    assert sign({"name": "Анна\r\nX: y"}, KEY).isprintable()


@pytest.mark.parametrize("token", ["", ".", "a", "a.b", "e30.e30", "ö.ö", "e30.", ".e30", "a.b.c"])
def test_anything_else_is_refused(token: str) -> None:
    with pytest.raises(BadStatement):
        read(token, KEY)


def test_another_key_is_refused() -> None:
    with pytest.raises(BadStatement, match="signature"):
        read(sign({}, KEY), "x" * 48)


def test_a_changed_statement_is_refused() -> None:
    body, _dot, signature = sign({"is_superuser": False}, KEY).partition(".")
    data = json.loads(base64.urlsafe_b64decode(body + "=="))
    forged = base64.urlsafe_b64encode(json.dumps({**data, "is_superuser": True}).encode()).decode()
    with pytest.raises(BadStatement, match="signature"):
        read(f"{forged.rstrip('=')}.{signature}", KEY)


@pytest.mark.parametrize("shift", [-61, 61])
def test_a_statement_of_another_minute_is_refused(
    monkeypatch: pytest.MonkeyPatch, shift: float
) -> None:
    token = sign({}, KEY)
    now = statement.time.time()
    monkeypatch.setattr(statement.time, "time", lambda: now + shift)
    with pytest.raises(BadStatement, match="too old"):
        read(token, KEY)


@given(st.text(max_size=60))
def test_wild_text_is_refused_and_never_raises_anything_else(token: str) -> None:
    with pytest.raises(BadStatement):
        read(token, KEY)
