"""The kinds of core records that a module's rows may refer to (design 6, reference M5.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from modules_app.exceptions import gettext_noop as _

CORE_REFERENCES = "core_references"
"""The hook that a module with such references has, whether it writes it or not."""


class OnDelete(StrEnum):
    """What happens to a module's row when the core record is deleted."""

    PROTECT = "protect"  # the core record cannot be deleted
    CASCADE = "cascade"  # the row is deleted, too, soon after
    KEEP = "keep"  # the row stays and points to nothing


@dataclass(frozen=True, slots=True)
class CoreKind:
    """One kind: the seeds' name in events, the table with key and text, what people call it.

    ``text`` is a column or an expression of SQL.
    """

    seed_name: str
    table: str
    key: str
    text: str
    label: str


CORE_RECORDS: Mapping[str, CoreKind] = {
    "networks": CoreKind(
        "NetworkFilters", "modules_app_networkfilter", "id", "title", _("network")
    ),
    "extensions": CoreKind(
        "Extensions",
        "telephony_app_extension",
        "number",
        "TRIM(number || ' ' || name)",
        _("extension"),
    ),
    "providers": CoreKind(
        "Providers", "telephony_app_provider", "uniqid", "description", _("provider")
    ),
    "incoming-routes": CoreKind(
        "IncomingRoutingTable",
        "telephony_app_incomingroute",
        "id",
        "note",
        _("incoming route"),
    ),
    "outgoing-routes": CoreKind(
        "OutgoingRoutingTable",
        "telephony_app_outgoingroute",
        "id",
        "name",
        _("outgoing route"),
    ),
    "ami-users": CoreKind(
        "AsteriskManagerUsers", "telephony_app_manageruser", "id", "username", _("AMI user")
    ),
}


def kind_of(seed_name: str) -> str:
    """Return the kind that an event of ``seed_name`` is about, "" for one nobody can refer to."""
    return next((kind for kind, one in CORE_RECORDS.items() if one.seed_name == seed_name), "")
