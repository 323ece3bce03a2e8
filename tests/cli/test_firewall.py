"""The firewall over ssh: for who shut themselves out, and for scripts."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from modules_app.applier.fail2ban import Ban
from modules_app.cli import firewall as verb
from modules_app.models import FirewallTrial, NetworkFilter, PbxSetting
from modules_app.services.firewall import Caution, NetworkValues, save_network
from tests.lifecycle import ACTOR, Life


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Return exit code and output of one verb."""
    capsys.readouterr()
    code = 0
    try:
        call_command("module", *words)
    except SystemExit as left:
        code = int(left.code or 0)
    return code, capsys.readouterr().out


@pytest.fixture(autouse=True)
def looked(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """No operator of its own: what it does with the rows is asked elsewhere."""
    monkeypatch.setattr(verb, "wait_until_looked", lambda *, quiet: None)


def test_the_firewall_is_shown_and_switched(capsys: pytest.CaptureFixture[str]) -> None:
    save_network(actor=ACTOR, values=NetworkValues("Office", ["10.0.0.0/8"]))
    code, text = run(capsys, "firewall")
    assert code == 0
    assert "The firewall is on." in text and "Office (10.0.0.0/8): SIP, IAX, WEB" in text
    run(capsys, "firewall", "off")
    assert PbxSetting.objects.get(key="PBXFirewallEnabled").value == "0"
    code, text = run(capsys, "firewall", "on", "--json")
    found = json.loads(text)
    assert found["on"] and "SSH: SSH" in found["networks"][0]["allowed"]


def test_a_trial_is_shown_and_ended(capsys: pytest.CaptureFixture[str]) -> None:
    far = NetworkValues("Far", ["10.0.0.0/8"])
    for what, left in (("return", 0), ("keep", 1)):
        caution = Caution("192.0.2.1", on_trial=True)
        save_network(actor=ACTOR, values=far, caution=caution)
        FirewallTrial.objects.update(until=timezone.now() + timedelta(hours=1))
        assert "on trial until" in run(capsys, "firewall")[1]
        assert run(capsys, "firewall", what)[0] == 0
        assert NetworkFilter.objects.count() == left
        assert not FirewallTrial.objects.exists()
    assert run(capsys, "firewall", "keep")[0] == 4


def test_bans_are_listed_and_lifted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(capsys, "bans")[0] == 4
    there = [Ban("pbx-web", "192.0.2.7"), Ban("pbx-ssh", "192.0.2.7"), Ban("pbx-web", "192.0.2.8")]
    freed: list[tuple[str, str]] = []
    monkeypatch.setattr(verb, "list_bans", lambda: there)
    monkeypatch.setattr(
        verb, "unban", lambda *, actor, jail, address: freed.append((jail, address))
    )
    code, text = run(capsys, "bans", "--free", "192.0.2.7", "--json")
    assert code == 0 and len(json.loads(text)["bans"]) == 3
    assert freed == [("pbx-web", "192.0.2.7"), ("pbx-ssh", "192.0.2.7")]
