"""Rows for the module list, prepared so that drawing a hundred of them stays cheap."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from modules_app.bridge.safe_mode import SafeMode
from modules_app.domain.needs import MISSING, Need
from modules_app.domain.states import HELD_BACK, STATES, ModuleState, Verb
from modules_app.permissions import Right
from modules_app.selectors.forbidden import NOTHING, forbidden_verbs
from modules_app.selectors.modules import ModuleRow
from modules_app.selectors.needs import needs_by_module
from modules_app.selectors.safe_mode import safe_mode
from modules_app.templatetags.module_ui import (
    STATE_ICONS,
    actor_name,
    contract_name,
    excerpt,
    plain,
)

VERB_RIGHTS = {
    Verb.ENABLE: Right.OPERATE,
    Verb.DISABLE: Right.OPERATE,
    Verb.UPGRADE: Right.INSTALL,
    Verb.ROLLBACK: Right.INSTALL,
    Verb.REPAIR: Right.INSTALL,
    Verb.REMOVE: Right.REMOVE,
}
"""Which right the button of a verb needs, in the order in which buttons stand."""

REASON_LENGTH = 120
"""Characters of the reason in a line of the list; the module's page has all of it."""

CHOOSING = frozenset({Right.OPERATE, Right.INSTALL, Right.REMOVE})
"""With any of these rights something can be done with several modules at once."""

SORTS = ("name", "version", "publisher", "state")


class ListRow(NamedTuple):
    """One line as the template ``modules/row.html`` wants it."""

    id: str
    title: str
    description: str
    version: str
    publisher: str
    reason: str
    byline: str
    previous: str
    operation: str
    needs: str
    contract: str
    state: str
    label: str
    action: str
    can_open: bool
    can_remove: bool
    can_choose: bool
    chosen: bool
    kept_on: bool
    kept_here: bool


_TEXTS = (
    "id",
    "title",
    "description",
    "version",
    "publisher",
    "reason",
    "byline",
    "previous",
    "operation",
    "needs",
)


@dataclass(frozen=True, slots=True)
class Around:
    """What a module's state alone does not tell: what it lacks, what is forbidden, safe mode."""

    needs: Mapping[str, tuple[Need, ...]] = field(default_factory=dict)
    safe_mode: SafeMode | None = None
    forbidden: Mapping[str, frozenset[Verb]] = field(default_factory=dict)

    @classmethod
    def now(cls, everything: Collection[ModuleRow]) -> Around:
        """Look around; ``everything`` are the rows of all modules."""
        return cls(needs_by_module(everything), safe_mode(), forbidden_verbs(everything))

    def holds_back(self, row: ModuleRow) -> bool:
        """Tell whether an enabled module does not run because of safe mode."""
        mode = self.safe_mode
        return mode is not None and row.enabled and row.id not in mode.running

    def facts_of(self, row: ModuleRow) -> tuple[tuple[Need, ...], bool, frozenset[Verb]]:
        """Return what a module lacks, whether it is held back, and what its author forbids."""
        forbidden = self.forbidden.get(row.id, NOTHING)
        return self.lacking(row), self.holds_back(row), forbidden

    def lacking(self, row: ModuleRow) -> tuple[Need, ...]:
        """Return what a module needs and lacks; nothing for one that is off anyway."""
        return () if row.state is ModuleState.DISABLED else self.needs.get(row.id, ())


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


def list_row(row: ModuleRow, rights: frozenset[Right], around: Around) -> ListRow:
    """Turn a selector's row into a template's row for a person with ``rights``."""
    return _list_row(row, rights, *around.facts_of(row), False)


def _list_row(
    row: ModuleRow,
    rights: frozenset[Right],
    lacking: tuple[Need, ...],
    held_back: bool,
    forbidden: frozenset[Verb],
    chosen: bool,
) -> ListRow:
    kept_on = row.enabled and Verb.DISABLE in row.verbs and Verb.DISABLE in forbidden
    kept_here = Verb.REMOVE in row.verbs and Verb.REMOVE in forbidden
    return ListRow(
        id=row.id,
        title=row.title,
        description=plain(row.description),
        version=row.version,
        publisher=row.publisher,
        reason=_why(row),
        byline=_byline(row),
        previous=row.previous_version,
        operation=str(row.operation or ""),
        needs=format_html_join(" ", "{}", ((need_line(need),) for need in lacking)),
        contract=contract_name(row.contract),
        state=str(ModuleState.PAUSED if held_back else row.state),
        label=HELD_BACK if held_back else row.words.label,
        action=_action(without(row, forbidden), rights),
        can_open=row.can_open and not held_back and Right.OPERATE in rights,
        can_remove=Verb.REMOVE in row.verbs and not kept_here and Right.REMOVE in rights,
        can_choose=not CHOOSING.isdisjoint(rights),
        chosen=chosen,
        kept_on=kept_on and Right.OPERATE in rights,
        kept_here=kept_here and Right.REMOVE in rights,
    )


def without(row: ModuleRow, forbidden: Collection[Verb]) -> ModuleRow:
    """Return the row without the verbs that the module's author forbids (reference F1.2)."""
    if not forbidden:
        return row
    way_out = None if row.way_out in forbidden else row.way_out
    verbs = tuple(verb for verb in row.verbs if verb not in forbidden)
    return replace(row, verbs=verbs, way_out=way_out)


