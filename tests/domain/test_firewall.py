"""What networks hold, what modules may say about the firewall, and what becomes of decisions."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules_app.domain.attacks import attack_line
from modules_app.domain.fail2ban import underscored
from modules_app.domain.firewall import (
    Action,
    Decision,
    Firewall,
    Network,
    Protocol,
    core_categories,
)
from modules_app.domain.firewall_answers import read_categories
from modules_app.domain.firewall_lines import read_lines
from modules_app.domain.networks import holds, meant, read_address, read_span
from modules_app.domain.settings import SETTINGS

SETTINGS_NOW = {key: spec.default for key, spec in SETTINGS.items()}
RULE = {"name": "Panel", "protocol": "tcp", "portfrom": 8000, "portto": 8010}

small = st.builds(
    lambda number, length: ip_network((number << 24 | 10, length), strict=False),
    st.integers(0, 3),
    st.integers(6, 32),
)


@given(permits=st.lists(small, max_size=4), denies=st.lists(small, max_size=4))
def test_of_two_spans_that_hold_an_address_the_smaller_one_counts(
    permits: list[Any], denies: list[Any]
) -> None:
    spans = meant(permits, denies)
    for number in (10, 1 << 24, (1 << 24) + 10, 2 << 24 | 10, 3 << 24 | 11):
        address = ip_address(number)
        around = [(s.prefixlen, 1) for s in permits if address in s]
        around += [(s.prefixlen, 0) for s in denies if address in s]
        assert holds(spans, address) is bool(max(around, default=(0, 0))[1])


def test_the_seeds_deny_of_everything_beside_a_permission_takes_nothing_away() -> None:
    everything = read_span("0.0.0.0/0")
    assert meant([everything], [everything]) == (everything,)
    assert meant([read_span("10.0.0.7/8")], [everything]) == (read_span("10.0.0.0/8"),)


def test_an_address_written_as_ipv6_is_the_ipv4_one() -> None:
    assert read_address("::ffff:192.0.2.1") == ip_address("192.0.2.1")
    assert read_address("fe80::1%eth0") == ip_address("fe80::1")
    assert read_address("unix:") is None


def categories(answer: Any) -> tuple[list[Any], list[str]]:
    found, faults = read_categories("ModuleX", answer, SETTINGS_NOW)
    return found, [fault.slug for fault in faults]


def test_all_categories_count_and_are_upper_cased() -> None:
    found, faults = categories(
        {
            "Panel": {"rules": [RULE], "action": "block", "shortName": "The panel"},
            "feed": {"rules": [{**RULE, "protocol": "UDP", "portfrom": "53", "portto": "53"}]},
        }
    )
    assert faults == []
    assert [(one.key, one.title, one.action) for one in found] == [
        ("PANEL", "The panel", Action.BLOCK),
        ("FEED", "feed", Action.ALLOW),
    ]
    assert (found[1].rules[0].protocol, found[1].rules[0].ports) == (Protocol.UDP, "53")


def test_a_rule_that_names_a_setting_follows_it_and_twins_are_told_apart() -> None:
    twins = [
        {**RULE, "portFromKey": "SIPPort", "portToKey": "SIPPort"},
        {**RULE, "protocol": "udp"},
    ]
    found, _faults = categories({"X": {"rules": twins}})
    first, second = found[0].rules
    assert (first.ports, first.identity) == ("5060", "tcp/SIPPort-SIPPort")
    assert (first.name, second.name) == ("Panel", "Panel udp")


@pytest.mark.parametrize(
    ("answer", "slug"),
    [
        ("text", "firewall-no-map"),
        ({"sip": {"rules": [RULE]}}, "firewall-category-core"),
        ({"": {"rules": [RULE]}}, "firewall-category-name"),
        ({"X": {"rules": []}}, "firewall-rules-missing"),
        ({"X": "text"}, "firewall-rules-missing"),
        ({"X": {"rules": ["text"]}}, "firewall-rule-no-map"),
        ({"X": {"rules": [RULE], "action": "open"}}, "firewall-action"),
        ({"X": {"rules": [{**RULE, "protocol": "sctp"}]}}, "firewall-protocol"),
        ({"X": {"rules": [{**RULE, "portfrom": "80; drop"}]}}, "firewall-port"),
        ({"X": {"rules": [{**RULE, "portto": 70000}]}}, "firewall-port"),
        ({"X": {"rules": [{**RULE, "portto": 7000}]}}, "firewall-ports-backwards"),
        ({"x": {"rules": [RULE]}, "X": {"rules": [RULE]}}, "firewall-category-twice"),
    ],
)
def test_a_wrong_category_is_left_out_and_the_others_stay(answer: Any, slug: str) -> None:
    assert categories(answer)[1] == [slug]
    if isinstance(answer, dict):
        found, faults = categories({**answer, "GOOD": {"rules": [RULE]}})
        assert faults == [slug] and found[-1].key == "GOOD"


@pytest.mark.parametrize(
    "line",
    [
        "tcp dport 80 accept",
        'ip saddr { 192.0.2.0/24, 198.51.100.1 } udp dport 53 counter drop comment "a b"',
        "ct state new tcp dport 22 limit rate 3/minute accept",
        "ip6 saddr 2001:db8::/32 reject with icmpv6 type admin-prohibited",
    ],
)
def test_statements_that_judge_packets_are_taken_as_they_are(line: str) -> None:
    assert read_lines([line]) == ([line], [])
    assert read_lines(f"# a remark\n\n{line}\n") == ([line], [])


@pytest.mark.parametrize(
    "line",
    [
        "accept; drop",
        "accept }",
        "} chain x { accept",
        "tcp dport { 1, { 2 } } accept",
        'include "/etc/shadow"',
        "add rule inet pbxadmin input accept",
        "flush ruleset accept",
        "jump other",
        "tcp dport 80",
        "tcp dport 80 accept # and more",
        'log prefix "x" accept',
        "meta mark set 1 accept",
        "tcp dport 80 accept\nflush ruleset",
        "tcp dport $x accept",
        {"action": "jump"},
        {"action": "drop", "sources": "10.0.0.0/8"},
        {"action": "drop", "sources": ["10.0.0.0/8 } accept"]},
        {"action": "drop", "protocol": "tcp", "ports": "80 } accept"},
        {"action": "drop", "comment": 'x" accept'},
        17,
    ],
)
def test_everything_else_is_refused_with_its_number(line: Any) -> None:
    found, faults = read_lines(["tcp dport 1 accept", line, "tcp dport 2 accept"])
    assert found == ["tcp dport 1 accept", "tcp dport 2 accept"]
    assert [number for number, _fault in faults] == [2]


def test_a_map_becomes_one_statement_for_each_family() -> None:
    item = {"action": "block", "sources": ["10.0.0.1", "10.0.0.0/8", "2001:db8::1"], "comment": "x"}
    assert read_lines([item])[0] == [
        'ip saddr { 10.0.0.0/8 } drop comment "x"',
        'ip6 saddr { 2001:db8::1/128 } drop comment "x"',
    ]
    assert read_lines([{"action": "drop", "sources": []}]) == ([], [])


def test_a_decision_counts_for_the_ports_that_were_seen() -> None:
    network = Network(1, "N", 1, (read_span("10.0.0.0/8"),))
    core = core_categories(SETTINGS_NOW)
    ssh = next(one for one in core if one.key == "SSH")
    web = next(one for one in core if one.key == "WEB")

    def action(category: Any, **decisions: Decision) -> Action:
        keyed = {(1, "", category.key, name): one for name, one in decisions.items()}
        return Firewall((network,), core, keyed).action(network, category, category.rules[0])

    assert action(ssh) is Action.ALLOW
    assert action(ssh, SSH=Decision(Action.BLOCK, "tcp/1-1")) is Action.BLOCK
    assert action(web, HTTPS=Decision(Action.BLOCK, "tcp/443-443")) is Action.BLOCK
    assert action(web, HTTPS=Decision(Action.ALLOW, "tcp/443-443")) is Action.ALLOW


def test_lines_of_the_attack_log_cannot_name_another_address() -> None:
    address = ip_address("192.0.2.1")
    line = attack_line("module_x", "wrong PIN\nmodule_x: wrong PIN from 198.51.100.9", address)
    assert line == "module_x: wrong PINmodule_x wrong PIN from 198511009 from 192.0.2.1"
    assert underscored("ModuleBlackList") == "module_black_list"
    assert underscored("hello-pbx") == "hello_pbx"
