"""Lists as pages: what is asked for, headings that sort, filters, lines drawn from patterns."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext

from modules_app.permissions import Right
from modules_app.views.rows import Chip, SortLink
from telephony_app.domain.live import Status
from telephony_app.selectors.lists import (
    EXTENSION_SORTS,
    LONGEST_SEARCH,
    OFF,
    ON,
    Asked,
    ExtensionRow,
    Listed,
)
from telephony_app.selectors.live import live_state, shown

_MOST_DIGITS = 9
_TEXTS = ("id", "number", "name", "email", "mobile", "forwarding")


def read_asked(request: HttpRequest, sorts: Sequence[str] = ()) -> Asked:
    """Return search, filter, order and page of an address, each as far as it makes sense."""
    sent = request.POST if request.method == "POST" else request.GET
    sort, page = sent.get("sort", ""), sent.get("page", "")
    return Asked(
        search=sent.get("q", "").strip()[:LONGEST_SEARCH],
        sort=sort if sort.removeprefix("-") in sorts else "",
        state=sent.get("state", "") if sent.get("state") in (ON, OFF) else "",
        page=int(page) if page.isascii() and page.isdigit() and len(page) <= _MOST_DIGITS else 1,
    )


def query_of(asked: Asked, **more: str) -> str:
    """Return the address of the list with this search, filter and order, on its first page."""
    given = {"q": asked.search, "state": asked.state, "sort": asked.sort, **more}
    query = urlencode({key: value for key, value in given.items() if value})
    return f"?{query}" if query else "?"


def state_chips(listed: Listed) -> list[Chip]:
    """Return the filters of the extensions with their counts."""
    labels = {"": gettext("All"), ON: gettext("Switched on"), OFF: gettext("Switched off")}
    return [
        Chip(
            state=state,
            label=label,
            icon="",
            count=listed.counts[state],
            current=state == listed.asked.state,
            query=query_of(replace(listed.asked, state=state)),
        )
        for state, label in labels.items()
    ]


def sort_links(asked: Asked) -> dict[str, SortLink]:
    """Return the headings that sort; following the current one again turns the order round."""
    labels = {"number": gettext("Number"), "name": gettext("Name"), "email": gettext("E-mail")}
    current = asked.sort.removeprefix("-") or EXTENSION_SORTS[0]
    down = asked.sort.startswith("-")
    return {
        key: SortLink(
            key,
            label,
            query_of(replace(asked, sort=f"-{key}" if key == current and not down else key)),
            ("descending" if down else "ascending") if key == current else "none",
        )
        for key, label in labels.items()
    }


def drawn_extensions(
    rows: Iterable[ExtensionRow], *, may_change: bool, chosen: Iterable[int], all_chosen: bool
) -> str:
    """Return the lines of the list as HTML; lines that differ only in texts share one pattern."""
    ticked, language, live = frozenset(chosen), get_language() or "en", live_state()

    def line(row: ExtensionRow) -> str:
        choice = "all" if all_chosen else "on" if row.id in ticked else "open"
        status = live.phone(row.number)
        return _drawn(row, may_change, choice if may_change else "", status, language)

    return format_html_join("", "{}", ((line(row),) for row in rows))


@functools.lru_cache(maxsize=2048)
def _drawn(
    row: ExtensionRow, may_change: bool, choice: str, status: Status | None, language: str
) -> str:
    texts = {name: getattr(row, name) or "" for name in _TEXTS}
    present = frozenset(name for name, text in texts.items() if text)
    pattern = _pattern(present, bool(row.disabled), may_change, choice, status, language)
    return format_html(pattern, **texts)


@functools.lru_cache(maxsize=256)
def _pattern(
    present: frozenset[str],
    disabled: bool,
    may_change: bool,
    choice: str,
    status: Status | None,
    language: str,
) -> str:
    gaps: Mapping[str, object] = {
        **{name: f"{{{name}}}" if name in present else "" for name in _TEXTS},
        "disabled": disabled,
        "live": shown(status) if status else None,
    }
    context = {"row": gaps, "may_change": may_change, "choice": choice, "language": language}
    return render_to_string("telephony/extension_row.html", context)


def list_context(request: Any, address: str, listed: Listed) -> dict[str, Any]:
    """Return what every list needs."""
    may_change = Right.CHANGE_TELEPHONY in request.actor.rights
    return {"listed": listed, "address": address, "may_change": may_change}


def moved(request: HttpRequest, order: Sequence[int]) -> list[int]:
    """Return the order with one record a place further up or down, nothing when it stays."""
    up = "up" in request.POST
    wanted = sent_number(request, "up" if up else "down")
    if wanted not in order:
        return []
    place = order.index(wanted)
    other = place + (-1 if up else 1)
    if not 0 <= other < len(order):
        return []
    found = list(order)
    found[place], found[other] = found[other], found[place]
    return found


def sent_number(request: HttpRequest, name: str) -> int:
    """Return the number in a field that was sent, 0 for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
