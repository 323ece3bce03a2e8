"""Who refers to a record: what would dangle if it went (reference M5.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Model, Q

from modules_app.exceptions import gettext_noop as _
from modules_app.models import NetworkFilter
from telephony_app.models import (
    Extension,
    IncomingRoute,
    ManagerUser,
    OutgoingRoute,
    Provider,
    SipAccount,
)

MOST = 50

EXTENSION = "extension"
PROVIDER = "provider"
INCOMING = "incoming-route"
OUTGOING = "outgoing-route"
MANAGER = "ami-user"

LABELS: Mapping[str, str] = {
    EXTENSION: _("extension"),
    PROVIDER: _("provider"),
    INCOMING: _("incoming route"),
    OUTGOING: _("outgoing route"),
    MANAGER: _("AMI user"),
}
"""What people call each kind, in English, to be translated."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One record that refers to another: its kind, what it is called, and its number."""

    kind: str
    text: str
    record_id: int

    @property
    def label(self) -> str:
        """Return the word for its kind, in English, to be translated."""
        return LABELS[self.kind]


_NOWHERE = {"forwarding": "", "forwarding_on_busy": "", "forwarding_on_unavailable": ""}


def references_to(record: Model, most: int = MOST) -> list[Reference]:
    """Return who refers to a record, ``most`` at most; rows of modules are not among them.

    An extension is also referred to by who forwards calls to its number.
    """
    find = _FINDERS.get(type(record))
    return list(islice(find(record), most)) if find else []


def references_of_phones(
    phones: Sequence[Extension], staying: Iterable[Extension] = ()
) -> dict[Extension, list[Reference]]:
    """Return which of several phones others refer to, so that they cannot go.

    Phones that go together may refer to each other; whoever of them stays, also the ``staying``
    for another reason, keeps those that it forwards to. Two queries, whatever their number.
    """
    by_id = {phone.pk: phone for phone in phones}
    by_number = {phone.number: phone for phone in phones}
    found: dict[Extension, list[Reference]] = {}
    for route in IncomingRoute.objects.filter(extension__isnull=False):
        if route.extension_id in by_id:
            reference = Reference(INCOMING, str(route), route.pk)
            found.setdefault(by_id[route.extension_id], []).append(reference)
    among: dict[Extension, list[tuple[Extension, Reference]]] = {}
    for account in SipAccount.objects.exclude(**_NOWHERE).select_related("extension"):
        reference = Reference(EXTENSION, str(account.extension), account.extension_id)
        for number in {getattr(account, name) for name in _NOWHERE} & by_number.keys():
            target = by_number[number]
            if account.extension_id in by_id:
                among.setdefault(account.extension, []).append((target, reference))
            else:
                found.setdefault(target, []).append(reference)
    _follow(found, among, staying)
    return found


def _follow(
    found: dict[Extension, list[Reference]],
    among: dict[Extension, list[tuple[Extension, Reference]]],
    staying: Iterable[Extension],
) -> None:
    """Let those that stay keep what they forward to, and so on."""
    waiting = [*found, *staying]
    while waiting:
        for target, reference in among.pop(waiting.pop(), ()):
            found.setdefault(target, []).append(reference)
            waiting.append(target)


def forwarding_to(number: str) -> Any:
    """Return the accounts that forward calls to a number of this system."""
    to_it = (
        Q(forwarding=number) | Q(forwarding_on_busy=number) | Q(forwarding_on_unavailable=number)
    )
    return SipAccount.objects.filter(to_it).select_related("extension")


def _of_extension(record: Any) -> Iterable[Reference]:
    for route in IncomingRoute.objects.filter(extension=record):
        yield Reference(INCOMING, str(route), route.pk)
    for account in forwarding_to(record.number).exclude(extension=record):
        yield Reference(EXTENSION, str(account.extension), account.extension_id)


def _of_provider(record: Any) -> Iterable[Reference]:
    for incoming in IncomingRoute.objects.filter(provider=record):
        yield Reference(INCOMING, str(incoming), incoming.pk)
    for outgoing in OutgoingRoute.objects.filter(provider=record):
        yield Reference(OUTGOING, str(outgoing), outgoing.pk)


def _of_network(record: Any) -> Iterable[Reference]:
    for account in SipAccount.objects.filter(network_filter=record).select_related("extension"):
        yield Reference(EXTENSION, str(account.extension), account.extension_id)
    for provider in Provider.objects.filter(network_filter=record):
        yield Reference(PROVIDER, str(provider), provider.pk)
    for user in ManagerUser.objects.filter(network_filter=record):
        yield Reference(MANAGER, str(user), user.pk)


_FINDERS: Mapping[type[Model], Callable[[Any], Iterable[Reference]]] = {
    Extension: _of_extension,
    Provider: _of_provider,
    NetworkFilter: _of_network,
}
