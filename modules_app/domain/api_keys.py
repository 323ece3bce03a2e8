"""API keys: how they look, how they are kept, and what they may be allowed to do."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

_SECRET_BYTES = 32
_WHOLE = re.compile(r"pbx_(?P<public>[0-9a-f]{8})_[A-Za-z0-9_-]{43}")
_LOOKS_LIKE = re.compile(r"pbx_[0-9a-f]{8}_")
_MODULE_SCOPE = re.compile(r"modules:[A-Za-z][A-Za-z0-9_-]{1,63}")

Network = IPv4Network | IPv6Network


class Scope(StrEnum):
    """What a key may do; besides, ``modules:<id>`` opens the REST routes of one module."""

    VIEW = "view"
    OPERATE = "operate"
    INSTALL = "install"
    REMOVE = "remove"
    SETTINGS = "settings"
    VIEW_TELEPHONY = "view_telephony"
    CHANGE_TELEPHONY = "change_telephony"


MODULE_SCOPE = "modules:"


def new_key() -> tuple[str, str]:
    """Return a new key and its public part, by which it is found and shown."""
    public = secrets.token_hex(4)
    return f"pbx_{public}_{secrets.token_urlsafe(_SECRET_BYTES)}", public


def public_part(key: str) -> str:
    """Return the public part of a key; nothing for a text that cannot be one."""
    found = _WHOLE.fullmatch(key)
    return found["public"] if found else ""


def holds_key(text: str) -> bool:
    """Tell whether something in a text looks like a key."""
    return _LOOKS_LIKE.search(text) is not None


def digest(key: str) -> str:
    """Return what is stored of a key.

    A plain SHA-256 is right here, other than for passwords: a key is 256 random bits, so there is
    no list of likely ones to try, and each request can be checked in microseconds.
    """
    return hashlib.sha256(key.encode()).hexdigest()


def is_same(key: str, stored: str) -> bool:
    """Compare a key with a stored digest; how long that takes tells nothing about either."""
    return hmac.compare_digest(digest(key), stored)


def is_scope(text: str) -> bool:
    """Tell whether ``text`` names a scope."""
    return text in set(Scope) or _MODULE_SCOPE.fullmatch(text) is not None


def module_scope(module_id: str) -> str:
    """Return the scope that opens the REST routes of a module."""
    return f"{MODULE_SCOPE}{module_id}"


def read_networks(texts: Iterable[str]) -> list[str]:
    """Return networks as they are stored; `ValueError` for what is none, such as 10.0.0.1/8."""
    return [str(ip_network(text.strip())) for text in texts if text.strip()]


def is_inside(address: str, networks: Iterable[str]) -> bool:
    """Tell whether an address lies in one of the networks; without networks every one does."""
    wanted = [ip_network(text) for text in networks]
    if not wanted:
        return True
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in network for network in wanted if network.version == mapped.version)
