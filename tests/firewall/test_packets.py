"""Rules that were written, tested and loaded, asked with real packets (reference M6.7)."""

from __future__ import annotations

import pytest

from modules_app.domain.firewall import Action
from modules_app.domain.states import Wanted
from modules_app.models import CustomFile, Module, NetworkFilter
from modules_app.services.firewall import NetworkValues, delete_network, save_network
from modules_app.services.settings import write_settings
from tests.firewall.conftest import AddModule, Apply
from tests.firewall.namespaces import FAR4, FAR6, LAN4, LAN6, Cable
from tests.lifecycle import ACTOR

pytestmark = pytest.mark.server

LAN = NetworkValues("Office", ["10.77.0.0/24", "fd77::/64"])
WORLD = NetworkValues("Everybody", ["0.0.0.0/0", "::/0"], priority=900)
SHUT = {("", "SSH", "SSH"): Action.BLOCK}
PANEL = {
    "Panel": {
        "action": "allow",
        "shortName": "Panel",
        "rules": [{"name": "Panel", "protocol": "tcp", "portfrom": 9000, "portto": 9005}],
    },
    "feed": {
        "action": "block",
        "rules": [{"name": "Feed", "protocol": "udp", "portfrom": "9100", "portto": "9100"}],
    },
}


def test_without_networks_nothing_is_dropped(filtered: Cable, apply: Apply) -> None:
    assert apply().problem is None
    assert filtered.gets_through(9000, source=FAR4)
    assert filtered.gets_through(9000, source=FAR6)


def test_a_network_opens_its_ports_and_everything_else_is_dropped(
    filtered: Cable, apply: Apply
) -> None:
    save_network(actor=ACTOR, values=LAN, actions=SHUT)
    assert apply().notes == []
    for near, far in ((LAN4, FAR4), (LAN6, FAR6)):
        assert filtered.gets_through(80, source=near)
        assert filtered.gets_through(5060, source=near, protocol="udp")
        assert filtered.gets_through(10150, source=near, protocol="udp")
        assert filtered.is_dropped(22, source=near)
        assert filtered.is_dropped(9000, source=near)
        assert filtered.is_dropped(80, source=far)
        assert filtered.answers_pings(near, seconds=20.0)
        assert not filtered.answers_pings(far, seconds=0.4)


def test_an_address_left_out_of_its_network_is_dropped(filtered: Cable, apply: Apply) -> None:
    values = NetworkValues("Office", ["10.77.0.0/24", "fd77::/64"], deny=[LAN4, "fd77::2/128"])
    save_network(actor=ACTOR, values=values)
    save_network(actor=ACTOR, values=NetworkValues("Far", [FAR4]))
    apply()
    assert filtered.is_dropped(80, source=LAN4)
    assert filtered.is_dropped(80, source=LAN6)
    assert filtered.gets_through(80, source=FAR4)


def test_a_connection_outlives_new_rules(filtered: Cable, apply: Apply) -> None:
    row = save_network(actor=ACTOR, values=LAN)
    apply()
    assert filtered.gets_through(80, keep=True)
    save_network(actor=ACTOR, values=NetworkValues("Far", [FAR4]))
    delete_network(actor=ACTOR, network_id=row.pk)
    apply()
    assert filtered.is_dropped(80)
    assert filtered.still_talks()


def test_the_rules_of_a_module_count_while_it_is_enabled(
    filtered: Cable, apply: Apply, add_module: AddModule
) -> None:
    save_network(actor=ACTOR, values=LAN)
    module = add_module("ModulePanel", get_default_firewall_rules=PANEL)
    apply()
    assert filtered.gets_through(9003)
    assert filtered.is_dropped(9100, protocol="udp")
    module.wanted = Wanted.OFF
    module.save()
    apply()
    assert filtered.is_dropped(9003)


