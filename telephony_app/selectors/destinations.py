"""Where calls can go: numbers for any form to offer (F1.3, M7.5), and routes that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext

from modules_app.domain.destinations import MOST, Destination
from modules_app.selectors.registry import modules_in_use
from modules_app.selectors.safe_mode import safe_mode
from telephony_app.domain.words import DefaultAction, Kind
from telephony_app.models import Extension, IncomingRoute


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


def lost_routes() -> frozenset[int]:
    """Return the keys of incoming routes whose module is not in use, so calls pass them over."""
    rows = IncomingRoute.objects.filter(action=DefaultAction.EXTENSION).exclude(destination="")
    leading = dict(rows.exclude(destination_module="").values_list("pk", "destination_module"))
    if not leading or safe_mode():
        return frozenset(leading)
    there = set(modules_in_use().filter(pk__in=set(leading.values())).values_list("pk", flat=True))
    return frozenset(pk for pk, module_id in leading.items() if module_id not in there)
