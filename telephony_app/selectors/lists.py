"""Pages of lists: one page of rows, counted in the database, whatever the number of records.

Each list costs the same few queries for a hundred records and for ten thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from telephony_app.domain.words import Kind
from telephony_app.models import (
    AriUser,
    Codec,
    DialplanApplication,
    Extension,
    IncomingRoute,
    ManagerUser,
    OutgoingRoute,
    Provider,
    SipAccount,
)

PAGE = 50
LONGEST_SEARCH = 100
ON, OFF = "on", "off"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants to see of a list; ``state`` is "", "on" or "off"."""

    search: str = ""
    sort: str = ""
    state: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list; ``counts`` has how many there are in all ("") and by state."""

    rows: Sequence[Any]
    found: int
    asked: Asked
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many there are without search and filter."""
        return self.counts[""]

    @property
    def pages(self) -> int:
        """Return on how many pages the rows that were found stand."""
        return max(1, -(-self.found // PAGE))

    @property
    def first(self) -> int:
        """Return the place of the first row on this page, counted from 1."""
        return (self.asked.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        """Return the place of the last row on this page."""
        return self.first + len(self.rows) - 1


class ExtensionRow(NamedTuple):
    """One line of the list of extensions."""

    id: int
    number: str
    name: str
    email: str
    mobile: str
    forwarding: str
    webrtc: bool
    disabled: bool


_EXTENSION = (
    "id",
    "number",
    "name",
    "email",
    "sip__mobile",
    "sip__forwarding",
    "sip__webrtc",
    "sip__disabled",
)
EXTENSION_SORTS = ("number", "name", "email")


def phones(asked: Asked) -> QuerySet[Extension]:
    """Return the phones that match search and filter, in no order."""
    found = Extension.objects.filter(kind=Kind.PHONE)
    if asked.search:
        found = found.filter(
            containing(asked.search, "number", "name", "email", "sip__mobile", "sip__forwarding")
        )
    if asked.state:
        found = found.filter(sip__disabled=asked.state == OFF)
    return found.order_by()


def phones_among(ids: Sequence[int]) -> QuerySet[Extension]:
    """Return the phones among records, in no order."""
    return Extension.objects.filter(kind=Kind.PHONE, pk__in=ids).order_by()


def list_extensions(asked: Asked) -> Listed:
    """Return one page of the phones."""
    total = Extension.objects.filter(kind=Kind.PHONE).count()
    off = SipAccount.objects.filter(disabled=True).count()
    counts = {"": total, ON: total - off, OFF: off}
    found = phones(asked)
    matching = found.count() if asked.search else counts[asked.state]
    asked = within(asked, matching)
    column = asked.sort.removeprefix("-") or "number"
    order = f"-{column}" if asked.sort.startswith("-") else column
    rows = found.order_by(order, *(["number"] if column != "number" else []))
    page = cut(rows.values_list(*_EXTENSION), asked)
    return Listed(tuple(ExtensionRow(*row) for row in page), matching, asked, counts)


def suggest_numbers(text: str, most: int = 20) -> list[tuple[str, str]]:
    """Return numbers and names that begin with, or contain, what somebody types."""
    found = Extension.objects.order_by("number").values_list("number", "name")
    starting = list(found.filter(number__startswith=text[:32])[:most])
    if len(starting) == most or not text:
        return starting
    others = found.filter(containing(text, "name")).exclude(number__startswith=text[:32])
    return [*starting, *others[: most - len(starting)]]


def list_providers(asked: Asked) -> Listed:
    """Return one page of the providers."""
    found = Provider.objects.order_by("description", "uniqid")
    return _listed(found, asked, "description", "host", "username", "uniqid")


def list_incoming_routes(asked: Asked) -> Listed:
    """Return one page of the incoming routes, without the default route."""
    found = IncomingRoute.objects.filter(is_default=False).select_related("provider", "extension")
    names = ("number", "note", "provider__description", "extension__number", "extension__name")
    return _listed(found, asked, *names)


def default_route() -> IncomingRoute | None:
    """Return the route for calls that no other took, None where nobody made one."""
    return IncomingRoute.objects.filter(is_default=True).select_related("extension").first()


def list_outgoing_routes(asked: Asked) -> Listed:
    """Return one page of the outgoing routes, in the order in which they are tried."""
    found = OutgoingRoute.objects.select_related("provider")
    names = ("name", "number_begins_with", "prepend", "provider__description", "note")
    return _listed(found, asked, *names)


def list_manager_users(asked: Asked) -> Listed:
    """Return one page of the AMI users."""
    found = ManagerUser.objects.select_related("network_filter")
    return _listed(found, asked, "username", "description")


def list_ari_users(asked: Asked) -> Listed:
    """Return one page of the ARI users."""
    return _listed(AriUser.objects.all(), asked, "username", "description")


def list_applications(asked: Asked) -> Listed:
    """Return one page of the dialplan applications."""
    found = DialplanApplication.objects.select_related("extension")
    return _listed(found, asked, "name", "extension__number", "description")


def order_of(model: type[Any], **among: Any) -> list[int]:
    """Return the numbers of records in the order in which they count."""
    rows = model.objects.filter(**among).order_by("priority", "id")
    return list(rows.values_list("pk", flat=True))


def enabled_codecs() -> list[str]:
    """Return the codecs that are switched on, in their order."""
    found = Codec.objects.filter(disabled=False).order_by("media", "priority", "name")
    return list(found.values_list("name", flat=True))


def containing(text: str, *names: str) -> Q:
    """Return what finds ``text`` in one of the fields, whatever its letter case.

    SQLite folds only the case of ASCII letters, so other alphabets are tried in three cases.
    """
    cases = {text, text.lower(), text.upper(), text.title()}
    found = Q()
    for name in names:
        for one in cases if not text.isascii() else (text,):
            found |= Q(**{f"{name}__icontains": one})
    return found


def within(asked: Asked, found: int) -> Asked:
    """Return what is asked for with a page that exists."""
    pages = max(1, -(-found // PAGE))
    page = min(max(asked.page, 1), pages)
    return Asked(asked.search, asked.sort, asked.state, page)


def cut(rows: QuerySet[Any, Any], asked: Asked) -> list[Any]:
    """Return the rows of one page."""
    start = (asked.page - 1) * PAGE
    return list(rows[start : start + PAGE])


def _listed(found: QuerySet[Any], asked: Asked, *names: str) -> Listed:
    total = found.count()
    if asked.search:
        found = found.filter(containing(asked.search, *names))
    matching = found.count() if asked.search else total
    asked = within(asked, matching)
    return Listed(cut(found, asked), matching, asked, {"": total})
