"""Modules are told when all files of Asterisk are made and taken."""

from __future__ import annotations

from typing import Any

import pytest

from modules_app.operator.surfaces import refresh
from modules_app.permissions import Actor
from telephony_app.models import Extension, SipAccount
from telephony_app.services import configured
from telephony_app.services.apply import apply_now
from tests.telephony.apply.fake_ami import FakeAsterisk


def look() -> None:
    refresh(None, ["asterisk"])  # type: ignore[arg-type]


def test_modules_are_told_after_asterisk_took_new_files_and_not_otherwise(
    fake: FakeAsterisk, boss: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(configured, "ask_modules", lambda hook, **how: told.append((hook, how)))
    look()
    assert [hook for hook, _how in told] == ["generate_config"]
    assert told[0][1] == {"seconds": 3.0, "total_seconds": 10.0}
    look()
    assert len(told) == 1, "nothing changed"
    row = Extension.objects.create(number="201", name="Ann")
    SipAccount.objects.create(extension=row, secret="a-long-secret-of-tests")
    look()
    assert len(told) == 1, "nobody applied it"
    apply_now(actor=boss)
    look()
    assert len(told) == 2
