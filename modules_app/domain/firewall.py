"""What the firewall lets through: networks, categories of rules, and a person's decisions.

A network is allowed to use the rules of a category, or not. PBX Admin has the core categories of
reference M6.7; an enabled module adds its own (M3.3). A network with no decision about a rule uses
what the category says by itself, so nothing is copied when a module is enabled, and nothing is
lost when it is disabled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from modules_app.domain.networks import EVERYTHING, Address, Span, holds, meant
from modules_app.exceptions import gettext_noop as _

LAST_PORT = 65535


class Action(StrEnum):
    """What a network may do with a rule. Blocking is the absence of an accept (reference M6.7)."""

    ALLOW = "allow"
    BLOCK = "block"


class Protocol(StrEnum):
    """What a rule speaks of; ``ICMP`` means echo requests of both kinds."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"


@dataclass(frozen=True, slots=True)
class Rule:
    """One range of ports. A key names the setting that the port was read from."""

    name: str
    protocol: Protocol
    port_from: int = 0
    port_to: int = 0
    port_from_key: str = ""
    port_to_key: str = ""

    @property
    def ports(self) -> str:
        """Return the ports as nftables and people write them, "" for ICMP."""
        if self.protocol is Protocol.ICMP:
            return ""
        same = self.port_from == self.port_to
        return str(self.port_from) if same else f"{self.port_from}-{self.port_to}"

    @property
    def identity(self) -> str:
        """Return what a decision is about, whatever the numbers in the settings are today."""
        if self.protocol is Protocol.ICMP:
            return str(self.protocol)
        first = self.port_from_key or self.port_from
        return f"{self.protocol}/{first}-{self.port_to_key or self.port_to}"


@dataclass(frozen=True, slots=True)
class Category:
    """Rules that belong together; ``action`` is what a network does without a decision."""

    key: str
    title: str
    action: Action
    rules: tuple[Rule, ...]
    module_id: str = ""


@dataclass(frozen=True)
class Network:
    """Addresses that may do the same things; the smaller of two spans counts (``meant``)."""

    id: int
    title: str
    priority: int
    permits: tuple[Span, ...]
    denies: tuple[Span, ...] = ()
    is_local: bool = False
    never_block: bool = False

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """Return the addresses that are meant."""
        return meant(self.permits, self.denies)

    @property
    def is_everything(self) -> bool:
        """Tell whether it holds all addresses of a family: it then comes last (M6.7)."""
        return any(span in EVERYTHING for span in self.permits)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided for one rule of one network, and which ports they saw then."""

    action: Action
    identity: str


RuleKey = tuple[int, str, str, str]
"""Network, module ("" is the core), category and name of a rule."""

Decisions = Mapping[RuleKey, Decision]


@dataclass(frozen=True)
class Firewall:
    """Everything that decides what is let through, as of one moment."""

    networks: tuple[Network, ...]
    categories: tuple[Category, ...]
    decisions: Decisions

    def action(self, network: Network, category: Category, rule: Rule) -> Action:
        """Return what a network does with a rule.

        A rule that was allowed and has other ports now is a new one: a module must not move an
        open door. A new rule is blocked where one of its category was blocked.
        """
        place = (network.id, category.module_id, category.key)
        own = self.decisions.get((*place, rule.name))
        if own and (own.action is Action.BLOCK or own.identity == rule.identity):
            return own.action
        if own is None and self._blocks_some(place):
            return Action.BLOCK
        return category.action

    def allowed(self, network: Network) -> list[tuple[Category, Rule]]:
        """Return the rules that a network may use, in the order of the categories."""
        return [
            (category, rule)
            for category in self.categories
            for rule in category.rules
            if self.action(network, category, rule) is Action.ALLOW
        ]

    def lets_in(self, address: Address, port: int) -> bool:
        """Tell whether a TCP connection from ``address`` to ``port`` is let through.

        Without networks nothing is dropped (reference M6.7).
        """
        if not self.networks or address.is_loopback:
            return True
        return any(
            rule.protocol is Protocol.TCP and rule.port_from <= port <= rule.port_to
            for network in self.networks
            if holds(network.spans, address)
            for _category, rule in self.allowed(network)
        )

    def _blocks_some(self, place: tuple[int, str, str]) -> bool:
        return place in self._blocking

    @cached_property
    def _blocking(self) -> frozenset[tuple[int, str, str]]:
        found = self.decisions.items()
        return frozenset(key[:3] for key, one in found if one.action is Action.BLOCK)


_CORE: tuple[tuple[str, str, Action, tuple[tuple[str, Protocol, str, str], ...]], ...] = (
    (
        "SIP",
        _("SIP and RTP"),
        Action.ALLOW,
        (
            ("SIP", Protocol.UDP, "SIPPort", "SIPPort"),
            ("SIP over TCP", Protocol.TCP, "SIPPort", "SIPPort"),
            ("SIP over TLS", Protocol.TCP, "TLS_PORT", "TLS_PORT"),
            ("RTP", Protocol.UDP, "RTPPortFrom", "RTPPortTo"),
        ),
    ),
    ("IAX", _("IAX"), Action.ALLOW, (("IAX", Protocol.UDP, "IAXPort", "IAXPort"),)),
    (
        "WEB",
        _("Web pages"),
        Action.ALLOW,
        (
            ("HTTP", Protocol.TCP, "WEBPort", "WEBPort"),
            ("HTTPS", Protocol.TCP, "WEBHTTPSPort", "WEBHTTPSPort"),
        ),
    ),
    ("SSH", _("SSH"), Action.ALLOW, (("SSH", Protocol.TCP, "SSHPort", "SSHPort"),)),
    ("AMI", _("AMI"), Action.BLOCK, (("AMI", Protocol.TCP, "AMIPort", "AMIPort"),)),
    (
        "AJAM",
        _("AJAM, WebRTC, ARI"),
        Action.BLOCK,
        (
            ("AJAM", Protocol.TCP, "AJAMPort", "AJAMPort"),
            ("AJAM over TLS", Protocol.TCP, "AJAMPortTLS", "AJAMPortTLS"),
        ),
    ),
    ("ICMP", _("Ping"), Action.ALLOW, (("Ping", Protocol.ICMP, "", ""),)),
)

CORE_KEYS = frozenset(key for key, *_rest in _CORE)
"""Categories that no module may take."""

WEB = "WEB"


def core_categories(settings: Mapping[str, str], own_port: int = 0) -> tuple[Category, ...]:
    """Return the core categories with the ports of the settings (reference M6.7).

    ``own_port`` is where PBX Admin itself answers when no other server stands before it.
    """
    return tuple(
        Category(key, title, action, _core_rules(key, rules, settings, own_port))
        for key, title, action, rules in _CORE
    )


def _core_rules(
    key: str,
    rules: Iterable[tuple[str, Protocol, str, str]],
    settings: Mapping[str, str],
    own_port: int,
) -> tuple[Rule, ...]:
    found = [
        Rule(name, protocol, _port(settings, first), _port(settings, last), first, last)
        for name, protocol, first, last in rules
    ]
    if key == WEB and own_port and own_port not in {rule.port_from for rule in found}:
        found.append(Rule("PBX Admin", Protocol.TCP, own_port, own_port))
    return tuple(found)


def _port(settings: Mapping[str, str], key: str) -> int:
    return int(settings.get(key) or 0) if key else 0