def test_what_was_decided_about_a_module_comes_back_with_it(
    filtered: Cable, apply: Apply, add_module: AddModule
) -> None:
    add_module("ModulePanel", get_default_firewall_rules=PANEL)
    decided = {
        ("ModulePanel", "PANEL", "Panel"): Action.BLOCK,
        ("ModulePanel", "FEED", "Feed"): Action.ALLOW,
    }
    save_network(actor=ACTOR, values=LAN, actions=decided)
    for wanted in (Wanted.OFF, Wanted.ON):
        Module.objects.update(wanted=wanted)
        apply()
        assert filtered.is_dropped(9003)
        feed = filtered.gets_through if wanted is Wanted.ON else filtered.is_dropped
        assert feed(9100, protocol="udp")


def test_lines_of_modules_stand_before_networks_that_hold_everybody(
    filtered: Cable, apply: Apply, add_module: AddModule
) -> None:
    save_network(actor=ACTOR, values=WORLD)
    add_module(
        "ModuleGeo",
        on_after_iptables_reload=[
            {"action": "drop", "sources": ["10.99.0.0/24", "fd99::/64"], "comment": "far"},
            {"action": "accept", "protocol": "tcp", "ports": "9200"},
            "ip saddr 10.77.0.0/24 udp dport 9300 counter accept",
        ],
    )
    assert apply().complaints == []
    assert filtered.gets_through(80)
    assert filtered.is_dropped(80, source=FAR4)
    assert filtered.is_dropped(80, source=FAR6)
    assert filtered.gets_through(9200)
    assert filtered.gets_through(9300, protocol="udp")


def test_a_wrong_line_costs_its_module_the_lines_and_nobody_else_anything(
    filtered: Cable, apply: Apply, add_module: AddModule
) -> None:
    save_network(actor=ACTOR, values=LAN)
    add_module("ModuleGood", on_after_iptables_reload=["tcp dport 9200 accept"])
    add_module(
        "ModuleWrong",
        on_after_iptables_reload=["tcp dport 9201 accept", "tcp dprot 9202 accept"],
    )
    add_module("ModuleSly", on_after_iptables_reload='include "/etc/shadow"\ntcp dport 9203 accept')
    complaints = {one["owner"]: one for one in apply().complaints}
    wrong = complaints["ModuleWrong"]
    assert wrong["context"]["text"] == "tcp dprot 9202 accept"
    assert wrong["path"] == "firewall/pbxadmin.nft" and wrong["line"] > 0
    assert complaints["ModuleSly"]["slug"] == "firewall-line-refused"
    assert "ModuleGood" not in complaints
    assert filtered.gets_through(9200)
    assert filtered.gets_through(9203)
    assert filtered.is_dropped(9201)


def test_lines_of_the_administrator_are_added_and_a_wrong_one_is_blamed_on_them(
    filtered: Cable, apply: Apply
) -> None:
    save_network(actor=ACTOR, values=LAN)
    path = "firewall/pbxadmin-additional.nft"
    CustomFile.objects.create(path=path, mode="append", text="tcp dport 9400 accept")
    assert apply().complaints == []
    assert filtered.gets_through(9400, source=FAR4)
    CustomFile.objects.update(text="tcp dport 9400 accept\nnonsense\n")
    complaint = apply().complaints[0]
    assert (complaint["owner"], complaint["path"]) == ("custom", path)
    assert complaint["context"]["text"] == "nonsense"
    assert filtered.is_dropped(9400, source=FAR4)
    assert filtered.gets_through(80)


def test_one_address_may_not_ask_too_fast(filtered: Cable, apply: Apply) -> None:
    save_network(actor=ACTOR, values=LAN)
    write_settings(actor=ACTOR, values={"PBXFirewallMaxReqSec": "1"})
    apply()
    assert filtered.gets_through(5060, protocol="udp")
    assert any(filtered.is_dropped(5060, protocol="udp") for _attempt in range(30))


def test_switched_off_the_firewall_drops_nothing(filtered: Cable, apply: Apply) -> None:
    save_network(actor=ACTOR, values=NetworkValues("Far", [FAR4]))
    apply()
    assert filtered.is_dropped(80)
    write_settings(actor=ACTOR, values={"PBXFirewallEnabled": "0"})
    apply()
    assert filtered.gets_through(80)
    assert "pbxadmin" not in filtered.pbx.run("nft", "list", "tables")
    assert NetworkFilter.objects.count() == 1
