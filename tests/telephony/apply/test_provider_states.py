"""How providers stand on the pages: what Asterisk says, and nothing of whom it says nothing."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from django.test import Client

from modules_app.permissions import Actor
from telephony_app.domain.live import Door
from telephony_app.selectors.live import LiveState
from telephony_app.selectors.status import providers_with_status
from telephony_app.services.providers import create_provider
from tests.pages import administrator
from tests.telephony.records import PROVIDER


@pytest.mark.parametrize(
    ("address", "unknown"), [("/providers/", "Switched on"), ("/telephony/status/", "not known")]
)
def test_with_whom_nobody_registers_is_not_called_unregistered(
    home: Path, address: str, unknown: str
) -> None:
    now = {"door": "open", "at": time.time(), "channels": [], "providers": {}}
    (home / "run").mkdir(exist_ok=True)
    (home / "run" / "asterisk.json").write_text(json.dumps(now))
    trunk = {"description": "Trunk", "registration": "none", "host": "10.1.2.3"}
    create_provider(actor=Actor.system(), values=trunk)
    client = Client()
    client.force_login(administrator())
    html = client.get(address).content.decode()
    assert unknown in html and "not registered" not in html
    create_provider(actor=Actor.system(), values=PROVIDER)
    assert client.get(address).content.decode().count("not registered") == 1


@pytest.mark.parametrize(
    ("words", "label"),
    [
        (["Unreachable", "Reachable"], "answers"),
        (["Unreachable", "NonQualified"], "does not answer"),
        (["NonQualified"], "not known"),
        (["Created"], "not known"),
        ([], "not known"),
    ],
)
def test_with_whom_nobody_registers_answers_or_does_not(
    home: Path, words: list[str], label: str
) -> None:
    trunk = {"description": "Trunk", "registration": "none", "host": "10.1.2.3"}
    uniqid = create_provider(actor=Actor.system(), values=trunk).uniqid
    contacts = [{"uri": f"sip:{n}", "status": word} for n, word in enumerate(words)]
    state = LiveState(Door.OPEN, time.time(), contacts={uniqid: contacts})
    assert [row.status.label for row in providers_with_status(state)] == [label]
    old = LiveState(Door.OPEN, time.time() - 60, contacts={uniqid: contacts})
    assert [row.status.label for row in providers_with_status(old)] == ["not known"]
