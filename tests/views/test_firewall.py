"""The pages of the firewall and of fail2ban, and the way back for who shuts themselves out."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from modules_app.domain.firewall import Action
from modules_app.models import (
    AuditEvent,
    FirewallRule,
    FirewallTrial,
    HookResult,
    NetworkFilter,
    PbxSetting,
    SurfaceState,
)
from modules_app.operator.protection import return_rules_when_over
from modules_app.permissions import Right
from modules_app.selectors.fail2ban import numbers
from modules_app.selectors.firewall import firewall
from modules_app.services.firewall import NetworkValues, forget_module, save_network
from tests.firewall.conftest import GENERATION
from tests.lifecycle import ACTOR
from tests.pages import administrator, module, person

HERE, ELSEWHERE = "198.51.100.7", "203.0.113.9"
OFFICE = {"title": "Office", "permit": "198.51.100.0/24", "deny": "", "priority": "10"}
PANEL = {"Panel": {"rules": [{"name": "P", "protocol": "tcp", "portfrom": 9, "portto": 9}]}}


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Settings) -> Path:
    for folder in ("run/sessions", "log", "uploads"):
        (tmp_path / folder).mkdir(parents=True)
    settings.PBX_DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def page(admin_page: Client) -> Client:
    """A signed-in client with an address of the world."""
    admin_page.defaults["REMOTE_ADDR"] = HERE
    return admin_page


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return str(response.content.decode())


def boxes(html: str, *without: str) -> dict[str, str]:
    """Return the ticked boxes of rules, but those whose label begins with one of ``without``."""
    found = {}
    for name, label in re.findall(r'name="(rule-\w+)"[^>]*>\s*<label[^>]*>([^<]*)<', html):
        if not label.startswith(without):
            found[name] = "on"
    return found


def add(client: Client, values: dict[str, str], *without: str, **more: str):  # noqa: ANN201
    form = boxes(text(client, "/firewall/networks/add/"), *without) if without else {}
    return client.post("/firewall/networks/add/", {**values, **form, **more})


def test_a_network_is_added_changed_and_deleted(page: Client) -> None:
    assert "No network yet" in text(page, "/firewall/")
    assert add(page, OFFICE, "SSH").status_code == 302
    row = NetworkFilter.objects.get()
    assert (row.title, row.permit, row.priority) == ("Office", ["198.51.100.0/24"], 10)
    actions = dict(FirewallRule.objects.values_list("description", "action"))
    assert actions["SSH"] == "block" and actions["HTTP"] == actions["AMI"] == "allow"
    assert "Office" in text(page, "/firewall/")

    shown = text(page, f"/firewall/networks/{row.pk}/")
    assert "198.51.100.0/24" in shown
    changed = {
        **OFFICE,
        "title": "Desk",
        "permit": "198.51.100.7\n2001:db8::/32",
        **boxes(shown, "x"),
    }
    assert page.post(f"/firewall/networks/{row.pk}/", changed).status_code == 302
    row.refresh_from_db()
    assert row.permit == ["198.51.100.7/32", "2001:db8::/32"]

    page.get(f"/firewall/networks/{row.pk}/delete/")
    assert page.post(f"/firewall/networks/{row.pk}/delete/").status_code == 302
    assert not NetworkFilter.objects.exists() and not FirewallRule.objects.exists()
    told = AuditEvent.objects.filter(action__startswith="firewall").order_by("id")
    assert list(told.values_list("action", flat=True)) == [
        f"firewall-network-{verb}" for verb in ("add", "change", "delete")
    ]
    assert SurfaceState.objects.get(name="firewall").asked


def test_wrong_addresses_are_named(page: Client) -> None:
    answer = add(page, {**OFFICE, "permit": "198.51.100.0/24 10.0.0.0/99"})
    assert answer.status_code == 422
    assert "10.0.0.0/99" in answer.content.decode()
    assert not NetworkFilter.objects.exists()


@pytest.mark.parametrize(
    ("values", "without"),
    [({**OFFICE, "permit": "203.0.113.0/24"}, ("x",)), (OFFICE, ("HTTP", "HTTPS"))],
)
def test_nobody_shuts_themselves_out_unasked(
    page: Client, values: dict[str, str], without: tuple[str, ...]
) -> None:
    answer = add(page, values, *without)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert HERE in shown and "Try it for a minute" in shown
    assert not NetworkFilter.objects.exists() and not FirewallTrial.objects.exists()


def test_rules_on_trial_go_back_unless_they_are_kept(page: Client) -> None:
    add(page, OFFICE, "x")
    row = NetworkFilter.objects.get()
    before = list(FirewallRule.objects.values_list("description", "action"))
    far = {**OFFICE, "permit": "203.0.113.0/24", "on_trial": "1"}
    assert page.post(f"/firewall/networks/{row.pk}/", far).status_code == 302
    assert "on trial" in text(page, "/firewall/")
    return_rules_when_over()
    assert NetworkFilter.objects.get().permit == ["203.0.113.0/24"]

    SurfaceState.objects.update(asked=False)
    FirewallTrial.objects.update(until=timezone.now() - timedelta(seconds=1))
    return_rules_when_over()
    assert NetworkFilter.objects.get().permit == ["198.51.100.0/24"]
    assert list(FirewallRule.objects.values_list("description", "action")) == before
    assert not FirewallTrial.objects.exists()
    assert SurfaceState.objects.get(name="firewall").asked
    assert page.post("/firewall/keep/").status_code == 422


def test_rules_on_trial_stay_once_they_are_kept(page: Client) -> None:
    answer = add(page, {**OFFICE, "permit": "203.0.113.0/24"}, "x", on_trial="1")
    assert answer.status_code == 302
    assert page.post("/firewall/keep/").status_code == 302
    return_rules_when_over()
    assert NetworkFilter.objects.get().permit == ["203.0.113.0/24"]


def test_switching_on_asks_the_same_question(page: Client) -> None:
    PbxSetting.objects.create(key="PBXFirewallEnabled", value="0")
    assert add(page, {**OFFICE, "permit": "203.0.113.0/24"}, "x").status_code == 302
    answer = page.post("/firewall/switch/", {"on": "1"})
    assert answer.status_code == 422 and "Try it for a minute" in answer.content.decode()
    assert PbxSetting.objects.get(key="PBXFirewallEnabled").value == "0"
    page.post("/firewall/switch/", {"on": "1", "on_trial": "1"})
    assert PbxSetting.objects.get(key="PBXFirewallEnabled").value == "1"
    page.post("/firewall/return/")
    assert PbxSetting.objects.get(key="PBXFirewallEnabled").value == "0"


def test_the_settings_page_does_not_shut_out_either(page: Client) -> None:
    PbxSetting.objects.create(key="PBXFirewallEnabled", value="0")
    add(page, {**OFFICE, "permit": "203.0.113.0/24"}, "x")
    shown = text(page, "/settings/")
    inputs = re.findall(r'<input type="(?:text|number)" name="(\w+)" value="([^"]*)"', shown)
    form = dict(inputs)
    page.post(
        "/settings/",
        {**form, "WebAdminLanguage": "en", "SSHLanguage": "en", "PBXFirewallEnabled": "on"},
    )
    assert PbxSetting.objects.get(key="PBXFirewallEnabled").value == "0"


def test_behind_a_proxy_on_this_machine_the_browser_counts(page: Client) -> None:
    page.defaults["REMOTE_ADDR"] = "127.0.0.1"
    page.defaults["HTTP_X_FORWARDED_FOR"] = f"10.0.0.1, {ELSEWHERE}"
    answer = add(page, OFFICE, "x")
    assert answer.status_code == 422 and ELSEWHERE in answer.content.decode()


def test_categories_of_modules_stand_beside_ours(page: Client) -> None:
    made = module("ModulePanel", wanted="on", generation=GENERATION)
    HookResult.objects.create(
        module_id=made.pk, id_fold="modulepanel", hook="get_default_firewall_rules",
        at=timezone.now(), answer=PANEL, answered_generation=GENERATION,
    )  # fmt: skip
    add(page, OFFICE, "P ")
    rule = FirewallRule.objects.get(module_id="ModulePanel")
    assert (rule.category, rule.description, rule.action) == ("PANEL", "P", "block")
    assert "ModulePanel" in text(page, "/firewall/")
    forget_module("ModulePanel")
    assert not FirewallRule.objects.filter(module_id="ModulePanel").exists()


def test_a_decision_about_other_ports_does_not_open_the_new_ones(db: None) -> None:
    row = save_network(
        actor=ACTOR,
        values=NetworkValues("N", ["10.0.0.0/8"]),
        actions={("", "AMI", "AMI"): Action.ALLOW},
    )
    FirewallRule.objects.update(port_from_key="SSHPort", port_to_key="SSHPort")
    found = firewall()
    network = next(one for one in found.networks if one.id == row.pk)
    ami = next(one for one in found.categories if one.key == "AMI")
    assert found.action(network, ami, ami.rules[0]) is Action.BLOCK


def test_the_numbers_of_fail2ban_are_stored(page: Client) -> None:
    assert "does not run on this machine" in text(page, "/fail2ban/")
    form = {"max_retry": "5", "find_time": "60", "ban_time": "3600", "white_list": "192.0.2.1"}
    assert page.post("/fail2ban/save/", form).status_code == 302
    row = numbers()
    assert (row.max_retry, row.ban_time, row.white_list) == (5, 3600, ["192.0.2.1/32"])
    assert PbxSetting.objects.get(key="PBXFail2BanEnabled").value == "0"
    wrong = page.post("/fail2ban/save/", {**form, "white_list": "nobody"})
    assert wrong.status_code == 422 and "nobody" in wrong.content.decode()


def test_who_may_only_look_sees_no_buttons(client: Client, db: None) -> None:
    client.force_login(person(Right.VIEW), backend="django.contrib.auth.backends.ModelBackend")
    assert "Add a network" not in text(client, "/firewall/")
    assert 'name="max_retry"' not in text(client, "/fail2ban/")
    assert client.post("/fail2ban/save/", {}).status_code == 403


def test_a_wrong_password_is_written_with_its_address_and_nothing_typed(
    client: Client, db: None
) -> None:
    administrator()
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("pbxadmin.attacks")
    log.addHandler(handler)
    try:
        client.post(
            "/login/",
            {"username": "x from 192.0.2.99", "password": "wrong"},
            REMOTE_ADDR=ELSEWHERE,
            HTTP_X_FORWARDED_FOR="192.0.2.98",
        )
    finally:
        log.removeHandler(handler)
    assert lines == [f"pbx-web: wrong password from {ELSEWHERE}"]
