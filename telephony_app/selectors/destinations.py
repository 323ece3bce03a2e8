"""Numbers of this system as destinations that any form can offer (reference F1.3, M7.5)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from modules_app.domain.destinations import MOST, Destination
from telephony_app.domain.words import Kind
from telephony_app.models import Extension


def numbers_as_destinations(_language: str) -> Iterator[Destination]:
    """Yield phones, applications and system numbers, the first `MOST` of them."""
    words = {
        Kind.PHONE: gettext("Extensions"),
        Kind.APPLICATION: gettext("Dialplan applications"),
        Kind.SYSTEM: gettext("System numbers"),
    }
    rows = Extension.objects.order_by("kind", "number")
    for kind, number, name in rows.values_list("kind", "number", "name")[:MOST]:
        label = f"{number} {name}".strip()
        yield Destination(f"internal,{number},1", label, words[Kind(kind)])
