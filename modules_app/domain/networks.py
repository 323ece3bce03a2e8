"""Addresses of networks: what people type, and which addresses are meant."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_network,
)
from typing import TypeVar

Address = IPv4Address | IPv6Address
Span = IPv4Network | IPv6Network
Net = TypeVar("Net", IPv4Network, IPv6Network)

EVERYTHING: tuple[Span, Span] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


def read_span(text: str) -> Span:
    """Return the network that a person typed: an address, or ``10.0.0.5/24`` for its network.

    Raises ``ValueError``.
    """
    return ip_network(text.strip(), strict=False)


def read_address(text: str) -> Address | None:
    """Return one address, IPv4 ones that come written as IPv6 as what they are; None for others."""
    try:
        found = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def meant(permits: Iterable[Span], denies: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans that are permitted: of two that hold an address the smaller one counts.

    Of two equal ones the permission counts, since MikoPBX writes ``deny 0.0.0.0/0`` beside every
    permission (reference M6.7).
    """
    steps = [(span.prefixlen, 0, span) for span in denies]
    steps += [(span.prefixlen, 1, span) for span in permits]
    found: list[Span] = []
    for _length, permitted, span in sorted(steps, key=lambda step: step[:2]):
        found = [*found, span] if permitted else [part for one in found for part in cut(one, span)]
    return collapsed(found)


def collapsed(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same addresses in as few spans as possible, IPv4 first."""
    spans = list(spans)
    four = collapse_addresses(span for span in spans if isinstance(span, IPv4Network))
    six = collapse_addresses(span for span in spans if isinstance(span, IPv6Network))
    return (*four, *six)


def cut(whole: Span, part: Span) -> list[Span]:
    """Return what is left of ``whole`` without ``part``."""
    if isinstance(whole, IPv4Network) and isinstance(part, IPv4Network):
        return list(_cut(whole, part))
    if isinstance(whole, IPv6Network) and isinstance(part, IPv6Network):
        return list(_cut(whole, part))
    return [whole]


def holds(spans: Iterable[Span], address: Address) -> bool:
    """Tell whether the address is in one of the spans."""
    return any(address in span for span in spans)


def _cut(whole: Net, part: Net) -> list[Net]:
    if whole.subnet_of(part):
        return []
    return list(whole.address_exclude(part)) if part.subnet_of(whole) else [whole]
