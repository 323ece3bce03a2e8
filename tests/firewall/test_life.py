"""A real module with the four hooks, from its installation to its removal (reference M3.3)."""

from __future__ import annotations

from modules_app.domain.firewall import Action
from modules_app.domain.operations import Outcome
from modules_app.models import FirewallRule, SurfaceState
from modules_app.services.firewall import NetworkValues, save_network
from tests.builders import python_module
from tests.lifecycle import ACTOR, Life

CONF = """
from modules_app.sdk import ConfigClass


class GateConf(ConfigClass):
    def get_default_firewall_rules(self):
        gate = {"name": "Gate", "protocol": "tcp", "portfrom": 9500, "portto": 9500}
        door = {"name": "Door", "protocol": "tcp", "portfrom": 9499, "portto": 9499}
        return {
            "gate": {"rules": [gate], "action": "allow"},
            "door": {"rules": [door], "action": "allow"},
        }

    def on_after_iptables_reload(self):
        return "tcp dport 9600 drop"

    def generate_fail2ban_jails(self):
        return "#"

    def generate_fail2ban_filters(self):
        return "[Definition]\\nfailregex = module_gate: wrong PIN from <HOST>$\\n"
"""
PACKAGE = python_module("ModuleGate", files={"conf.py": CONF})


def ruleset() -> str:
    files = SurfaceState.objects.get(name="firewall").files
    return str(files[0]["text"])


def decided() -> dict[str, str]:
    found = FirewallRule.objects.filter(module_id="ModuleGate")
    return dict(found.values_list("category", "action"))


def test_rules_lines_and_jails_come_and_go_with_the_module(life: Life) -> None:
    office = NetworkValues("Office", ["10.0.0.0/8"])
    row = save_network(actor=ACTOR, values=office)
    assert life.install(PACKAGE).outcome == Outcome.DONE
    assert "9500" not in ruleset()

    assert life.enable("ModuleGate").outcome == Outcome.DONE
    assert 'tcp dport { 9499-9500 } accept comment "Office: GATE, DOOR"' in ruleset()
    assert "\t\t# ***** BEGIN BY ModuleGate\n\t\ttcp dport 9600 drop\n" in ruleset()
    assert "set ban_module_gate_4" in ruleset()
    paths = {file["path"] for file in SurfaceState.objects.get(name="fail2ban").files}
    assert {"fail2ban/jail.d/pbx_module_gate.conf", "fail2ban/filter.d/module_gate.conf"} <= paths

    decision = {("ModuleGate", "GATE", "Gate"): Action.BLOCK}
    save_network(actor=ACTOR, values=office, actions=decision, network_id=row.pk)
    assert life.disable("ModuleGate").outcome == Outcome.DONE
    assert "9600" not in ruleset() and "module_gate" not in ruleset()
    assert life.enable("ModuleGate").outcome == Outcome.DONE
    assert "tcp dport { 9499 } accept" in ruleset()

    assert life.remove("ModuleGate", keep_data=True).outcome == Outcome.DONE
    assert decided() == {"GATE": "block", "DOOR": "allow"}
    life.install(PACKAGE)
    life.enable("ModuleGate")
    assert "tcp dport { 9499 } accept" in ruleset() and "9500" not in ruleset()

    assert life.remove("ModuleGate", keep_data=False).outcome == Outcome.DONE
    assert decided() == {}
    assert "94" not in ruleset() and "9600" not in ruleset()
