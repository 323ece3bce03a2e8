"""What is known of a running Asterisk, kept up by its events."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from telephony_app.ami import AmiClient, AmiEvent
from telephony_app.domain.live import (
    Contact,
    Door,
    Status,
    contact_of,
    registration_status,
    status_of,
)

CHANNELS_SECONDS, LISTS_SECONDS = 1.0, 60.0
"""How old the list of channels may be after an event, and the other lists in any case."""

_CALLS = re.compile(r"^(\d+) active call", re.MULTILINE)
_MOST_CHANNELS = 500
_CHANNEL_EVENTS = frozenset({"Newchannel", "Hangup", "Newstate", "BridgeEnter", "BridgeLeave"})


class Picture:
    """Contacts, registrations and channels of one connection."""

    def __init__(self, client: AmiClient, providers: Mapping[str, str]) -> None:
        self._client = client
        self._providers = dict(providers)
        self._contacts: dict[str, dict[str, Contact]] = {}
        self._registrations: dict[str, Status] = {}
        self._channels: list[dict[str, Any]] = []
        self._calls = 0
        self._stale = {"channels", "contacts", "registrations"}
        self._read = {"channels": 0.0, "lists": 0.0}
        self.booted = False
        self.started = ""
        self.version = ""

    def greet(self) -> None:
        """Ask who is there. Raises ``ModuleError`` when nobody answers."""
        fields = self._client.action("CoreStatus").fields
        self.started = f"{fields.get('CoreStartupDate', '')} {fields.get('CoreStartupTime', '')}"
        settings = self._client.action("CoreSettings").fields
        self.version = settings.get("AsteriskVersion", "")

    def know_providers(self, providers: Mapping[str, str]) -> None:
        """Say which endpoints are those of providers: endpoint -> uniqid."""
        self._providers = dict(providers)

    def take(self, event: AmiEvent) -> None:
        """Follow one event."""
        if event.name == "ContactStatus":
            self._take_contact(contact_of(event.fields))
        elif event.name == "Registry":
            self._stale.add("registrations")
        elif event.name in _CHANNEL_EVENTS:
            self._stale.add("channels")
        elif event.name == "FullyBooted":
            self.booted = True
            self._stale |= {"contacts", "registrations"}
        elif event.name == "Reload":
            self._stale |= {"contacts", "registrations"}

    def look(self) -> None:
        """Read again what events say is stale, and everything once in a while."""
        now = time.monotonic()
        if now - self._read["lists"] > LISTS_SECONDS:
            self._stale |= {"channels", "contacts", "registrations"}
            self._read["lists"] = now
        if "channels" in self._stale and now - self._read["channels"] >= CHANNELS_SECONDS:
            self._read_channels()
            self._read["channels"] = now
        if "contacts" in self._stale:
            self._read_contacts()
        if "registrations" in self._stale:
            self._read_registrations()

    @property
    def phones(self) -> dict[str, str]:
        """Return the telephones that are not offline, with their `Status`."""
        known = self._statuses(name for name in self._contacts if name not in self._providers)
        return {name: str(word) for name, word in known.items() if word is not Status.OFFLINE}

    @property
    def providers(self) -> dict[str, str]:
        """Return every provider that Asterisk knows something of, by uniqid, with its `Status`."""
        known = self._statuses(name for name in self._contacts if name in self._providers)
        by_contact = {self._providers[name]: str(word) for name, word in known.items()}
        return by_contact | {name: str(word) for name, word in self._registrations.items()}

    def as_record(self) -> dict[str, Any]:
        """Return what is written down; see `telephony_app.selectors.live.LiveState`."""
        return {
            "door": str(Door.OPEN if self.booted else Door.STARTING),
            "calls": self._calls,
            "channels": self._channels[:_MOST_CHANNELS],
            "phones": self.phones,
            "providers": self.providers,
            "contacts": {
                name: [_contact_record(one) for one in contacts.values()]
                for name, contacts in self._contacts.items()
                if contacts
            },
            "version": self.version,
            "started": self.started,
            "problem": None,
        }

    def _statuses(self, names: Iterable[str]) -> dict[str, Status]:
        return {name: status_of(self._contacts[name].values()) for name in names}

    def _take_contact(self, contact: Contact) -> None:
        known = self._contacts.setdefault(self._owner(contact.endpoint), {})
        if contact.is_gone:
            known.pop(contact.uri, None)
        else:
            known[contact.uri] = contact

    def _owner(self, endpoint: str) -> str:
        """Return whose an endpoint is; in a browser that of telephone 201 is 201-WS (M7.2)."""
        return endpoint if endpoint in self._providers else endpoint.removesuffix("-WS")

    def _read_channels(self) -> None:
        self._stale.discard("channels")
        rows = self._client.action("CoreShowChannels").events
        self._channels = [_channel_record(row.fields) for row in rows]
        found = _CALLS.search(self._command("core show channels count"))
        self._calls = int(found[1]) if found else len(self._channels)

    def _read_contacts(self) -> None:
        self._stale.discard("contacts")
        self._contacts = {}
        for row in self._client.action("PJSIPShowContacts").events:
            self._take_contact(contact_of(row.fields))
        for name in self._providers.keys() - self._contacts.keys():
            self._read_standing_contacts(name)

    def _read_standing_contacts(self, endpoint: str) -> None:
        """Ask for addresses that stand in the configuration: the list has only registered ones."""
        for row in self._client.action("PJSIPShowEndpoint", Endpoint=endpoint).events:
            if row.name == "ContactStatusDetail":
                self._take_contact(contact_of(row.fields))

    def _read_registrations(self) -> None:
        self._stale.discard("registrations")
        rows = self._client.action("PJSIPShowRegistrationsOutbound").events
        self._registrations = {
            _registration_name(row.fields): registration_status(row.fields.get("Status", ""))
            for row in rows
            if row.name == "OutboundRegistrationDetail"
        }

    def _command(self, text: str) -> str:
        return self._client.action("Command", Command=text).fields.get("Output", "")


def _registration_name(fields: Mapping[str, str]) -> str:
    """Return the uniqid of the provider, whose registration is called ``<uniqid>-REG`` (M7.4)."""
    return fields.get("ObjectName", "").removesuffix("-REG")


def _contact_record(contact: Contact) -> dict[str, Any]:
    return {
        "uri": contact.uri,
        "status": contact.status,
        "round_trip": contact.round_trip,
        "agent": contact.agent,
    }


def _channel_record(fields: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": fields.get("Channel", ""),
        "state": fields.get("ChannelStateDesc", ""),
        "caller": fields.get("CallerIDNum", ""),
        "connected": fields.get("ConnectedLineNum", ""),
        "extension": fields.get("Exten", ""),
        "application": fields.get("Application", ""),
        "duration": fields.get("Duration", ""),
        "bridge": fields.get("BridgeId", ""),
    }
