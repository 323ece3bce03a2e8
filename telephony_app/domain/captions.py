"""What people call the records whose changes wait."""

from __future__ import annotations

from collections.abc import Mapping

from modules_app.exceptions import gettext_noop as _

CAPTIONS: Mapping[str, str] = {
    "Extensions": _("Extension {id}"),
    "Sip": _("Phone {id}"),
    "Providers": _("Provider {id}"),
    "IncomingRoutingTable": _("Incoming route {id}"),
    "OutgoingRoutingTable": _("Outgoing route {id}"),
    "Codecs": _("Codec {id}"),
    "AsteriskManagerUsers": _("AMI user {id}"),
    "AsteriskRestUsers": _("ARI user {id}"),
    "DialplanApplications": _("Dialplan application {id}"),
    "NetworkFilters": _("Network {id}"),
    "PbxSettings": _("Setting {id}"),
    "CustomFiles": _("Your own text for {id}"),
}
"""By the seeds' names, as events carry them; to be translated, then filled."""

OTHER = _("Record {id}")
DEFAULT_ROUTE = _("Default route")
"""There is one at most, so it needs no name."""


def caption_of(model: str) -> str:
    """Return the caption of a kind of record."""
    return CAPTIONS.get(model, OTHER)
