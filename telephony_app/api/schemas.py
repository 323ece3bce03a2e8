"""The shapes of telephone records, for checking and for the OpenAPI document.

What is not sent stays as it is; of a new record it gets its usual value. The services check what
is in the fields, so that pages, commands and REST refuse the same with the same sentences.
"""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

Text = str | None
Number = int | None
Switch = bool | None
Texts = list[str] | None


class _In(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)

    revision: Number = Field(None, description="The one you saw: a newer one is not overwritten.")

    def values(self) -> dict[str, Any]:
        """Return what was sent, as the services take it."""
        return self.model_dump(exclude_unset=True, exclude={"revision"})


class ExtensionIn(_In):
    """A phone. An empty ``secret`` is generated for a new one and stays for an old one."""

    number: Text = None
    name: Text = None
    email: Text = None
    show_in_phonebook: Switch = None
    secret: Text = None
    transport: Text = None
    dtmf_mode: Text = None
    codecs: Texts = None
    webrtc: Switch = None
    network_filter: Number = None
    manual_attributes: Text = None
    enable_recording: Switch = None
    mobile: Text = None
    ring_length: Number = None
    forwarding: Text = None
    forwarding_on_busy: Text = None
    forwarding_on_unavailable: Text = None
    disabled: Switch = None


class ProviderIn(_In):
    """A provider; ``registration`` is outbound, inbound or none."""

    uniqid: Text = None
    description: Text = None
    registration: Text = None
    host: Text = None
    port: Number = None
    username: Text = None
    secret: Text = None
    transport: Text = None
    outbound_proxy: Text = None
    from_user: Text = None
    from_domain: Text = None
    disable_from_user: Switch = None
    dtmf_mode: Text = None
    qualify: Switch = None
    qualify_frequency: Number = None
    codecs: Texts = None
    additional_hosts: Texts = None
    network_filter: Number = None
    manual_attributes: Text = None
    disabled: Switch = None
    note: Text = None


class IncomingRouteIn(_In):
    """An incoming route: ``provider`` by identifier, ``extension`` by number, or a destination."""

    priority: Number = None
    provider: Text = None
    number: Text = None
    extension: Text = None
    destination_module: Text = None
    destination: Text = None
    timeout: Number = None
    action: Text = None
    note: Text = None


class OutgoingRouteIn(_In):
    """An outgoing route: ``provider`` by identifier."""

    name: Text = None
    provider: Text = None
    priority: Number = None
    number_begins_with: Text = None
    rest_numbers: Number = None
    trim_from_begin: Number = None
    prepend: Text = None
    note: Text = None
    disabled: Switch = None


class CodecIn(_In):
    """Whether a codec is used, and where it stands."""

    priority: Number = None
    disabled: Switch = None
    description: Text = None


class ManagerUserIn(_In):
    """An AMI user; ``rights`` maps a class to read, write, readwrite or nothing."""

    username: Text = None
    secret: Text = None
    network_filter: Number = None
    rights: dict[str, str] | None = None
    event_filter: Text = None
    description: Text = None


class AriUserIn(_In):
    """An ARI user."""

    username: Text = None
    password: Text = None
    applications: Texts = None
    description: Text = None


class ApplicationIn(_In):
    """A dialplan application: lines of the dialplan in ``logic``."""

    number: Text = None
    name: Text = None
    kind: Text = None
    logic: Text = None
    description: Text = None
    hint: Text = None
    show_in_phonebook: Switch = None


class _Out(Schema):
    revision: int


class ExtensionOut(_Out):
    """A phone."""

    number: str
    name: str
    email: str
    show_in_phonebook: bool
    transport: str
    dtmf_mode: str
    codecs: list[str]
    webrtc: bool
    network_filter: int | None
    manual_attributes: str
    enable_recording: bool
    mobile: str
    ring_length: int
    forwarding: str
    forwarding_on_busy: str
    forwarding_on_unavailable: str
    disabled: bool


class ProviderOut(_Out):
    """A provider."""

    uniqid: str
    description: str
    registration: str
    host: str
    port: int
    username: str
    transport: str
    outbound_proxy: str
    from_user: str
    from_domain: str
    disable_from_user: bool
    dtmf_mode: str
    qualify: bool
    qualify_frequency: int
    codecs: list[str]
    additional_hosts: list[str]
    network_filter: int | None
    manual_attributes: str
    disabled: bool
    note: str


class IncomingRouteOut(_Out):
    """An incoming route."""

    id: int
    priority: int
    provider: str
    number: str
    extension: str
    destination_module: str
    destination: str
    timeout: int
    action: str
    is_default: bool
    note: str


class OutgoingRouteOut(_Out):
    """An outgoing route."""

    id: int
    name: str
    priority: int
    provider: str
    number_begins_with: str
    rest_numbers: int
    trim_from_begin: int
    prepend: str
    note: str
    disabled: bool


class CodecOut(_Out):
    """A codec."""

    name: str
    media: str
    priority: int
    disabled: bool
    description: str


class ManagerUserOut(_Out):
    """An AMI user."""

    username: str
    network_filter: int | None
    rights: dict[str, str]
    event_filter: str
    description: str


class AriUserOut(_Out):
    """An ARI user."""

    username: str
    applications: list[str]
    description: str


class ApplicationOut(_Out):
    """A dialplan application."""

    number: str
    name: str
    kind: str
    logic: str
    description: str
    hint: str
    show_in_phonebook: bool


class Secret(Schema):
    """The password of one record."""

    secret: str
