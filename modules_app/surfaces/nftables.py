"""The nftables ruleset as text: one table, in the order of reference M6.7.

Bans come first, as fail2ban puts them; then what is established, what IPv6 needs to work, the rate
limit, the networks, this machine, the administrator's own lines, the lines of modules, the
networks that hold everybody, and the final drop, which exists only if there is a network. The
table is emptied and filled in one transaction; the sets of banned addresses keep their members.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from modules_app.domain.firewall import Category, Firewall, Network, Protocol, Rule
from modules_app.domain.firewall_lines import saddr
from modules_app.domain.networks import EVERYTHING, Span
from modules_app.surfaces.base import CORE

TABLE = "inet pbxadmin"
ADDITIONAL = "pbxadmin-additional.nft"

Piece = tuple[str, str]
"""Whose lines these are, and the lines."""

_UNSAFE = re.compile(r"[^A-Za-z0-9 _.,:/+-]")
_FAMILIES = ((4, "ip", "ipv4"), (6, "ip6", "ipv6"))
_RATED = "rated"


@dataclass(frozen=True, slots=True)
class Bans:
    """The banned addresses of one jail, and the ports that they must not reach ("" for all)."""

    jail: str
    ports: str = ""
    protocol: str = "tcp"
    owner: str = CORE

    def set_name(self, version: int) -> str:
        """Return the name of the set for IPv4 or IPv6."""
        return f"ban_{self.jail}_{version}"


@dataclass(frozen=True, slots=True)
class Ruleset:
    """What the text is made of; without ``firewall`` only bans count.

    ``most_new`` is how many new packets per second one address may send to the ports of SIP, 0 for
    any number.
    """

    bans: Sequence[Bans] = ()
    firewall: Firewall | None = None
    most_new: int = 0
    lines: Sequence[tuple[str, Sequence[str]]] = ()


def pieces(rules: Ruleset) -> Iterator[Piece]:
    """Return the file, piece by piece with its owner."""
    yield CORE, f"table {TABLE} {{\n}}"
    if rules.firewall is None and not rules.bans:
        yield CORE, f"delete table {TABLE}"
        return
    yield CORE, f"flush table {TABLE}"
    yield CORE, f"table {TABLE} {{"
    yield from _sets(rules)
    yield CORE, _indented(["chain input {"], 1)
    hook = "type filter hook input priority filter; policy accept;"
    yield CORE, _indented([hook], 2)
    for ban in rules.bans:
        yield ban.owner, _indented(_ban_rules(ban), 2)
    if rules.firewall is not None:
        yield from _filtering(rules, rules.firewall)
    yield CORE, "\t}\n}"


def _sets(rules: Ruleset) -> Iterator[Piece]:
    for ban in rules.bans:
        for version, _word, name in _FAMILIES:
            lines = [f"set {ban.set_name(version)} {{", f"\ttype {name}_addr", "\tflags timeout"]
            yield ban.owner, _indented([*lines, "}"], 1)
    for version, _word, name in _FAMILIES:
        lines = [f"\ttype {name}_addr", "\tsize 65535", "\tflags dynamic,timeout", "\ttimeout 1m"]
        yield CORE, _indented([f"set {_RATED}_{version} {{", *lines, "}"], 1)


def _ban_rules(ban: Bans) -> list[str]:
    where = ""
    if ban.ports:
        protocols = "tcp, udp" if ban.protocol == "all" else ban.protocol
        where = f" meta l4proto {{ {protocols} }} th dport {{ {ban.ports} }}"
    elif ban.protocol != "all":
        where = f" meta l4proto {ban.protocol}"
    return [f"{word} saddr @{ban.set_name(version)}{where} drop" for version, word, _n in _FAMILIES]


def _filtering(rules: Ruleset, firewall: Firewall) -> Iterator[Piece]:
    yield CORE, _indented(_WITHOUT_WHICH_NOTHING_WORKS, 2)
    if rules.most_new:
        yield CORE, _indented(_rate_limit(firewall, rules.most_new), 2)
    last = [network for network in firewall.networks if network.is_everything]
    for network in firewall.networks:
        if network not in last:
            yield from _network(firewall, network)
    yield CORE, _indented(['iif "lo" accept'], 2)
    yield CORE, f'\t\tinclude "{ADDITIONAL}"'
    for owner, lines in rules.lines:
        yield CORE, f"\t\t# ***** BEGIN BY {owner}"
        yield owner, _indented(lines, 2)
        yield CORE, f"\t\t# ***** END BY {owner}"
    for network in last:
        yield from _network(firewall, network)
    if firewall.networks:
        yield CORE, "\t\tcounter drop"


_WITHOUT_WHICH_NOTHING_WORKS = (
    "ct state established,related accept",
    "icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, "
    "nd-neighbor-advert, mld-listener-query, packet-too-big } accept",
)


def _rate_limit(firewall: Firewall, most_new: int) -> list[str]:
    """Drop what one address sends too fast to the ports of SIP (M6.7: hashlimit on NEW)."""
    rules = [rule for one in firewall.categories if one.key == "SIP" for rule in one.rules]
    found = []
    for protocol in (Protocol.UDP, Protocol.TCP):
        own = [r for r in rules if r.protocol is protocol and r.port_from == r.port_to]
        ports = _port_set(own)
        for version, word, _name in _FAMILIES:
            key = f"{{ {word} saddr limit rate over {most_new}/second }}"
            found.append(
                f"ct state new {protocol} dport {ports} update @{_RATED}_{version} {key} drop"
            )
    return found


def _network(firewall: Firewall, network: Network) -> Iterator[Piece]:
    """Return the accepts of a network: one for each owner, protocol and family (M6.7)."""
    allowed = firewall.allowed(network)
    selectors = _selectors(network.spans)
    for owner, protocol in dict.fromkeys((c.module_id, r.protocol) for c, r in allowed):
        own = [(c, r) for c, r in allowed if (c.module_id, r.protocol) == (owner, protocol)]
        comment = _comment(network, dict.fromkeys(c.key for c, _rule in own))
        lines = [
            f"{selector} {_matches(selector, protocol, own)} accept{comment}"
            for selector in selectors
        ]
        yield owner, _indented(lines, 2)


def _matches(selector: str, protocol: Protocol, own: list[tuple[Category, Rule]]) -> str:
    if protocol is Protocol.ICMP:
        is_four = selector.startswith("ip saddr") or "ipv4" in selector
        return f"{'icmp' if is_four else 'icmpv6'} type echo-request"
    return f"{protocol} dport {_port_set(rule for _category, rule in own)}"


def _selectors(spans: Sequence[Span]) -> list[str]:
    whole = [span for span in spans if span in EVERYTHING]
    parts = [span for span in spans if span not in EVERYTHING]
    return [f"meta nfproto ipv{span.version}" for span in whole] + saddr(parts)


def _port_set(rules: Iterable[Rule]) -> str:
    """Return the ports as a set of nftables, in which ranges must not overlap."""
    merged: list[list[int]] = []
    for first, last in sorted((rule.port_from, rule.port_to) for rule in rules):
        if merged and first <= merged[-1][1] + 1:
            merged[-1][1] = max(last, merged[-1][1])
        else:
            merged.append([first, last])
    texts = (str(first) if first == last else f"{first}-{last}" for first, last in merged)
    return f"{{ {', '.join(texts)} }}"


def _comment(network: Network, keys: Iterable[str]) -> str:
    text = _UNSAFE.sub("", f"{network.title}: {', '.join(keys)}").strip()[:100]
    return f' comment "{text}"'


def _indented(lines: Iterable[str], depth: int) -> str:
    return "\n".join("\t" * depth + line for line in lines)
