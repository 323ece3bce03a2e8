"""How Asterisk stands: registrations, calls, providers; drawn anew every few seconds."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from modules_app.permissions import Right
from modules_app.views.http import PageRequest, full_or_part, methods, page
from telephony_app.selectors.live import live_state, shown
from telephony_app.selectors.status import phones_on_page, providers_with_status

PAGE_SIZE = 100
_MOST_DIGITS = 5


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def status_page(request: PageRequest) -> HttpResponse:
    """Show what the process that follows Asterisk wrote down; nothing is asked here."""
    live = live_state()
    number = request.GET.get("page", "1")
    is_number = number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS
    phones = phones_on_page(live, int(number) if is_number else 1, PAGE_SIZE)
    context: dict[str, Any] = {
        "live": live,
        "door": shown(live.door if live.is_current or live.problem else None),
        "phones": phones,
        "providers": providers_with_status(live),
    }
    return full_or_part(request, "telephony/status.html", "live", context)
