"""All that the files of Asterisk are made of, at one moment: plain values, no database.

Rows that come by the thousand are named tuples: they are made straight from a query's rows, cost
little memory, and equal rows are equal values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Codec(NamedTuple):
    """An enabled codec; ``media`` is "audio" or "video"."""

    name: str
    media: str = "audio"


class Phone(NamedTuple):
    """An internal telephone that is not disabled: extension and SIP account in one.

    ``codecs`` empty means all enabled ones; ``network`` is the number of a network filter or None;
    ``transport`` is "" for automatic; ``ring_length`` is in seconds, 0 for no limit.
    """

    number: str
    name: str
    secret: str
    transport: str = ""
    dtmf_mode: str = "auto"
    codecs: tuple[str, ...] = ()
    webrtc: bool = False
    network: int | None = None
    manual_attributes: str = ""
    enable_recording: bool = True
    mobile: str = ""
    ring_length: int = 0
    forwarding: str = ""
    forwarding_on_busy: str = ""
    forwarding_on_unavailable: str = ""


class Provider(NamedTuple):
    """A provider that is not disabled; ``registration`` is "outbound", "inbound" or "none"."""

    uniqid: str
    description: str
    registration: str
    host: str
    port: int = 5060
    username: str = ""
    secret: str = ""
    transport: str = ""
    outbound_proxy: str = ""
    from_user: str = ""
    from_domain: str = ""
    disable_from_user: bool = False
    dtmf_mode: str = "auto"
    qualify: bool = True
    qualify_frequency: int = 60
    codecs: tuple[str, ...] = ()
    additional_hosts: tuple[str, ...] = ()
    network: int | None = None
    manual_attributes: str = ""

    @property
    def endpoint(self) -> str:
        """Return the name of its endpoint: one that registers here is known by its user name."""
        return self.username if self.registration == "inbound" else self.uniqid


class IncomingRoute(NamedTuple):
    """Where calls of a provider (uniqid, "" for any) to a number ("" for any) go.

    ``destination`` is a module's place of the dialplan, ``context,exten,priority``.
    """

    id: int
    priority: int
    provider: str = ""
    number: str = ""
    extension: str = ""
    destination_module: str = ""
    destination: str = ""
    timeout: int = 30
    action: str = "extension"
    is_default: bool = False


class OutgoingRoute(NamedTuple):
    """Which numbers go out by which provider (uniqid); disabled routes are none."""

    id: int
    name: str
    provider: str
    priority: int
    number_begins_with: str = ""
    rest_numbers: int = -1
    trim_from_begin: int = 0
    prepend: str = ""
    note: str = ""


class Application(NamedTuple):
    """A number with dialplan lines of the administrator's own."""

    number: str
    name: str
    kind: str
    logic: str
    hint: str = ""


class Network(NamedTuple):
    """A network filter by its number: spans in CIDR form."""

    id: int
    title: str
    permit: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    is_local: bool = False


class Manager(NamedTuple):
    """A user of AMI; ``rights`` maps a right to "", "read", "write" or "readwrite"."""

    username: str
    secret: str
    network: int | None = None
    rights: Mapping[str, str] = {}
    event_filter: str = ""
    description: str = ""


class AriUser(NamedTuple):
    """A user of ARI."""

    username: str
    password: str
    applications: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """An AMI account of PBX Admin's own, reachable from 127.0.0.1 alone."""

    username: str
    secret: str


@dataclass(frozen=True, slots=True)
class Paths:
    """Files that Asterisk reads besides; "" where there is none.

    Without certificate and key there is neither TLS nor WSS.
    """

    certificate: str = ""
    private_key: str = ""
    sounds: str = ""
    agi_bin: str = ""

    @property
    def has_certificate(self) -> bool:
        """Tell whether TLS can be offered."""
        return bool(self.certificate and self.private_key)


@dataclass(frozen=True)
class Snapshot:
    """The telephone system at one moment. Phones come in the order of their numbers."""

    settings: Mapping[str, str] = field(default_factory=dict)
    codecs: tuple[Codec, ...] = ()
    phones: tuple[Phone, ...] = ()
    providers: tuple[Provider, ...] = ()
    incoming: tuple[IncomingRoute, ...] = ()
    outgoing: tuple[OutgoingRoute, ...] = ()
    applications: tuple[Application, ...] = ()
    managers: tuple[Manager, ...] = ()
    ari_users: tuple[AriUser, ...] = ()
    networks: tuple[Network, ...] = ()
    bind: str = "0.0.0.0"  # noqa: S104 - phones come from everywhere
    paths: Paths = Paths()
    accounts: tuple[Account, ...] = ()

    def setting(self, key: str, default: str = "") -> str:
        """Return a setting's text, ``default`` where it is missing or empty."""
        return self.settings.get(key) or default

    def number(self, key: str, default: int) -> int:
        """Return a setting as a number, ``default`` where it is none."""
        text = self.settings.get(key, "")
        return int(text) if text.isascii() and text.isdigit() else default

    def is_on(self, key: str) -> bool:
        """Tell whether a switch is on."""
        return self.settings.get(key, "") == "1"

    @cached_property
    def networks_by_id(self) -> dict[int, Network]:
        """Return the network filters by their number."""
        return {network.id: network for network in self.networks}

    @cached_property
    def providers_by_id(self) -> dict[str, Provider]:
        """Return the providers by their uniqid."""
        return {provider.uniqid: provider for provider in self.providers}
