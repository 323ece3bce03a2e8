"""Rows for the module list, prepared so that drawing a hundred of them stays cheap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext

from modules_app.domain.states import STATES, ModuleState, Verb
from modules_app.permissions import Right
from modules_app.selectors.modules import ModuleRow
from modules_app.templatetags.module_ui import STATE_ICONS, contract_name, icon, plain, state_badge

SORTS = ("name", "version", "publisher", "state")


class ListRow(NamedTuple):
    """One line as plain values in the order in which the template unpacks them."""

    id: str
    title: str
    description: str
    version: str
    publisher: str
    contract: str
    badge: str
    reason: str
    must_act: bool
    operation: int | None
    open_url: str
    toggle: str
    removable: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter with its count; ``query`` is the address behind it."""

    state: str
    label: str
    icon: str
    count: int
    current: bool
    query: str


@dataclass(frozen=True, slots=True)
class SortLink:
    """A column heading that sorts: its address and what a screen reader hears."""

    key: str
    label: str
    query: str
    aria: str


def list_rows(rows: Iterable[ModuleRow], rights: frozenset[Right]) -> list[ListRow]:
    """Turn selector rows into template rows for a person with ``rights``."""
    badges = {state: state_badge(state, words.label) for state, words in STATES.items()}
    return [_list_row(row, rights, badges[row.state]) for row in rows]


def list_words() -> dict[str, str]:
    """Return the words of the buttons, translated once for all rows."""
    return {
        "watch": gettext("Watch"),
        "open": gettext("Open"),
        "enable": gettext("Enable"),
        "disable": gettext("Disable"),
        "remove": gettext("Remove"),
        "remove_icon": icon("trash-2", 18),
    }


def state_chips(
    counts: Mapping[str, int], *, current: str | None, search: str = "", sort: str = ""
) -> list[Chip]:
    """Return the filters: all modules first, then every state that occurs or is chosen."""
    chips = [_chip("", gettext("All"), counts, current, search, sort)]
    for state, words in STATES.items():
        if counts.get(state) or state == current:
            chips.append(_chip(state, gettext(words.label), counts, current, search, sort))
    return chips


def sort_links(*, search: str, state: str, sort: str) -> dict[str, SortLink]:
    """Return the sortable headings; following the current one again turns the order round."""
    labels = {
        "name": gettext("Module"),
        "version": gettext("Version"),
        "publisher": gettext("Publisher"),
        "state": gettext("State"),
    }
    return {key: _sort_link(key, labels[key], search, state, sort) for key in SORTS}


def clean_sort(sort: str) -> str:
    """Return ``sort`` if it names a column, else the default."""
    return sort if sort.removeprefix("-") in SORTS else "name"


def _list_row(row: ModuleRow, rights: frozenset[Right], badge: str) -> ListRow:
    return ListRow(
        id=row.id,
        title=row.title,
        description=plain(row.description),
        version=row.version,
        publisher=row.publisher,
        contract=contract_name(row.contract),
        badge=badge,
        reason=row.reason,
        must_act=row.words.must_act,
        operation=row.operation,
        open_url=row.url if row.enabled and Right.OPERATE in rights else "",
        toggle=_toggle(row, rights),
        removable=Verb.REMOVE in row.verbs and Right.REMOVE in rights,
    )


def _toggle(row: ModuleRow, rights: frozenset[Right]) -> str:
    if Right.OPERATE not in rights:
        return ""
    offered = [verb for verb in (Verb.ENABLE, Verb.DISABLE) if verb in row.verbs]
    return str(offered[0]) if offered else ""


def _chip(
    state: str, label: str, counts: Mapping[str, int], current: str | None, search: str, sort: str
) -> Chip:
    return Chip(
        state=state,
        label=label,
        icon=STATE_ICONS.get(state, "puzzle"),
        count=counts.get(state, 0),
        current=state == current,
        query=_query(search, state, sort),
    )


def _sort_link(key: str, label: str, search: str, state: str, sort: str) -> SortLink:
    aria = {key: "ascending", f"-{key}": "descending"}.get(sort, "none")
    next_sort = f"-{key}" if sort == key else key
    return SortLink(key, label, _query(search, state, next_sort), aria)


def _query(search: str, state: str, sort: str) -> str:
    given: dict[str, Any] = {"q": search, "state": state, "sort": "" if sort == "name" else sort}
    query = urlencode({key: value for key, value in given.items() if value})
    return f"?{query}" if query else "?"


def known_state(state: str) -> str:
    """Return ``state`` if it is one, else nothing (all modules)."""
    return state if state in set(ModuleState) else ""