def need_line(need: Need) -> str:
    """Return what a module needs and lacks as a sentence with a link, and the cause if known."""
    name = need.name
    if need.state != MISSING:
        name = format_html('<a href="/modules/{}/">{}</a>', need.id, need.name)
    sentence = format_html(gettext(need.sentence), name=name, wanted=need.wanted)
    return format_html("{} {}", sentence, excerpt(need.cause, REASON_LENGTH))


def drawn_rows(
    rows: Iterable[ModuleRow],
    rights: frozenset[Right],
    around: Around,
    chosen: Collection[str] = (),
) -> str:
    """Return the lines of the list as HTML; the boxes of the ``chosen`` ids are ticked.

    Lines that differ only in their texts share one pattern, which the template draws once with a
    named gap for each text; ``format_html`` escapes what goes into the gaps.
    """
    language = get_language() or "en"
    drawn = (
        _drawn(row, rights, *around.facts_of(row), row.id in chosen, language) for row in rows
    )
    return format_html_join("", "{}", ((line,) for line in drawn))


@functools.lru_cache(maxsize=2048)
def _drawn(
    row: ModuleRow,
    rights: frozenset[Right],
    lacking: tuple[Need, ...],
    held_back: bool,
    forbidden: frozenset[Verb],
    chosen: bool,
    language: str,
) -> str:
    line = _list_row(row, rights, lacking, held_back, forbidden, chosen)
    texts = dict(zip(_TEXTS, line, strict=False))
    return format_html(_pattern(language, _gapped(line)), **texts)


def _gapped(line: ListRow) -> ListRow:
    gaps = (f"{{{name}}}" if text else "" for name, text in zip(_TEXTS, line, strict=False))
    return ListRow(*gaps, *line[len(_TEXTS) :])


@functools.lru_cache(maxsize=256)
def _pattern(language: str, row: ListRow) -> str:
    return render_to_string("modules/row.html", {"row": row})


def state_chips(
    counts: Mapping[str, int],
    *,
    state: str | None,
    search: str = "",
    sort: str = "",
    chosen: Sequence[str] = (),
) -> list[Chip]:
    """Return the filters: all modules first, then every state that occurs, and ``state``."""
    shown = [("", gettext("All"))]
    shown += [
        (one, gettext(words.label))
        for one, words in STATES.items()
        if counts.get(one) or one == state
    ]
    return [
        _chip(one, label, counts, state, list_query(search, one, sort, chosen))
        for one, label in shown
    ]


def _chip(
    state: str, label: str, counts: Mapping[str, int], current: str | None, query: str
) -> Chip:
    return Chip(
        state=state,
        label=label,
        icon=STATE_ICONS.get(state, "puzzle"),
        count=counts.get(state, 0),
        current=state == current,
        query=query,
    )


def sort_links(
    *, search: str, state: str, sort: str, chosen: Sequence[str] = ()
) -> dict[str, SortLink]:
    """Return the sortable headings; following the current one again turns the order round."""
    labels = {
        "name": gettext("Module"),
        "version": gettext("Version"),
        "publisher": gettext("Publisher"),
        "state": gettext("State"),
    }
    current = {sort: "ascending"} if not sort.startswith("-") else {sort[1:]: "descending"}
    return {
        key: SortLink(
            key,
            label,
            list_query(search, state, f"-{key}" if sort == key else key, chosen),
            current.get(key, "none"),
        )
        for key, label in labels.items()
    }


def clean_sort(sort: str) -> str:
    """Return ``sort`` if it names a column, else the default."""
    return sort if sort.removeprefix("-") in SORTS else "name"


def _action(row: ModuleRow, rights: frozenset[Right]) -> str:
    """Return the verb of the line's button: the way out, else the switch."""
    offered = [verb for verb in row.verbs if VERB_RIGHTS[verb] in rights]
    wished = (row.way_out, Verb.ENABLE, Verb.DISABLE)
    return str(next((verb for verb in wished if verb in offered), ""))


def buttons(row: ModuleRow, rights: frozenset[Right]) -> dict[str, object]:
    """Return the way out if the person may take it, and the other verbs that are offered."""
    offered = [verb for verb in VERB_RIGHTS if verb in row.verbs and VERB_RIGHTS[verb] in rights]
    way_out = row.way_out if row.way_out in offered else None
    return {
        "way_out": way_out,
        "way_out_css": "btn-danger" if way_out is Verb.REMOVE else "btn-primary",
        "verbs": [verb for verb in offered if verb is not way_out],
    }


def _why(row: ModuleRow) -> str:
    """Return why a module is in its state, short enough for a line."""
    if row.reason or not (row.words.must_act or row.state is ModuleState.DISABLED):
        return excerpt(row.reason, REASON_LENGTH)
    disabled = row.state is ModuleState.DISABLED
    return gettext("Not enabled yet.") if disabled else gettext(row.words.sentence)


def _byline(row: ModuleRow) -> str:
    """Return who brought a module into a state that needs a word, and when."""
    if row.enabled or not row.reason_at:
        return ""
    at = localtime(row.reason_at).strftime("%Y-%m-%d %H:%M")
    return ", ".join(part for part in (actor_name(row.reason_actor), at) if part)


def list_query(search: str, state: str, sort: str, chosen: Sequence[str] = ()) -> str:
    """Return the address of the list with this search, filter, order and choice of modules."""
    given = {"q": search, "state": state, "sort": "" if sort == "name" else sort, "id": chosen}
    query = urlencode({key: value for key, value in given.items() if value}, doseq=True)
    return f"?{query}" if query else "?"


def known_state(state: str) -> str:
    """Return ``state`` if it is one, else nothing (all modules)."""
    return state if state in set(ModuleState) else ""
