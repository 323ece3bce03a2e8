"""How providers stand on the pages: what Asterisk says, and nothing of whom it says nothing."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from django.test import Client

from modules_app.permissions import Actor
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
